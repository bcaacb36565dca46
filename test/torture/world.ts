import { ConfigSchema } from '../../agent/config.ts';
import type { TillBook } from '../../agent/journal/book.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { topicsOf } from '../../protocols/backend/topics.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import type { BackendFault } from '../../simulator/backend/request-desk.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { peerOf, scannerSettings } from '../guns/till-settings.ts';
import { BACKEND_KEY, MemoryBackend } from '../world/backend.ts';
import { MemoryBroker } from '../world/broker.ts';
import { settled } from '../world/pass.ts';
import { BackOffice } from './back-office.ts';
import { CardBox, type CardFault } from './card-box.ts';
import { CardCounter, type CardCounterParts } from './card-counter.ts';
import { drawHolds, isOfHolds } from './card-holds.ts';
import { CARD_STREAM, type CardMake, makeOf } from './card-make.ts';
import { CashierProgram } from './cashier-program.ts';
import { Chance } from './chance.ts';
import { CodeCounter } from './code-counter.ts';
import { Computer } from './computer.ts';
import { Counter } from './counter.ts';
import { CounterGun, drawGun } from './counter-gun.ts';
import { type CrashHow, CrashPlan, kindOf } from './crash-points.ts';
import { mend, type Visit } from './customers.ts';
import { crashesOf, DAY_STREAM, type Day, dayOf, ratesOf } from './day.ts';
import { MemoryDisk } from './disk.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { drawField, isOfField } from './field-faults.ts';
import { FIELD_SCHEDULE } from './field-schedule.ts';
import { HoldCells } from './hold-cells.ts';
import { type Finding, Judge } from './judge.ts';
import { sellLastWeek } from './last-week.ts';
import { Network } from './network.ts';
import { OfficeProgram, type Paid } from './office-program.ts';
import { PAD_STREAM, type PadMake, padOf } from './pad-make.ts';
import { CARD_POINTS, drawCrashes, SCAN_POINTS, SIGNING_POINTS } from './planned-crashes.ts';
import { ReceiptPrinter } from './receipt-printer.ts';
import { heal, SCHEDULE } from './schedule.ts';
import { SerialPort } from './serial-port.ts';
import { Signing } from './signing.ts';
import { Story, type StoryLine } from './story.ts';
import { CARD_FINAL_WITHIN_MS, FINAL_WITHIN_MS, TILL } from './terms.ts';
import { judgeEnd, openCommands } from './verdict.ts';
import { Witness } from './witness.ts';

const EPOCH = Date.UTC(2026, 10, 22, 1, 30);
/** One order, roughly. */
const ORDER_MS = 45_000;
/** Nothing comes after this: it is over. */
const QUIET_MS = 3_000;
/** A code is shown, read, waited for. */
const PEOPLE_MS = 200_000;
/** However slow the counter is, faults end here. */
const LONGEST_MS = 12 * 60_000;
const NOTICE_AGAIN_MS = 2_500;
export interface WorldOptions {
  /** which faults may happen */
  readonly faults: ReadonlySet<FaultName>;
  readonly tellsStory?: boolean;
}

export interface Outcome {
  readonly seed: number;
  readonly attempts: number;
  readonly faults: Partial<Record<FaultName, number>>;
  readonly crashPoints: Readonly<Record<string, number>>;
  /** (what an attempt was busy with, the fact it met): see agent/payment/cells.ts */
  readonly cells: Readonly<Record<string, number>>;
  readonly virtualMs: number;
  readonly findings: readonly Finding[];
  readonly story: readonly StoryLine[];
}

Computer.watchBooks();

/** One seed: one till, one morning, everything that can go wrong. */
export class World {
  readonly clock = new VirtualClock(EPOCH);
  readonly story: Story;
  readonly chance: Chance;
  readonly day: Day;
  readonly acquirer = new Acquirer(this.clock);
  readonly broker = new MemoryBroker(this.clock);
  readonly backend: MemoryBackend;
  readonly witness = new Witness();
  readonly judge: Judge;
  readonly backOffice: BackOffice;
  readonly disk: MemoryDisk;
  readonly gunPort: SerialPort;
  readonly printerPort: SerialPort;
  /** the card terminal, in worlds that have one */
  readonly card: CardBox | undefined;
  /** signature pad and signatures, where cards are taken and there is one */
  readonly signing: Signing | undefined;
  readonly printer: ReceiptPrinter;
  readonly printerConfirms: boolean;
  readonly network: Network;
  readonly crashes: CrashPlan;
  readonly computer: Computer;
  readonly hits: Partial<Record<FaultName, number>> = {};
  readonly #counter: Counter;
  readonly #rare: Chance;
  readonly #gun: ReturnType<typeof drawGun>;
  #program: CashierProgram | undefined;
  readonly #enabled: ReadonlyMap<FaultName, number>;
  /** sold so long ago that memory has let go of it */
  readonly #old: readonly Paid[];
  readonly #visits: Visit[] = [];
  readonly #cells: Record<string, number> = {};
  #midSlip: (() => void)[] = [];
  /** faults are over */
  healed = false;

