import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { DeviceState } from '../../protocols/backend/presence.ts';
import type { Request } from '../../protocols/backend/requests.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import type { Acquirer } from '../acquirer/acquirer.ts';
import type { BackendFault } from '../backend/request-desk.ts';
import type { PrinterModel } from '../devices/printer.ts';
import type { CardPerson } from '../terminals/card-person.ts';
import type { PadPerson } from '../terminals/pad-person.ts';
import type { ShopTerminal } from '../terminals/shop-terminal.ts';
import type { Clock } from '../world/clock.ts';

// Where a story is played. There are two: real processes, and one process in virtual time. A story cannot tell them apart.

/** What happens on stage, for whoever keeps the record. */
export interface StageEvents {
  request(request: Request): void;
  event(event: EventEnvelope): void;
  result(result: CommandResult): void;
  device(state: DeviceState): void;
  online(isOnline: boolean): void;
  slip(slip: Slip, bytes: Uint8Array): void;
}

export interface StageBackend {
  /** A command, not yet published. */
  draft(verb: string, args: CommandEnvelope['args'], signed: boolean, validForMs?: number): CommandEnvelope;
  publish(command: CommandEnvelope, retained: boolean): void;
  inject(fault: BackendFault): void;
  setOnline(isOnline: boolean): Promise<void>;
  saysNothingOfPayments(): void;
  setAcknowledging(does: boolean): void;
}

/** A cable that can be pulled. */
export interface StageCable {
  pull(): Promise<void>;
  plug(): Promise<void>;
}

export interface StageGun extends StageCable {
  /** the gun reads a code and says it in its own way */
  read(code: string): Promise<void>;
  /** bytes on the wire, as the gun says them */
  say(bytes: Uint8Array): Promise<void>;
}

export interface StagePrinter extends StageCable {
  readonly model: PrinterModel;
  /** `act` when so many more bytes have reached the printer */
  afterBytes(count: number, act: () => void): void;
  /** takes no bytes from the cable, and says nothing of it */
  stall(isStalled: boolean): void;
}

export interface StageTerminal extends StageCable {
  readonly terminal: ShopTerminal;
  /** absent: this make asks nobody */
  readonly person: CardPerson | undefined;
}

export interface StagePad extends StageCable {
  readonly person: PadPerson;
}

export interface StageNetwork {
  fall(): void;
  back(): void;
  cut(): void;
  /** what was connected stays so, and nothing gets through */
  swallow(): void;
  refuseLogin(isRefused: boolean): void;
}

export interface StageAgent {
  readonly isUp: boolean;
  kill(): Promise<void>;
  /** SIGTERM, waited for */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** what a second agent on the same data folder says; undefined: it starts */
  second(): Promise<string | undefined>;
  /** everything it logged, all lives of it */
  readonly log: string;
}

export interface StageJournal {
  /** all lines, oldest first */
  text(): string;
  /** while the agent is down */
  cut(bytes: number): void;
  flip(): void;
}

export interface Stage {
  readonly clock: Clock;
  readonly random: () => number;
  readonly acquirer: Acquirer;
  readonly backend: StageBackend;
  readonly gun: StageGun;
  readonly printer: StagePrinter;
  /** absent: this shop has none */
  readonly terminal: StageTerminal | undefined;
  readonly pad: StagePad | undefined;
  /** signatures that the acquirer keeps */
  readonly signaturesKept: number;
  readonly network: StageNetwork;
  readonly agent: StageAgent;
  readonly journal: StageJournal;
  /** what the till's clock is off against the backend's, ms */
  setClock(wrongByMs: number): void;
  /** the till's local API, as a program beside it calls it; rejects while nobody listens */
  call(
    path: string,
    init?: { readonly method?: string; readonly body?: object; readonly key?: string },
  ): Promise<Response>;
  watch(events: StageEvents): void;
  pass(ms: number): Promise<void>;
  /** Resolves when it is so, rejects with `what` after the deadline. */
  until(what: string, isSo: () => boolean, deadlineMs: number): Promise<void>;
  /** Waits for something that the world brings, also where time stands still by itself. */
  settle<T>(promise: Promise<T>, what: string, deadlineMs: number): Promise<T>;
}
