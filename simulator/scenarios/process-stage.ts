import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import type { Acquirer } from '../acquirer/acquirer.ts';
import { CommandSigner } from '../backend/command-signer.ts';
import { scannerTable } from '../guns/scanner-table.ts';
import { BACKEND_CLIENT, Shop } from '../shop.ts';
import { TcpGate } from '../wires/tcp-gate.ts';
import { type Clock, systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import { SkewedClock } from '../world/skewed-clock.ts';
import { afterBytes } from './after-bytes.ts';
import { AgentChild, type AgentControl } from './agent-control.ts';
import { aimed } from './aimed.ts';
import { merged } from './merged.ts';
import { type PlacedPad, type PlacedTerminal, placePad, placeTerminal } from './placed-terminal.ts';
import { gunOfPlace, padOfPlace, printerOfPlace, type Scenario, terminalOfPlace } from './scenario.ts';
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
} from './stage.ts';

// The stage of real processes: the simulated shop in this one, the agent in another, ptys and MQTT between.

export const STAGE_TILL: TillAddress = { tenant: 'demo', store: 'store-1', agent: 'till-1' };
const LOOK_MS = 15;

/** What a stage needs to have in hand before its shop opens. */
export class StageHands {
  /** the backend's; the till's cannot be set, but that one is wrong against the other is all that either can see */
  readonly clock = new SkewedClock(systemClock);
  readonly signer = new CommandSigner('backend-1', randomBytes(32));
  /** the broker does not let the till in */
  isRefused = false;

  /** To be given to `Shop.open`. */
  get shopOptions() {
    const admit = (clientId: string) => clientId === BACKEND_CLIENT || !this.isRefused;
    return { clock: this.clock, signer: this.signer, admit } as const;
  }
}

export interface StagePlace {
  /** the shop's port folder; `data` of the agent is in it */
  readonly folder: string;
  readonly place?: Scenario['place'];
  /** on the counter, with what the till's configuration says of it; absent: none, or it is nobody's to tell of */
  readonly terminal?: PlacedTerminal;
  readonly pad?: PlacedPad;
}

const Address = z.looseObject({ url: z.url(), token: z.string(), pid: z.int().optional() });

/** A shop whose agent is in another process. */
export class ProcessStage implements Stage {
  readonly clock: Clock;
  readonly shop: Shop;
  control: AgentControl | undefined;
  onAgentState: (state: 'online' | 'offline' | 'lost') => void = () => undefined;
  readonly #hands: StageHands;
  readonly #gate: TcpGate;
  readonly #at: StagePlace;
  #events: StageEvents | undefined;
  /** of a life that is over: nobody listens there any more */
  #deadToken = '';

  /** Around a shop that was opened with these hands; the agent is not up yet. */
  static async around(shop: Shop, hands: StageHands, at: StagePlace): Promise<ProcessStage> {
    return new ProcessStage(shop, hands, at, await TcpGate.before(shop.broker.port));
  }

  /** A shop as a story wants it, and the stage around it. */
  static async open(scenario: Scenario, folder: string): Promise<ProcessStage> {
    const { place = {} } = scenario;
    const { paper = 58 } = place;
    const hands = new StageHands();
    const [printer, gun, make] = [printerOfPlace(place), gunOfPlace(place), terminalOfPlace(place)];
    const devices = { printer, ...(gun && { gun }) };
    const shop = await Shop.open({ till: STAGE_TILL, paper, portFolder: folder, ...devices, ...hands.shopOptions });
    const terminal = make && placeTerminal(make, folder);
    const personality = padOfPlace(place);
    const pad = personality && placePad(personality, folder);
    return ProcessStage.around(shop, hands, { folder, place, ...(terminal && { terminal }), ...(pad && { pad }) });
  }

  private constructor(shop: Shop, hands: StageHands, at: StagePlace, gate: TcpGate) {
    this.shop = shop;
    this.clock = hands.clock;
    this.#hands = hands;
    this.#at = at;
    this.#gate = gate;
    this.#listen();
  }

  /** What the agent's configuration file says. */
  get config(): object {
    const { shop } = this;
    const { kid, publicKey } = this.#hands.signer;
    const { place = {}, terminal, pad } = this.#at;
    const gun = gunOfPlace(place);
    const ports = {
      scanner: { path: shop.gunPort.path, ...(gun && scannerTable(gun)) },
      printer: { path: shop.printerPort.path, baudRate: 115_200, paper: shop.paper },
      ...(terminal && { terminal: terminal.config }),
      ...(pad && { pad: pad.config }),
    };
    return {
      address: shop.till,
      merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001', servicePhone: '95516' },
      broker: { url: this.brokerUrl },
      commandKeys: [{ kid, publicKey }],
      ...ports,
      dataDir: 'data',
      ...merged(place.config ?? {}, ports),
    };
  }

  get brokerUrl(): string {
    return `mqtt://127.0.0.1:${this.#gate.port}`;
  }

  get acquirer(): Acquirer {
    return this.shop.acquirer;
  }

  /** The agent is online and sees gun and printer. */
  get isReady(): boolean {
    const { backend, till, devices } = this.shop;
    // a till without a card terminal never says that it has one
    const own = this.#at.place?.terminal === undefined ? [] : (['terminal'] as const);
    const all = (['scanner', 'printer', ...own] as const).every((device) => devices.get(device)?.avail === 'online');
    return all && backend.stateOf(till)?.s === 'online';
  }

  readonly random = fraction;