  constructor(seed: number, options: WorldOptions) {
    this.chance = new Chance(seed);
    const now = () => this.clock.mono();
    this.story = options.tellsStory ? new Story(now) : new Story();
    const shape = this.chance.stream('shape');
    this.day = dayOf(this.chance.stream(DAY_STREAM));
    const holds = drawHolds(this.chance.stream('what is held'), options.faults, this.day);
    const drawn = new Map([...drawFaults(this.chance.stream('faults'), options.faults), ...holds]);
    const ofField = drawField(this.chance, options.faults);
    this.#enabled = new Map([...ratesOf(this.day, drawn, options.faults), ...ofField]);
    this.#old = this.#enabled.has('refund-long-ago') ? drawOld(this.chance.stream('last week')) : [];
    this.printerConfirms = shape.happens(0.5);
    const paper = shape.pick([58, 80]);
    const baudRate = shape.pick([9_600, 19_200, 115_200]);
    this.#rare = this.chance.stream('rare at the terminal');
    this.backend = new MemoryBackend(this.broker, this.acquirer, this.clock, idSource(this.chance.stream('backend')));
    this.judge = new Judge(this.clock, this.acquirer.ledger, this.witness, this.acquirer.intents);
    this.disk = new MemoryDisk(this.clock, {
      appending: (name, bytes) => this.#appending(name, bytes),
      appended: (name) => this.#appended(name),
      synced: (name, length) => this.witness.synced(name, length),
      cut: (name, length) => {
        this.judge.cut(this.witness.cut(name, length), name);
        this.computer.at('torn-end-cut');
      },
    });
    this.#gun = drawGun(this.chance.stream('which gun'));
    this.gunPort = new SerialPort('/gun', this.clock, 9_600);
    this.gunPort.peer = peerOf(this.#gun.personality);
    const gunPath = this.gunPort.peer ? 'reports://gun:1' : '/gun';
    this.printerPort = new SerialPort('/printer', this.clock, baudRate);
    this.printer = new ReceiptPrinter(this.printerPort, this.clock, { paper, confirms: this.printerConfirms });
    this.network = new Network(this.broker, this.chance.stream('network'), now, (fault) => this.hit(fault));
    const cardChance = this.chance.stream(CARD_STREAM);
    const make = makeOf(cardChance, this.day);
    const terminalPort = new SerialPort('/terminal', this.clock, make?.transport === 'tcp' ? LAN_BITS : 9_600);
    this.card = make && this.#newCard(make, terminalPort, cardChance);
    this.judge.pans.push(...(this.card?.pans ?? []));
    const crashes = drawCrashes(this.chance.stream('crashes'), this.#enabled, SCAN_POINTS);
    const beside = make ? drawCrashes(this.chance.stream('card crashes'), this.#enabled, CARD_POINTS) : [];
    const padChance = this.chance.stream(PAD_STREAM);
    const pad = make?.takesCards === true ? padOf(padChance, this.day) : undefined;
    this.signing = pad && this.#newSigning(pad, padChance);
    const signing = pad ? drawCrashes(this.chance.stream('pad crashes'), this.#enabled, SIGNING_POINTS) : [];
    const ofDay = crashesOf(this.day, this.chance.stream('crashes of the day'), options.faults);
    this.crashes = new CrashPlan([...crashes, ...beside, ...signing, ...ofDay]);
    const config = ConfigSchema.parse({
      address: TILL,
      merchant: { name: '街角小店', merchantNo: '898310148160568', terminalNo: 'T0000001' },
      broker: { url: 'mqtt://broker' },
      scanner: { ...scannerSettings(this.#gun.personality, gunPath), ...this.#readline(shape) },
      printer: { path: '/printer', baudRate, paper, confirms: this.printerConfirms },
      ...(make && { terminal: make.config }),
      ...(pad && { pad: pad.config }),
      dataDir: '/torture',
      commandKeys: [{ kid: BACKEND_KEY.kid, publicKey: BACKEND_KEY.publicKey }],
    });
    this.computer = new Computer({
      clock: this.clock,
      chance: this.chance.stream('computer'),
      config,
      bookOptions: { checkpointEntries: shape.pick([8, 30, 4_096]), reserveBytes: shape.pick([2_048, 16_384]) },
      disk: this.disk,
      broker: this.broker,
      ports: {
        gun: this.gunPort,
        printer: this.printerPort,
        terminal: terminalPort,
        pad: this.signing?.box.port ?? new SerialPort('/pad', this.clock, 9_600),
      },
      sealed: this.signing?.disk,
      crashes: this.crashes,
      watcher: this.#edges(),
    });
    this.#counter = this.#newCounter();
    this.backOffice = this.#newBackOffice();
    this.judge.allowed = () => this.backOffice.allowed;
    this.#join();
  }

  // --- what the schedule uses

  at(ms: number, act: () => void): void {
    this.clock.after(ms, () => {
      if (!this.healed) act();
    });
  }

  hit(fault: FaultName): void {
    this.hits[fault] = (this.hits[fault] ?? 0) + 1;
    this.story.tell('fault', () => `${fault}: ${FAULTS[fault]}`);
  }

  crash(how: CrashHow, restartAfterMs: number): void {
    this.judge.remember(this.computer.run?.book);
    this.computer.crash(how, restartAfterMs);
  }

  onceMidSlip(act: () => void): void {
    this.#midSlip.push(act);
  }

  injectAtBackend(name: FaultName, fault: BackendFault): void {
    this.hit(name);
    this.backend.desk(TILL).inject(fault);
  }

  // --- the run

  async run(): Promise<Outcome> {
    const broke = (error: unknown) => this.judge.find('agent-broke', `a rejection nobody catches: ${String(error)}`);
    process.on('unhandledRejection', broke);
    try {
      return await this.#live();
    } finally {
      process.off('unhandledRejection', broke);
    }
  }

  async #live(): Promise<Outcome> {
    const orders = this.chance.stream('orders').between(1, 6);
    const spanMs = orders * ORDER_MS;
    // nothing went wrong last week
    await this.#sellLastWeek();
    this.#arrange(spanMs);
    this.story.tell('gun', () => `is ${this.#gun.name}: ${this.#gun.personality.title}`);
    this.story.tell('world', () => `a ${this.day} day`);
    this.story.tell('terminal', () => (this.card ? `speaks ${JSON.stringify(this.card.make)}` : 'there is none'));
    this.computer.start();
    void this.#counter.serve(orders);
    this.backOffice.work(() => this.healed);
    void this.#newOffice().work();
    this.#answerQuestions();
    await this.#passUntil(() => this.#counter.isDone && this.clock.mono() > spanMs / 2, LONGEST_MS);
    this.#heal();
    // people finish what they are at
    await this.#passUntil(() => this.#counter.isDone, this.clock.mono() + PEOPLE_MS);
    const until = this.clock.mono() + (this.card ? CARD_FINAL_WITHIN_MS : FINAL_WITHIN_MS);
    do {
      await this.#passUntil(() => this.#isSettled(), until);
      await this.#passUntil(() => false, this.clock.mono() + QUIET_MS);
    } while (!this.#isSettled() && this.clock.mono() < until);
    await this.#end();
    return this.outcome;
  }

  get outcome(): Outcome {
    const { unsyncedLost, torn, holes } = this.disk.damage;
    const found = { 'unsynced-lost': unsyncedLost, 'write-torn': torn, 'sector-lost': holes };
    return {
      seed: this.chance.seed,
      attempts: this.judge.attempts,
      faults: { ...this.hits, ...Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0)) },
      crashPoints: { ...this.crashes.hits },
      cells: this.#cells,
      virtualMs: this.clock.mono(),
      findings: this.judge.findings,
      story: this.story.lines,
    };
  }

  #arrange(spanMs: number): void {
    const chance = this.chance.stream('schedule');
    for (const [fault] of this.#enabled) {
      const arrange = isOfField(fault) ? FIELD_SCHEDULE[fault] : SCHEDULE[fault];
      arrange?.(this, chance.stream(fault), spanMs);
    }
  }

  /** Lets time pass, each thing that falls due and all that follows from it before the next. */
  async #passUntil(isSo: () => boolean, untilMs: number): Promise<void> {
    await settled();
    while (!isSo()) {
      const due = this.clock.nextDue;
      if (due === undefined || due > untilMs) return this.clock.advanceTo(untilMs);
      try {
        this.clock.advanceTo(due);
      } catch (error) {
        this.judge.find('agent-broke', error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      await settled();
    }
  }

  #heal(): void {
    this.healed = true;
    this.crashes.callOff();
    this.#midSlip = [];
    for (const visit of this.#visits) mend(visit);
    this.acquirer.intents.mend();
    this.story.tell('world', () => 'the last fault is over');
    heal(this);
    this.computer.start();
    this.#tellOfPayments();
  }

  #isSettled(): boolean {
    const { book } = this.computer.run ?? {};
    if (!book || !this.computer.isUp || !this.witness.isQuiet || this.card?.isBusy === true) return false;
    const { durable } = this.witness;
    const all = [...durable.attempts.values(), ...durable.intents.values()];
    const open = all.some(({ doing }) => doing.kind !== 'done');
    const giving = [...durable.refunds.values()].some(({ state }) => state === 'PROCESSING');
    const printing = [...durable.slips.values()].some(({ state }) => state !== 'sent');
    const sales = all.filter(({ state }) => state === 'PAID').length;
    if (this.signing?.isSettled === false) return false;
    if (open || giving || printing || sales > durable.slips.size || !this.#noticesAreIn()) return false;
    // taken over by a till that nobody has told the time yet, a command waits for it: 15 s until it asks again
    if (openCommands(this).length > 0) return false;
    const known = new Set(this.backend.events(TILL).map(({ seq }) => seq));
    return [...durable.events.keys()].every((seq) => known.has(seq) || durable.givenUp.has(seq));
  }

  /** transaction -> the command that tells of it */
  readonly #notices = new Map<string, CommandEnvelope>();

  /** In the end the backend tells of every payment until it is taken up. */
  #noticesAreIn(): boolean {
    return this.acquirer.intents.charges.every(({ transactionId }) => {
      const told = this.#notices.get(transactionId);
      return told !== undefined && this.#finalOf(told)?.status === 'ok';
    });
  }

  #tellOfPayments(): void {
    for (const charge of this.acquirer.intents.charges) {
      const told = this.#notices.get(charge.transactionId);
      const final = told && this.#finalOf(told);
      if (told && !final) this.backend.command(TILL, told);
      if (!told || final?.status === 'failed')
        this.#notices.set(charge.transactionId, this.backend.notices.tell(TILL, charge, 'signed'));
    }
    this.clock.after(NOTICE_AGAIN_MS, () => this.#tellOfPayments());
  }

  #finalOf({ id }: CommandEnvelope): CommandResult | undefined {
    return this.backend.resultsOf(id).find(({ phase }) => phase === 'final');
  }

  /** Stops the agent, reads its disk once more, and judges. */
  async #end(): Promise<void> {
    this.printer.tearOff();
    judgeEnd(this);
    const { book } = this.computer.run ?? {};
    let isStopped = false;
    void this.computer.stop().then(() => {
      isStopped = true;
    });
    await this.#passUntil(() => isStopped, this.clock.mono() + 10_000);
    if (!isStopped) this.judge.find('over-limit', 'the agent did not stop within 10 s');
    this.judge.remember(book);
    this.computer.start();
    await this.#passUntil(() => this.computer.run?.book !== undefined, this.clock.mono() + 5_000);
  }

  // --- joints

  #join(): void {
    const ask = this.acquirer.ask.bind(this.acquirer);
    this.acquirer.ask = (request, reply) => {
      if (request.op === 'pay') this.judge.payArrived(request.args.paycode);
      ask(request, (answer) => {
        this.story.tell('channel', () => `${request.op} of ${request.attemptId}: ${answer.code}`);
        reply(answer);
      });
    };
    this.judge.onCharge = (entry) =>
      this.story.tell('ledger', () => `${entry.kind} ${entry.amountFen} fen, ${entry.attemptId}, ${entry.orderId}`);
    this.backend.onMalformed = ({ topic }) =>
      this.judge.find('over-limit', `a message out of the contract on ${topic}`);
    this.witness.onRecord = (record) => {
      this.judge.written(record);
      this.story.tell('journal', () => describe(record));
    };
    const holds = new HoldCells((cell) => this.#met(cell));
    this.witness.onDurable = (record) => {
      holds.durable(record);
      const kind = kindOf(record);
      if (kind === 'card-attempt') this.#pullEarly();
      if (kind) this.computer.at(`${kind}-synced`);
    };
    this.printer.onPaper = (paper) => {
      this.judge.printed(paper);
      this.story.tell('printer', () => (paper.whole ? 'a slip' : 'a piece of a slip'));
    };
    this.printerPort.onChunk = (sent, total) => {
      if (sent === 0) this.printer.writeBegins(this.#isSendingSlip);
      if (total < 100) return;
      if (sent > 0) {
        for (const act of this.#midSlip.splice(0, 1)) act();
        this.computer.at('slip-half-printed');
      }
      if (sent + 256 >= total) this.clock.after(0, () => this.computer.at('slip-bytes-out'));
    };
  }

  get #isSendingSlip(): boolean {
    return [...this.witness.durable.slips.values()].some(({ state }) => state === 'sending');
  }

  /** The cable goes while the command is still on its way to the disk: it is said to nobody. */
  #pullEarly(): void {
    const { card, disk, healed } = this;
    const chance = this.chance.stream(`early ${this.clock.mono()}`);
    if (!card || healed || !chance.happens(0.2 * (this.#enabled.get('card-pulled') ?? 0))) return;
    this.hit('card-pulled');
    disk.trouble.syncMs = Math.max(disk.trouble.syncMs, EARLY_MS);
    card.port.pull();
    this.at(chance.between(10 * EARLY_MS, 20_000), () => card.port.plug());
    this.at(10 * EARLY_MS, () => {
      disk.trouble.syncMs = 1;
    });
  }

  #edges() {
    return {
      published: (run: Parameters<Judge['published']>[0], topic: string, text: string) => {
        this.story.tell('agent', () => `${topic.split('/').slice(5).join('/')} ${brief(text)}`);
        this.judge.published(run, topic, text);
        if (topic.endsWith('/req/pay')) this.#payLeft();
        if (topic.endsWith('/signature')) this.signing?.judge.published(text);
        else this.signing?.judge.searched(text, `topic ${topic.split('/').slice(5).join('/')}`);
      },
      logged: (line: string) => {
        this.judge.logged(line);
        this.signing?.judge.searched(line, 'the log');
        this.story.tell('log', () => briefLog(line));
      },
      fact: (cell: string) => this.#met(cell),
      signatureAcked: (text: string) => this.signing?.judge.acknowledged(text),
      booted: () => {
        this.story.tell('agent', () => 'starts');
        this.signing?.box.newTill();
      },
      opened: (_run: unknown, book: TillBook, damages: readonly object[]) => this.judge.reopened(book, damages),
      failedToStart: (error: unknown) => {
        this.story.tell('agent', () => `does not start: ${String(error)}`);
      },
      died: (_run: unknown, how: CrashHow) => {
        this.story.tell('agent', () => (how === 'kill' ? 'is gone' : 'the plug is pulled'));
        if (how === 'power-cut') {
          this.signing?.disk.powerCut(this.chance.stream(`sealed ${this.clock.mono()}`));
          const lengths = this.disk.powerCut(this.chance.stream(`cut ${this.clock.mono()}`));
          this.witness.survived(lengths, (name) => this.disk.read(name));
        }
        this.judge.newLife();
      },
    };
  }

  #met(cell: string): void {
    this.#cells[cell] = (this.#cells[cell] ?? 0) + 1;
  }

  #appending(name: string, bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('latin1');
    this.judge.searched(text, `the file ${name}`);
    this.signing?.judge.searched(text, `the file ${name}`);
    this.#arriving = this.witness.records(name, bytes).map((record) => kindOf(record));
    this.witness.appending(name, bytes);
  }

  #arriving: ReturnType<typeof kindOf>[] = [];

  #appended(_name: string): void {
    for (const kind of this.#arriving.splice(0)) if (kind) this.computer.at(`${kind}-written-not-synced`);
  }

  /** The visit that waits was begun: its faults happen now. */
  #payLeft(): void {
    const visit = this.#visits.at(-1);
    for (const fault of visit?.faults.splice(0) ?? []) this.hit(fault);
  }

