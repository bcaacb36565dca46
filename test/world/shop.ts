import { ConfigSchema } from '../../agent/config.ts';
import type { ServerParts } from '../../agent/console/server.ts';
import { startTill, type Till } from '../../agent/main.ts';
import type { Outside } from '../../agent/outside.ts';
import type { Settings } from '../../agent/payment/terminal-state.ts';
import { reconcileUpload } from '../../agent/statements/upload.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { EventData } from '../../protocols/backend/events.ts';
import { IntentView } from '../../protocols/backend/intents.ts';
import type { RequestOp, TillAddress } from '../../protocols/backend/topics.ts';
import { ulid } from '../../protocols/backend/ulid.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import type { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { showCode, type Wallet } from '../../simulator/devices/phone.ts';
import { renderStream } from '../../simulator/render/stream.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { LCG } from '../seeded.ts';
import { BACKEND_KEY, MemoryBackend } from './backend.ts';
import { MemoryBroker, type Passing } from './broker.ts';
import type { MemoryLink } from './broker-link.ts';
import { logSearch } from './log-search.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryWire } from './memory-wire.ts';
import { pass, passUntil, settled } from './pass.ts';
import type { TerminalLine } from './terminal-line.ts';
import { TillClock } from './till-clock.ts';

export const TILL: TillAddress = { tenant: 'acme', store: 's001', agent: 'till-1' };

/** Sunday 22 November 2026, 10:00 in Beijing */
const OPENING = Date.UTC(2026, 10, 22, 2);

type AttemptData = Extract<EventData, { type: 'attempt' }>;

type RefundData = Extract<EventData, { type: 'refund' }>;

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** One process of the agent: everything it holds dies with it. */
interface Process {
  readonly till: Till;
  readonly clock: TillClock;
  readonly link: MemoryLink;
  readonly disk: { kill(): void };
  readonly gun: MemoryWire;
  readonly printer: MemoryWire;
}

/**
 * A whole shop in memory and virtual time: the real agent, put together by its own composition root, between a memory
 * disk, a memory broker, two cables and the simulator's backend and acquirer.
 */
export class MemoryShop {
  readonly clock: VirtualClock;
  readonly broker: MemoryBroker;
  readonly acquirer: Acquirer;
  readonly backend: MemoryBackend;
  readonly disk = new MemoryDisk();
  readonly log: LogLine[] = [];
  /** everything that was handed to the broker */
  readonly messages: Passing[] = [];
  readonly malformed: Passing[] = [];
  /** what the PC's clock of the next process is off, ms */
  clockWrongByMs = 0;
  /** the rooms behind the local API of the process that runs */
  consoleParts: ServerParts | undefined;
  /** cables by their path, of devices that outlive the agent's process: a card terminal, a signature pad */
  readonly lines = new Map<string, TerminalLine>();
  readonly signatureDisk = new MemoryDisk();
  readonly till = TILL;
  /** of the next process */
  config: object;
  /** sees every fact of every attempt on the card terminal, of the next process */
  onCardFact: NonNullable<Outside['onCardFact']> = () => undefined;
  readonly #dice: LCG;
  #process: Process | undefined;

