import { ConfigSchema } from '../../agent/config.ts';
import { consoleApp } from '../../agent/console/app.ts';
import type { ServerParts } from '../../agent/console/server.ts';
import { DataDirBusy } from '../../agent/journal/lock.ts';
import { startTill, type Till } from '../../agent/main.ts';
import type { Outside } from '../../agent/outside.ts';
import type { ByteLink, LinkListener } from '../../agent/transport/link.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { DeviceState } from '../../protocols/backend/presence.ts';
import type { Device } from '../../protocols/backend/topics.ts';
import { ulid } from '../../protocols/backend/ulid.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { scannerTable } from '../../simulator/guns/scanner-table.ts';
import type { PrinterPersonality } from '../../simulator/personalities/printers.ts';
import { terminalTable } from '../../simulator/personalities/terminal-makes.ts';
import { afterBytes } from '../../simulator/scenarios/after-bytes.ts';
import { merged } from '../../simulator/scenarios/merged.ts';
import { PAD_CONFIG } from '../../simulator/scenarios/placed-terminal.ts';
import {
  gunOfPlace,
  padOfPlace,
  printerOfPlace,
  type Scenario,
  terminalOfPlace,
} from '../../simulator/scenarios/scenario.ts';
import type {
  Stage,
  StageAgent,
  StageBackend,
  StageEvents,
  StageGun,
  StageJournal,
  StageNetwork,
  StagePad,
  StagePrinter,
  StageTerminal,
} from '../../simulator/scenarios/stage.ts';
import { CardHolder } from '../../simulator/terminals/card-person.ts';
import { SimulatedPad } from '../../simulator/terminals/pad-mouth.ts';
import { PadSigner } from '../../simulator/terminals/pad-person.ts';
import { type ShopTerminal, terminalOn } from '../../simulator/terminals/shop-terminal.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { LCG } from '../seeded.ts';
import { BACKEND_KEY, MemoryBackend } from '../world/backend.ts';
import { MemoryBroker } from '../world/broker.ts';
import type { MemoryLink } from '../world/broker-link.ts';
import { logSearch } from '../world/log-search.ts';
import { MemoryDisk } from '../world/memory-disk.ts';
import { MemoryWire } from '../world/memory-wire.ts';
import { pass, passUntil, settled } from '../world/pass.ts';
import { PrinterCable } from '../world/printer-cable.ts';
import { TerminalLine } from '../world/terminal-line.ts';
import { TillClock } from '../world/till-clock.ts';
import { VirtualGun } from './virtual-gun.ts';

const TILL = { tenant: 'demo', store: 'store-1', agent: 'till-1' } as const;
/** Sunday 22 November 2026, 10:00 in Beijing */
const OPENING = Date.UTC(2026, 10, 22, 2);
/** port of the local API: nobody listens on it */
const PORT = 8_080;

/** A gun that is slow on its cable reads a code in less. */
const READ_MS = 10_000;

/** where a HID gun says its reports */
const REPORTS = 'reports://127.0.0.1:7300';

/** The agent opens a port again that it gave up. */
const REOPEN_MS = 1_000;

/** One life of the agent: everything it holds dies with it. */
interface Life {
  readonly till: Till;
  readonly clock: TillClock;
  readonly link: MemoryLink;
  readonly disk: { kill(): void };
  /** absent: the story's gun outlives the agent */
  readonly gun: MemoryWire | undefined;
  readonly printer: PrinterCable;
  readonly api: ReturnType<typeof consoleApp>;
  readonly token: string;
}

/** The stage in one process and in virtual time: the real agent between memory disk, memory broker and two cables. */
export class VirtualStage implements Stage {
  readonly clock = new VirtualClock(OPENING);
  readonly acquirer = new Acquirer(this.clock);
  readonly devices = new Map<Device, DeviceState>();
  readonly personality: PrinterPersonality;
  readonly #dice = new LCG(1);
  readonly #broker = new MemoryBroker(this.clock);
  readonly #backend: MemoryBackend;
  readonly #disk = new MemoryDisk();
  readonly #config: object;
  readonly #log: string[] = [];
  #wrongByMs = 0;
  #life: Life | undefined;
  #events: StageEvents | undefined;
  /** the printer outlives the agent */
  #cable: PrinterCable | undefined;
  /** the gun that the story wants */
  readonly #gun: VirtualGun | undefined;
  readonly #cards:
    | { readonly line: TerminalLine; readonly terminal: ShopTerminal; readonly person: CardHolder | undefined }
    | undefined;
  readonly #pad: { readonly line: TerminalLine; readonly person: PadSigner; readonly pad: SimulatedPad } | undefined;
  readonly #signatures = new MemoryDisk();