  /** A CR gun may also be read by @serialport/parser-readline. */
  #readline(shape: Chance): { readonly terminator?: 'CR' } {
    const isLine = this.#gun.personality.protocol === 'serial-line';
    const readline = shape.happens(0.5) && isLine && this.#gun.name === 'line-cr';
    return readline ? { terminator: 'CR' } : {};
  }

  #newCounter(): Counter {
    const people = this.chance.stream('people');
    const gun = new CounterGun({
      personality: this.#gun.personality,
      port: this.gunPort,
      clock: this.clock,
      chance: this.chance.stream('gun'),
      onSaid: (code) => {
        // what is sent again is as fresh as the gun makes it: the till cannot know better
        if (code !== undefined && this.judge.codes.has(code)) this.judge.codes.set(code, this.clock.mono());
        this.computer.at('code-read');
      },
    });
    const again = this.chance.stream('old code again');
    const programs = this.chance.stream('programs');
    const program = this.#newProgram(programs);
    this.#program = program;
    const share = programs.pick([0, 0.3, 0.6, 1]);
    const commands = new Map<string, CommandEnvelope>();
    const scan = () => counter.scanSomething();
    const codes = this.#newCodes(people, scan);
    const counter: Counter = new Counter({
      codes,
      cards: this.card && this.#newCards(this.card, { program, scan, codes }),
      chance: people,
      again: {
        chance: again,
        isWished: () => !this.healed && again.happens(this.#enabled.get('old-code-again') ?? 0),
        gunPort: this.gunPort,
      },
      story: this.story,
      gun,
      wants: (fault) => !this.healed && people.happens(this.#enabled.get(fault) ?? 0),
      hit: (fault) => this.hit(fault),
      pause: (ms) => this.#pause(ms),
      now: () => this.clock.mono(),
      isOver: () => this.healed,
      collect: (orderId, amountFen) => {
        this.judge.orders.set(orderId, amountFen);
        if (programs.happens(share)) return program.collect(orderId, amountFen);
        this.story.tell('backend', () => `collect ${amountFen} fen for ${orderId}`);
        const command = this.backend.collect(TILL, { orderId, amountFen });
        commands.set(command.id, command);
        return command;
      },
      sendAgain: ({ id }) => {
        const command = commands.get(id);
        if (command) this.backend.command(TILL, command);
        else program.sendAgain({ id });
      },
      cancel: (orderId) => this.#cancel(orderId),
      resultsOf: (id) => (program.knows(id) ? program.resultsOf(id) : this.backend.resultsOf(id)),
      receive: (visit) => {
        this.#visits.push(visit);
        this.acquirer.everybody = visit;
      },
      shown: (code) => this.judge.codes.set(code, this.clock.mono()),
    });
    return counter;
  }

  #newCodes(chance: Chance, scan: () => Promise<void>): CodeCounter {
    return new CodeCounter({
      chance,
      scan,
      wants: (fault) => !this.healed && chance.happens(this.#enabled.get(fault) ?? 0),
      hit: (fault) => this.hit(fault),
      pause: (ms) => this.#pause(ms),
      isOver: () => this.healed,
      order: (verb, args) => {
        const { orderId, amountFen } = args;
        const isNew = typeof orderId === 'string' && !this.judge.orders.has(orderId);
        if (isNew && typeof amountFen === 'number') this.judge.orders.set(orderId, amountFen);
        this.story.tell('backend', () => `${verb} ${JSON.stringify(args).slice(0, 120)}`);
        return this.backend.order(TILL, verb, args);
      },
      sendAgain: (command) => this.backend.command(TILL, command),
      cancel: (orderId) => this.#cancel(orderId),
      cutLink: () => {
        this.hit('connection-cut');
        this.broker.cut();
      },
      resultsOf: (id) => this.backend.resultsOf(id),
      expect: (plan, notices) => {
        this.acquirer.intents.everybody = plan;
        this.backend.notices.plan = notices;
      },
      lastEvent: (orderId) => {
        const events = this.backend.events(TILL).flatMap(({ data }) => (data.type === 'intent' ? [data] : []));
        return events.filter((event) => event.orderId === orderId).at(-1)?.state;
      },
    });
  }

  #newCard(make: CardMake, port: SerialPort, chance: Chance): CardBox {
    const { cards } = this.judge;
    const tell = (what: () => string) => this.story.tell('terminal', what);
    return new CardBox(make, port, this.clock, chance, {
      reached: (point) => this.computer.at(point),
      begins: () => cards.begins(),
      commanded: (kind, begun) => {
        tell(() => (kind === 'money' ? 'is asked for money' : 'is asked what became of it'));
        return cards.commanded(kind, begun);
      },
      booked: (money) => {
        tell(() => `books ${money.kind} ${money.askedFen} fen: ${money.amountFen()} ${money.state()}`);
        cards.booked(money);
      },
      acknowledged: () => cards.acknowledged(),
      voided: (money) => {
        tell(() => `gives ${money.amountFen()} fen back`);
        cards.voided(money);
      },
      happens: (fault) => this.hit(fault),
      codeArrived: (code) => this.judge.codeAtTerminal(code),
    });
  }

  #newSigning(make: PadMake, chance: Chance): Signing {
    const { clock, backend, judge, witness } = this;
    return new Signing({
      make,
      clock,
      chance,
      backend,
      judge,
      witness,
      trouble: this.disk.trouble,
      wants: (fault) => !this.healed && chance.happens(this.#enabled.get(fault) ?? 0),
      hit: (fault) => this.hit(fault),
      reached: (point) => this.computer.at(point),
      tell: (what) => this.story.tell('pad', what),
    });
  }

  #newCards(box: CardBox, { program, scan, codes }: Beside): CardCounter {
    const chance = this.chance.stream('cards');
    const commands = new Map<string, CommandEnvelope>();
    const order = (verb: string, args: CommandEnvelope['args']) => {
      const command = this.backend.order(TILL, verb, args);
      commands.set(command.id, command);
      return command;
    };
    return new CardCounter({
      chance,
      box,
      rare: () => this.#rareAt(box),
      day: this.day,
      scan,
      wants: (fault) => !this.healed && chance.happens(this.#enabled.get(fault) ?? 0),
      hit: (fault) => this.hit(fault),
      pause: (ms) => this.#pause(ms),
      isOver: () => this.healed,
      take: (orderId, amountFen) => {
        this.judge.orders.set(orderId, amountFen);
        if (!this.healed) this.signing?.box.trouble();
        if (chance.happens(0.3)) return program.collect(orderId, amountFen, 'card-sale');
        this.story.tell('backend', () => `card-sale ${amountFen} fen for ${orderId}`);
        return order('card-sale', { orderId, amountFen, currency: 'CNY' });
      },
      settle: () => order('card-settle', {}),
      sendAgain: ({ id }) => {
        const command = commands.get(id);
        if (command) this.backend.command(TILL, command);
        else program.sendAgain({ id });
      },
      cancel: (orderId) => this.#cancel(orderId),
      resultsOf: (id) => (program.knows(id) ? program.resultsOf(id) : this.backend.resultsOf(id)),
      holds: { ...this.#newHolds(order), askCode: (orderId, fen) => codes.askBeside(orderId, fen) },
    });
  }

  /** From a stream of its own: what else is drawn stays what it was. */
  #rareAt(box: CardBox): CardFault | undefined {
    const isFit = (fault: CardFault) => this.#enabled.has(fault) && box.faults.includes(fault);
    return this.healed || !this.#rare.happens(RARE_SHARE) ? undefined : RARE_AT_TERMINAL.find(isFit);
  }

  #newHolds(
    order: (verb: string, args: CommandEnvelope['args']) => CommandEnvelope,
  ): Omit<CardCounterParts['holds'], 'askCode'> {
    const chance = this.chance.stream('holds');
    const { holds } = this.judge.cards;
    const ask = (verb: string, orderId: string, amountFen: number) => {
      this.story.tell('backend', () => `${verb} ${amountFen} fen for ${orderId}`);
      holds.asked(orderId, amountFen);
      return order(verb, { orderId, amountFen, currency: 'CNY' });
    };
    return {
      chance,
      wants: (fault) => !this.healed && chance.happens(this.#enabled.get(fault) ?? 0),
      hold: (orderId, amountFen) => {
        this.judge.orders.set(orderId, amountFen);
        return ask('card-preauth', orderId, amountFen);
      },
      charge: (orderId, amountFen) => ask('card-preauth-complete', orderId, amountFen),
      giveUp: (orderId) => {
        this.story.tell('backend', () => `card-preauth-cancel of ${orderId}`);
        return order('card-preauth-cancel', { orderId });
      },
      giveUpByHand: (orderId) => {
        if (this.card?.isBusy === true || !holds.giveUpByHand(orderId)) return false;
        this.story.tell('clerk', () => `gives up at the terminal what is held for ${orderId}`);
        this.backOffice.tellHoldGone(orderId);
        return true;
      },
    };
  }

  #newBackOffice(): BackOffice {
    const chance = this.chance.stream('back office');
    return new BackOffice({
      chance,
      story: this.story,
      backend: this.backend,
      old: this.#old,
      ledger: this.acquirer.ledger,
      // a back office acts every few seconds: not at every turn
      wants: (fault) => chance.happens(0.3 * (this.#enabled.get(fault) ?? 0)),
      hit: (fault) => this.hit(fault),
      after: (ms, act) => void this.clock.after(ms, act),
      cards: {
        isBusy: () => this.card?.isBusy === true,
        isPaid: (orderId) => this.judge.cards.lookUp(orderId),
        gaveBack: (refundId) => this.judge.cards.gaveBack(refundId),
        held: (orderId) => this.judge.cards.holds.lookUp(orderId),
      },
      isClosed: (attemptId) => this.acquirer.stateOf(attemptId) !== 'open',
      retain: (command) => this.broker.publish(topicsOf(TILL).command(command.type), command, 1, true),
    });
  }

  /** The log begins with orders that nobody remembers. */
  async #sellLastWeek(): Promise<void> {
    if (this.#old.length === 0) return;
    const { clock, acquirer } = this;
    const parts = {
      files: this.disk.mount({ alive: true }),
      clock,
      acquirer,
      chance: this.chance.stream('last week'),
      terminal: 'T0000001',
      sold: ({ orderId, amountFen }: Paid, code: string) => {
        this.judge.orders.set(orderId, amountFen);
        this.judge.codes.set(code, clock.mono());
      },
    };
    let isSold = false;
    void sellLastWeek(parts, this.#old).then(() => {
      isSold = true;
    });
    await this.#passUntil(() => isSold, 10_000);
  }

  #newOffice(): OfficeProgram {
    const chance = this.chance.stream('office program');
    const { backOffice } = this;
    let orders = 0;
    return new OfficeProgram({
      chance,
      story: this.story,
      // as the back office: not at every turn
      wants: (fault) => !this.healed && chance.happens(0.3 * (this.#enabled.get(fault) ?? 0)),
      hit: (fault) => this.hit(fault),
      pause: (ms) => this.#pause(ms),
      isOver: () => this.healed,
      calls: () => this.computer.run?.till?.calls,
      notices: () => this.computer.run?.till?.notices,
      paid: () => [...this.#old, ...this.#paid()],
      sent: () => backOffice.noticesSent,
      resolutions: () => backOffice.resolutions(),
      asks: (commandId, { refundId, orderId, refundFen }, isAllowed) => {
        backOffice.refundOf.set(commandId, refundId);
        if (isAllowed) backOffice.allow(refundId, orderId, refundFen);
      },
      newOrder: (amountFen) => {
        orders += 1;
        const orderId = `OFFICE-${orders}`;
        this.judge.orders.set(orderId, amountFen);
        return orderId;
      },
      answered: (result) => this.judge.answered(result),
      read: (noticeId, personId) => this.judge.noticeRead(noticeId, personId),
      confused: (detail) => this.judge.find('key-forgotten', detail),
    });
  }

  #newProgram(chance: Chance): CashierProgram {
    return new CashierProgram({
      chance,
      story: this.story,
      wants: (fault) => !this.healed && chance.happens(this.#enabled.get(fault) ?? 0),
      hit: (fault) => this.hit(fault),
      pause: (ms) => this.#pause(ms),
      isOver: () => this.healed,
      calls: () => this.computer.run?.till?.calls,
      goesOn: (orderId) => {
        const book = this.computer.run?.book;
        const order = book?.orders.get(orderId);
        const attempt = order?.attemptId === undefined ? undefined : book?.attempts.get(order.attemptId)?.attempt;
        return order?.state === 'OPEN' ? attempt?.attemptId : undefined;
      },
      answered: (result) => this.judge.answered(result),
      confused: (detail) => this.judge.find('key-forgotten', detail),
    });
  }

  #paid(): Paid[] {
    return this.backend
      .events(TILL)
      .flatMap(({ data }) =>
        (data.type === 'attempt' || data.type === 'intent') && data.state === 'PAID' ? [data] : [],
      );
  }

  /** The clerk presses cancel at this till. */
  #cancel(orderId: string): void {
    const desk = this.computer.run?.till?.desk;
    if (!desk) return;
    this.hit('clerk-cancels');
    if (this.#program?.cancel(orderId) === true) return;
    this.#tried('cancel', desk.cancel(orderId));
  }

  /** A till that cannot do it now says so; the clerk will be asked again. */
  #tried(what: string, done: Promise<unknown>): void {
    done.catch((error: unknown) => this.story.tell('clerk', () => `${what}: ${String(error)}`));
  }

  /** The clerk is asked about a slip, tears off what hangs out, looks, and answers. */
  #answerQuestions(): void {
    const spool = this.computer.run?.till?.spool;
    for (const { slipId, attemptId, duplicate } of this.printer.isBusy ? [] : (spool?.questions() ?? [])) {
      this.printer.tearOff();
      const originals = duplicate ? 0 : (this.judge.originals.get(attemptId)?.whole ?? 0);
      const seen = originals + (this.judge.marked.get(attemptId) ?? 0) > 0 ? 'on-paper' : 'missing';
      this.hit('question-answered');
      this.story.tell('clerk', () => `the slip of ${attemptId} is ${seen}`);
      if (spool) this.#tried('answer', spool.answer(slipId, seen));
    }
    this.clock.after(this.chance.stream(`look ${this.clock.mono()}`).between(5_000, 20_000), () =>
      this.#answerQuestions(),
    );
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }
}