  get agent(): StageAgent {
    const control = this.#theAgent();
    const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
      this.#deadToken = this.#address()?.token ?? '';
      await control.end(signal);
    };
    return {
      isUp: control.isUp,
      log: control.log,
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
      start: () => control.start(),
      second: () => control.second(),
    };
  }

  /** The process of the agent that runs, as it says itself. */
  get agentPid(): number | undefined {
    return this.#address()?.pid;
  }

  get backend(): StageBackend {
    const { backend, till } = this.shop;
    return {
      draft: (verb, args, signed, validForMs) => backend.compose(till, verb, args, signed, validForMs),
      // whoever waits for the answer hears it on the record
      publish: (command, retained) => void backend.command(till, command, retained).catch(() => undefined),
      inject: (fault) => backend.inject(till, fault),
      setOnline: (isOnline) => (isOnline ? backend.comeBack() : backend.leave()),
      saysNothingOfPayments: () => {
        backend.notices.plan = { manner: 'none', afterMs: [] };
      },
      setAcknowledging: (does) => {
        backend.acknowledgesEvents = does;
      },
    };
  }

  get gun(): StageGun {
    const { gun, gunPort } = this.shop;
    return {
      read: (code) => aimed(gun, code, (ms) => this.pass(ms)),
      say: async (bytes) => void (await gunPort.send(bytes)),
      pull: () => gunPort.hangup(),
      plug: () => Promise.resolve(gunPort.replug()),
    };
  }

  get printer(): StagePrinter {
    const { printer: model, printerPort } = this.shop;
    return {
      model,
      afterBytes: (count, act) => afterBytes(model, count, act),
      stall: (isStalled) => (isStalled ? printerPort.pause() : printerPort.resume()),
      pull: () => printerPort.hangup(),
      plug: () => Promise.resolve(printerPort.replug()),
    };
  }

  get terminal(): StageTerminal | undefined {
    return this.#at.terminal;
  }

  get pad(): StagePad | undefined {
    return this.#at.pad;
  }

  get signaturesKept(): number {
    return this.shop.backend.signatures.kept.length;
  }

  get network(): StageNetwork {
    const gate = this.#gate;
    return {
      fall: () => gate.fall(),
      back: () => gate.back(),
      cut: () => gate.cut(),
      swallow: () => gate.swallow(),
      refuseLogin: (isRefused) => {
        this.#hands.isRefused = isRefused;
        if (isRefused) gate.cut();
      },
    };
  }

  readonly journal: StageJournal = {
    text: () =>
      this.#segments()
        .map((file) => readFileSync(file, 'utf8').replace(/\0+$/, ''))
        .join(''),
    cut: (bytes) => {
      const file = this.#newestSegment();
      truncateSync(file, withoutRoom(readFileSync(file)).length - bytes);
    },
    flip: () => {
      const file = this.#newestSegment();
      const bytes = withoutRoom(readFileSync(file));
      const at = bytes.length >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  };

  setClock(wrongByMs: number): void {
    this.#hands.clock.aheadMs = -wrongByMs;
  }

  async call(path: string, { method = 'GET', body, key }: Parameters<Stage['call']>[1] = {}): Promise<Response> {
    const address = this.#address();
    if (!address || address.token === this.#deadToken) throw new Error('nobody listens');
    return fetch(new URL(path, address.url), {
      method,
      headers: {
        authorization: `Bearer ${address.token}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  watch(events: StageEvents): void {
    this.#events = events;
    for (const state of this.shop.devices.values()) events.device(state);
    if (this.shop.backend.stateOf(this.shop.till)?.s === 'online') events.online(true);
  }

  pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  async until(what: string, isSo: () => boolean, deadlineMs: number): Promise<void> {
    const end = this.clock.mono() + deadlineMs;
    while (!isSo()) {
      if (this.clock.mono() > end) throw new Error(`not within ${deadlineMs / 1_000} s: ${what}`);
      await this.pass(LOOK_MS);
    }
  }

  settle<T>(promise: Promise<T>, what: string, deadlineMs: number): Promise<T> {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`not within ${deadlineMs / 1_000} s: ${what}`)), deadlineMs).unref();
    });
    return Promise.race([promise, late]);
  }

  async close(): Promise<void> {
    if (this.control instanceof AgentChild) await this.control.end('SIGTERM');
    await this.#gate.close();
    await Promise.all([this.shop.close(), this.#at.terminal?.close(), this.#at.pad?.close()]);
  }

  #theAgent(): AgentControl {
    if (!this.control) throw new Error('there is no agent yet');
    return this.control;
  }

  #listen(): void {
    const { shop } = this;
    const { backend } = shop;
    backend.onRequest = (_till, request) => this.#events?.request(request);
    shop.onEvent = (event) => this.#events?.event(event);
    shop.onResult = (result) => this.#events?.result(result);
    shop.onDevice = (state) => this.#events?.device(state);
    shop.onAgentState = (state) => {
      this.onAgentState(state);
      this.#events?.online(state === 'online');
    };
    shop.onSlip = (bytes, slip) => this.#events?.slip(slip, bytes);
  }

  /** Where the agent that runs is called, as it says itself. */
  #address(): z.infer<typeof Address> | undefined {
    try {
      return Address.parse(JSON.parse(readFileSync(join(this.#at.folder, 'data', 'console', 'address.json'), 'utf8')));
    } catch {
      return undefined;
    }
  }

  #segments(): string[] {
    const folder = join(this.#at.folder, 'data', 'journal');
    return readdirSync(folder)
      .filter((name) => name.startsWith('journal-'))
      .sort()
      .map((name) => join(folder, name));
  }

  #newestSegment(): string {
    const file = this.#segments().at(-1);
    if (file === undefined) throw new Error('there is no journal');
    return file;
  }
}

/** Room that the agent has reserved behind its last line is no journal. */
function withoutRoom(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}