  constructor({ place = {} }: Scenario) {
    const { paper = 58, config = {} } = place;
    this.personality = printerOfPlace(place);
    const [gun, make, pad] = [gunOfPlace(place), terminalOfPlace(place), padOfPlace(place)];
    const usual = portsOf(paper);
    const ports = {
      ...usual,
      scanner: { path: gun && 'usb' in gun ? REPORTS : 'gun', ...(gun && scannerTable(gun)) },
      ...(make && { terminal: { path: 'terminal', ...terminalTable(make) } }),
      ...(pad && { pad: { path: 'pad', ...PAD_CONFIG } }),
    };
    this.#config = { ...configOf(), ...ports, ...merged(config, ports) };
    this.#gun = gun && new VirtualGun(gun, this.clock, this.random);
    if (make) {
      const line = new TerminalLine(this.clock);
      const terminal = terminalOn(line, make, { clock: this.clock, random: this.random });
      this.#cards = { line, terminal, person: terminal.card && new CardHolder(terminal.card) };
    }
    if (pad) {
      const line = new TerminalLine(this.clock);
      const person = new PadSigner(this.clock, this.random, pad.signMs);
      const device = { personality: pad, clock: this.clock, random: this.random, customer: person };
      this.#pad = { line, person, pad: new SimulatedPad(line, device) };
    }
    this.#backend = new MemoryBackend(this.#broker, this.acquirer, this.clock, () =>
      ulid(this.clock.now(), this.#bytes(10)),
    );
    this.#backend.onRequest = (request) => this.#events?.request(request);
    this.#backend.onEvent = (event) => this.#events?.event(event);
    this.#backend.onResult = (result) => this.#events?.result(result);
    this.#backend.onState = ({ s }) => this.#events?.online(s === 'online');
    this.#backend.onDevice = (state) => {
      this.devices.set(state.dev, state);
      this.#events?.device(state);
    };
  }

  readonly random = (): number => this.#dice.below(1_000_000) / 1_000_000;

  get agent(): StageAgent {
    const log = this.#log;
    return {
      isUp: this.#life !== undefined,
      kill: () => this.#die(),
      stop: async () => {
        const life = this.#life;
        if (!life) return;
        await this.settle(life.till.stop(), 'the agent to stop', 10_000);
        await this.#die();
      },
      start: () => this.#start(),
      second: () => this.#second(),
      get log() {
        return log.join('');
      },
    };
  }

  readonly backend: StageBackend = this.#backendEnd();
  readonly gun: StageGun = {
    read: (code) =>
      this.#gun
        ? this.settle(this.#gun.read(code), 'a code to be read', READ_MS)
        : this.gun.say(Buffer.from(`${code}\r\n`, 'utf8')),
    say: (bytes) => this.#at((gun) => gun.say(bytes)),
    pull: () => this.#at((gun) => gun.pull()),
    plug: () => this.#at((gun) => gun.plug()),
  };

  get printer(): StagePrinter {
    const cable = this.#cable;
    if (!cable) throw new Error('the printer was never opened');
    return {
      model: cable.model,
      afterBytes: (count, act) => afterBytes(cable.model, count, act),
      stall: (isStalled) => {
        cable.stalled = isStalled;
        if (!isStalled) cable.flow();
      },
      pull: () => {
        cable.pull();
        return this.#now();
      },
      plug: () => {
        cable.plug();
        return this.#now();
      },
    };
  }

  get terminal(): StageTerminal | undefined {
    const cards = this.#cards;
    if (!cards) return undefined;
    return {
      terminal: cards.terminal,
      person: cards.person,
      pull: () => cards.line.hangup(),
      plug: () => {
        cards.line.replug();
        return this.#now();
      },
    };
  }

  get pad(): StagePad | undefined {
    const pad = this.#pad;
    if (!pad) return undefined;
    return {
      person: pad.person,
      pull: () => pad.line.hangup(),
      plug: () => {
        pad.line.replug();
        return this.#now();
      },
    };
  }

  get signaturesKept(): number {
    return this.#backend.signatures.kept.length;
  }

  readonly network: StageNetwork = {
    fall: () => this.#broker.setReachable(false),
    back: () => this.#broker.setReachable(true),
    cut: () => this.#broker.cut(),
    swallow: () => this.#broker.halfOpen(),
    refuseLogin: (isRefused) => {
      this.#broker.admits = !isRefused;
      if (isRefused) this.#broker.cut();
    },
  };

  readonly journal: StageJournal = {
    text: () => this.#disk.text(),
    cut: (bytes) => this.#disk.damage((file) => file.subarray(0, file.length - bytes)),
    flip: () => this.#disk.damage(flipped),
  };

  setClock(wrongByMs: number): void {
    this.#wrongByMs = wrongByMs;
    if (this.#life) this.#life.clock.wrongByMs = wrongByMs;
  }

  async call(path: string, init: Parameters<Stage['call']>[1] = {}): Promise<Response> {
    const life = this.#life;
    if (!life) throw new Error('nobody listens');
    const { method = 'GET', body, key } = init;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      host: `127.0.0.1:${PORT}`,
      authorization: `Bearer ${life.token}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    };
    const request = new Request(`http://127.0.0.1:${PORT}${path}`, {
      method,
      headers,
      ...(text !== undefined && { body: text }),
    });
    return life.api.fetch(request, { outgoing: { destroy: () => undefined } });
  }

  watch(events: StageEvents): void {
    this.#events = events;
    for (const state of this.devices.values()) events.device(state);
  }

  pass(ms: number): Promise<void> {
    return pass(this.clock, ms);
  }

  until(what: string, isSo: () => boolean, deadlineMs: number): Promise<void> {
    return passUntil(this.clock, what, isSo, deadlineMs);
  }

  async settle<T>(promise: Promise<T>, what: string, deadlineMs: number): Promise<T> {
    const state = { isOver: false };
    const over = () => {
      state.isOver = true;
    };
    promise.then(over, over);
    await settled();
    await this.until(what, () => state.isOver, deadlineMs);
    return promise;
  }

  /** The agent is up. */
  async open(): Promise<void> {
    await this.#start();
  }

  // --- the agent's lives

  async #start(): Promise<void> {
    if (this.#life) throw new Error('the agent is up');
    const clock = new TillClock(this.clock, this.#wrongByMs);
    const disk = this.#disk.open();
    const wires: { gun?: MemoryWire; printer?: PrinterCable; link?: MemoryLink; parts?: ServerParts } = {};
    const outside: Outside = {
      clock,
      random: (bytes) => this.#bytes(bytes),
      lock: () => () => undefined,
      journalFiles: () => Promise.resolve(disk),
      signatures: () => Promise.resolve({ files: this.#signatures.open(), key: new Uint8Array(32).fill(7) }),
      openSerial: ({ path }, listener) => {
        if (path === 'gun')
          return this.#gun ? this.#gun.line.open(listener, clock) : (wires.gun = new MemoryWire(listener, clock));
        if (path === 'pad' && this.#pad) return this.#pad.line.open(listener, clock);
        if (path === 'terminal' && this.#cards) return this.#cards.line.open(listener, clock);
        return (wires.printer = this.#openPrinter(listener));
      },
      openDevice: (_address, _line, listener) => this.#openReports(listener, clock),
      connectBroker: (options, deps) => (wires.link = this.#broker.connect(options, deps)),
      openConsole: (parts) => {
        wires.parts = parts;
        return Promise.resolve({ close: () => Promise.resolve() });
      },
      historyOf: logSearch(disk),
      logSink: { write: (line: string) => void this.#log.push(line) },
    };
    const till = await startTill(ConfigSchema.parse(this.#config), outside);
    const { gun, printer, link, parts } = wires;
    if (!(gun ?? this.#gun) || !printer || !link || !parts) throw new Error('the agent did not open everything');
    const api = consoleApp(parts, () => PORT);
    this.#life = { till, clock, link, disk, gun, printer, api, token: parts.ownToken };
  }

  /** The only device that is on no serial port is a gun that says reports. */
  #openReports(listener: LinkListener, clock: TillClock): ByteLink {
    if (!this.#gun) throw new Error('nobody here says reports');
    return this.#gun.line.open(listener, clock);
  }

  #openPrinter(listener: LinkListener): PrinterCable {
    if (this.#cable) return this.#cable.hand(listener);
    const cable = new PrinterCable(listener, this.clock, this.personality);
    cable.reopensAfterMs = REOPEN_MS;
    cable.onSlip = (slip, bytes) => this.#events?.slip(slip, bytes);
    this.#cable = cable;
    return cable;
  }

  async #die(): Promise<void> {
    const life = this.#life;
    if (!life) throw new Error('the agent is not up');
    this.#life = undefined;
    life.clock.kill();
    life.link.kill();
    life.disk.kill();
    this.#gun?.line.leave();
    this.#cards?.line.leave();
    this.#pad?.line.leave();
    await Promise.all([life.gun?.close(), life.printer.close()]);
    await settled();
  }

  /** What a start on a folder that is held comes to. */
  async #second(): Promise<string | undefined> {
    if (!this.#life) throw new Error('the first agent is not up');
    const never = () => {
      throw new Error('a second agent got beyond the lock');
    };
    const lock = (): never => {
      throw new DataDirBusy('data', 1);
    };
    const clock = new TillClock(this.clock);
    const logSink = { write: () => undefined };
    const doors = { journalFiles: never, openSerial: never, connectBroker: never };
    const outside: Outside = { clock, random: (bytes) => this.#bytes(bytes), lock, logSink, ...doors };
    return startTill(ConfigSchema.parse(this.#config), outside).then(
      () => undefined,
      (error: unknown) => (error instanceof DataDirBusy ? error.code : String(error)),
    );
  }

  #backendEnd(): StageBackend {
    return {
      draft: (verb, args, signed, validForMs) => this.#draft(verb, args, signed, validForMs),
      publish: (command, retained) => this.#backend.command(TILL, command, retained),
      inject: (fault) => this.#backend.desk(TILL).inject(fault),
      setOnline: (isOnline) => {
        this.#broker.setBackendOnline(isOnline);
        return Promise.resolve();
      },
      saysNothingOfPayments: () => {
        this.#backend.notices.plan = { manner: 'none', afterMs: [] };
      },
      setAcknowledging: (does) => {
        this.#backend.acknowledgesEvents = does;
      },
    };
  }

  #draft(verb: string, args: CommandEnvelope['args'], signed: boolean, validForMs?: number): CommandEnvelope {
    const plain = this.#backend.draft(TILL, verb, args);
    const command = validForMs === undefined ? plain : { ...plain, exp: plain.issued + validForMs };
    return signed ? BACKEND_KEY.sign(TILL, command) : command;
  }

  #bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#dice.below(256));
  }

  /** The gun that the story wants, or the plain line of this life of the agent. */
  async #at(act: (gun: { say(bytes: Uint8Array): void; pull(): void; plug(): void }) => void): Promise<void> {
    const gun = this.#gun ?? this.#life?.gun;
    if (gun) act(gun);
    await settled();
  }

  async #now(): Promise<void> {
    await settled();
  }
}

/** One bit, in the middle of the oldest half. */
function flipped(file: Uint8Array): Uint8Array {
  const changed = file.slice();
  const at = changed.length >> 1;
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

function portsOf(paper: 58 | 80) {
  return { scanner: { path: 'gun' }, printer: { path: 'printer', baudRate: 115_200, paper } };
}

function configOf() {
  return {
    address: TILL,
    merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001', servicePhone: '95516' },
    broker: { url: 'mqtt://broker:1883' },
    commandKeys: [{ kid: BACKEND_KEY.kid, publicKey: BACKEND_KEY.publicKey }],
    dataDir: '/nowhere',
  };
}