/** Who else is at the counter. */
interface Beside {
  readonly program: CashierProgram;
  readonly scan: () => Promise<void>;
  readonly codes: CodeCounter;
}

/** until the kernel has noticed that a cable is gone, and more */
const EARLY_MS = 20;
/** what a socket on the shop's network brings, bits a second */
const LAN_BITS = 10_000_000;
/** One of them fits a make at most. */
const RARE_AT_TERMINAL: readonly CardFault[] = ['terminal-paper-out', 'mis-always-bad-lrc'];
/** Every so-manieth customer with a card. */
const RARE_SHARE = 0.25;
/** In so many worlds codes are shown at all. */
const CODES_SHARE = 0.5;

/** Which faults happen in this world, and how readily. A few of them, seldom all; sometimes one of them all the time. */
function drawFaults(chance: Chance, allowed: ReadonlySet<FaultName>): Map<FaultName, number> {
  const few = allowed.size <= 6;
  const share = few ? 1 : chance.pick([0.1, 0.2, 0.35, 0.6]);
  const drawn = new Map<FaultName, number>();
  for (const fault of allowed) {
    if (isOfHolds(fault) || isOfField(fault)) continue;
    const isDrawn = chance.happens(fault === 'paid-by-code' ? Math.max(share, CODES_SHARE) : share);
    const rate = chance.happens(0.15) ? 0.9 : 0.1 + 0.4 * chance.next();
    if (isDrawn) drawn.set(fault, rate);
  }
  return drawn;
}