  constructor(config: object = {}, seed = 1) {
    this.clock = new VirtualClock(OPENING);
    this.#dice = new LCG(seed);
    this.config = config;
    this.broker = new MemoryBroker(this.clock);
    this.acquirer = new Acquirer(this.clock);
    this.backend = new MemoryBackend(this.broker, this.acquirer, this.clock, () => this.#newId());
    this.broker.onPassing = (message) => this.messages.push(message);
    this.backend.onMalformed = (message) => this.malformed.push(message);
  }

  /** A shop whose agent is up and connected. */
  static async open(config: object = {}): Promise<MemoryShop> {
    const shop = new MemoryShop(config);
    await shop.start();
    await shop.pass(1_000);
    return shop;
  }

  get process(): Process {
    if (!this.#process) throw new Error('the agent is not running');
    return this.#process;
  }

  get desk() {
    return this.process.till.desk;
  }

  /** Starts the agent on the disk as it is. */
  async start(): Promise<void> {
    const clock = new TillClock(this.clock, this.clockWrongByMs);
    const disk = this.disk.open();
    const wires: MemoryWire[] = [];
    let link: MemoryLink | undefined;
    const outside: Outside = {
      clock,
      random: (bytes) => this.#random(bytes),
      lock: () => () => undefined,
      journalFiles: () => Promise.resolve(disk),
      openSerial: ({ path }, listener) => {
        const line = this.lines.get(path);
        if (line) return line.open(listener, clock);
        const wire = new MemoryWire(listener, clock);
        wires.push(wire);
        return wire;
      },
      connectBroker: (options, deps) => {
        link = this.broker.connect(options, deps);
        return link;
      },
      signatures: () => Promise.resolve({ files: this.signatureDisk.open(), key: new Uint8Array(32).fill(7) }),
      openConsole: (parts) => {
        this.consoleParts = parts;
        return Promise.resolve({ close: () => Promise.resolve() });
      },
      historyOf: logSearch(disk),
      onCardFact: (attempt, fact) => this.onCardFact(attempt, fact),
      reconcile: (upload) => reconcileUpload(upload, disk),
      logSink: { write: (line: string) => void this.log.push(JSON.parse(line) as LogLine) },
    };
    const till = await startTill(ConfigSchema.parse({ ...CONFIG, ...this.config }), outside);
    const [printer, gun] = wires;
    if (!link || !printer || !gun) throw new Error('the agent opened no link, printer or gun');
    this.#process = { till, clock, link, disk, gun, printer };
  }

  /** kill -9. `torn`: bytes of an unsynced write that a power cut leaves on the disk; without it the PC stays on. */
  async kill(torn?: number): Promise<void> {
    const { clock, link, disk, gun, printer } = this.process;
    clock.kill();
    link.kill();
    disk.kill();
    for (const line of this.lines.values()) line.leave();
    await Promise.all([gun.close(), printer.close()]);
    if (torn !== undefined) this.disk.powerCut(torn);
    this.#process = undefined;
    await settled();
  }

  pass(ms: number): Promise<void> {
    return pass(this.clock, ms);
  }

  passUntil(what: string, isSo: () => boolean, deadlineMs = 120_000): Promise<void> {
    return passUntil(this.clock, what, isSo, deadlineMs);
  }

  // --- what people do

  /** The backend asks the counter to collect; returns the command's id once the till has answered. */
  async collect(orderId: string, amountFen = 1250): Promise<string> {
    const { id } = this.backend.collect(TILL, { orderId, amountFen });
    await this.passUntil('an answer to collect', () => this.backend.resultsOf(id).length > 0);
    await this.pass(10);
    return id;
  }

  /** A command of the backend; returns its id once the till has answered. */
  async command(verb: string, args: CommandEnvelope['args'], key?: CommandSigner): Promise<string> {
    const command = this.backend.draft(TILL, verb, args, key);
    await this.sendCommand(command);
    return command.id;
  }

  /** Sends a command as it stands, and waits for one more answer to it: the last one there is a moment later. */
  async sendCommand(command: CommandEnvelope): Promise<CommandResult> {
    const before = this.backend.resultsOf(command.id).length;
    this.backend.command(TILL, command);
    await this.passUntil('an answer', () => this.backend.resultsOf(command.id).length > before);
    await this.pass(20);
    const last = this.backend.resultsOf(command.id).at(-1);
    if (!last) throw new Error('no answer');
    return last;
  }

  /** A sale from the order to the slip. */
  async sell(orderId: string, amountFen = 1250, wallet: Wallet = 'wechat'): Promise<void> {
    await this.collect(orderId, amountFen);
    this.scan(this.showCode(wallet));
    await this.untilState(orderId, 'PAID');
    await this.pass(2_000);
  }

  /** Any command but `collect`; returns its final result. */
  async order(verb: string, args: CommandEnvelope['args'], deadlineMs = 120_000): Promise<CommandResult> {
    const { id } = this.backend.order(TILL, verb, args);
    const final = () => this.backend.resultsOf(id).find(({ phase }) => phase === 'final');
    await this.passUntil(`a final result of ${verb}`, () => final() !== undefined, deadlineMs);
    const result = final();
    if (!result) throw new Error('no result');
    return result;
  }

  /** Asks for money with a code; returns what the screen would show. */
  async intent(args: CommandEnvelope['args']): Promise<IntentView> {
    const { data } = await this.order('intent', { amountFen: 3580, currency: 'CNY', ...args });
    return IntentView.parse(data);
  }

  /** The states of an intent that the backend was told of. */
  intentEvents(orderId: string): Extract<EventData, { type: 'intent' }>[] {
    return this.events('intent').filter((intent) => intent.orderId === orderId);
  }

  async untilIntent(orderId: string, state: string, deadlineMs = 120_000) {
    const last = () => this.intentEvents(orderId).at(-1);
    await this.passUntil(`${orderId} ${state}`, () => last()?.state === state, deadlineMs);
    const event = last();
    if (!event) throw new Error('no event');
    return event;
  }

  /** The customer's phone shows a code of this wallet. */
  showCode(wallet: Wallet = 'wechat'): string {
    return showCode(wallet, () => this.#dice.below(1_000_000) / 1_000_000);
  }

  scan(code: string): void {
    this.process.gun.say(Buffer.from(`${code}\r\n`, 'latin1'));
  }

  /** The next new attempt meets this customer. */
  customer(plan: CustomerPlan): void {
    this.acquirer.send(plan);
  }

  /** The backend's word on this terminal, straight into the journal. */
  async settings(settings: Settings): Promise<void> {
    await this.process.till.book.write({ type: 'SETTINGS', settings });
  }

  // --- what can be seen

  attempts(orderId: string): AttemptData[] {
    return this.events('attempt').filter((attempt) => attempt.orderId === orderId);
  }

  /** Ids of the attempts of an order, in the order they were begun. */
  attemptIds(orderId: string): string[] {
    return [...new Set(this.attempts(orderId).map(({ attemptId }) => attemptId))];
  }

  state(orderId: string): string | undefined {
    return this.attempts(orderId).at(-1)?.state;
  }

  async untilState(orderId: string, state: string, deadlineMs = 120_000): Promise<AttemptData> {
    await this.passUntil(`${orderId} ${state}`, () => this.state(orderId) === state, deadlineMs);
    const last = this.attempts(orderId).at(-1);
    if (!last) throw new Error('no attempt');
    return last;
  }

  refundEvents(refundId: string): RefundData[] {
    return this.events('refund').filter((refund) => refund.refundId === refundId);
  }

  refundState(refundId: string): string | undefined {
    return this.refundEvents(refundId).at(-1)?.state;
  }

  async untilRefund(refundId: string, state: string, deadlineMs = 600_000): Promise<void> {
    await this.passUntil(`${refundId} ${state}`, () => this.refundState(refundId) === state, deadlineMs);
    await this.pass(100);
  }

  orderState(orderId: string): string | undefined {
    return this.process.till.book.orders.get(orderId)?.state;
  }

  /** The requests of one kind that the agent handed over. */
  requests(op: RequestOp): readonly Passing[] {
    return this.messages.filter(({ direction, topic }) => direction === 'up' && topic.endsWith(`/req/${op}`));
  }

  /** The events of one kind, as the backend keeps them. */
  events<T extends EventData['type']>(type: T): Extract<EventData, { type: T }>[] {
    const isOfType = (data: EventData): data is Extract<EventData, { type: T }> => data.type === type;
    return this.backend
      .events(TILL)
      .map(({ data }) => data)
      .filter(isOfType);
  }

  refusals(): LogLine[] {
    return this.log.filter(({ msg }) => msg === 'scan refused');
  }

  /** The bytes that reached the printer. */
  get paper(): Uint8Array {
    return Buffer.concat(this.process.printer.written);
  }

  /** What stands on the paper. */
  slipText(): string {
    return renderStream(this.paper, genericProfile(58)).text();
  }

  /** What the QR codes on the paper say, read back from the dots that reached it. */
  qrCodes(): string[] {
    return renderStream(this.paper, genericProfile(58))
      .summary()
      .slips.flatMap(({ qr }) => qr);
  }

  #newId(): string {
    return ulid(this.clock.now(), this.#random(10));
  }

  #random(bytes: number): Uint8Array {
    return Uint8Array.from({ length: bytes }, () => this.#dice.below(256));
  }
}

const CONFIG = {
  address: TILL,
  merchant: { name: '街角小店', merchantNo: '898330158120001', terminalNo: 'T0000001', servicePhone: '95516' },
  broker: { url: 'mqtt://broker:1883' },
  commandKeys: [{ kid: BACKEND_KEY.kid, publicKey: BACKEND_KEY.publicKey }],
  scanner: { path: 'gun', terminator: 'CRLF' },
  printer: { path: 'printer' },
  dataDir: '/nowhere',
};