function drawOld(chance: Chance): Paid[] {
  return Array.from({ length: chance.between(1, 3) }, (_, n) => ({
    orderId: `OLD-${n + 1}`,
    amountFen: chance.between(1, 200_000),
  }));
}

function idSource(chance: Chance): () => string {
  let serial = 0;
  return () => `C${String((serial += 1)).padStart(5, '0')}${chance.below(1_000_000)}`;
}

function brief(text: string): string {
  const wanted = /"(?:op|attemptId|state|s|phase|status|code|category|seq|avail|reason)":(?:"[^"]*"|\d+)/g;
  return [...new Set(text.match(wanted) ?? [])].join(' ').replaceAll('"', '');
}

function briefLog(line: string): string {
  const { level, time: _time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  return `${String(level)} ${String(msg)} ${JSON.stringify(fields)}`.slice(0, 220);
}

function describe({ type, data }: Parameters<Witness['onRecord']>[0]): string {
  const attempt = data.record?.attempt;
  if (data.intent)
    return `${type} ${data.intent.intentId} ${data.intent.state} (${data.intent.doing.kind}), order ${data.order?.state}`;
  if (attempt)
    return `${type} ${attempt.attemptId} ${attempt.state} (${attempt.doing.kind}), order ${data.order?.state}`;
  if (data.slip) return `${type} ${data.slip.attemptId} ${data.slip.state}`;
  if (data.order) return `${type} ${data.order.orderId} ${data.order.state}`;
  return `${type} ${data.command?.id ?? data.result?.id ?? data.upto ?? ''}`;
}
