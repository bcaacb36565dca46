import { ArmedFaults } from '../faults/terminal-faults.ts';
import type { TerminalPersonality } from '../personalities/terminals.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import type { Cuttable, PortWire, Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { CardTerminal } from './card-terminal.ts';
import type { MouthEars } from './mouth.ts';
import type { AmountTable } from './test-amounts.ts';
import { ZvtSerialMouth } from './zvt-serial-mouth.ts';
import { ZvtStreamMouth } from './zvt-stream-mouth.ts';
import { ZvtTerminal } from './zvt-terminal.ts';

/** How a terminal is joined to a till. */
export const TERMINAL_WIRES = ['pty', 'tcp'] as const;
export type TerminalWire = (typeof TERMINAL_WIRES)[number];

export const TERMINAL_PROTOCOLS = ['zvt'] as const;
export type TerminalProtocol = (typeof TERMINAL_PROTOCOLS)[number];

export interface TerminalOptions {
  readonly personality: TerminalPersonality;
  readonly clock: Clock;
  readonly amounts?: AmountTable;
  /** minutes ahead of UTC; without it the simulated shop's */
  readonly zoneMinutes?: number;
}

/** How long a pulled cable hangs before somebody puts it back. */
const REPLUG_MS = 500;

/** A simulated ZVT terminal with everything it needs but a wire. */
export class SimulatedZvtTerminal {
  readonly model: CardTerminal;
  readonly faults = new ArmedFaults();
  readonly zvt: ZvtTerminal;
  readonly #clock: Clock;

  constructor(options: TerminalOptions) {
    this.#clock = options.clock;
    this.model = new CardTerminal({ ...options, faults: this.faults });
    this.zvt = new ZvtTerminal(this.model);
  }

  linkLost(): void {
    this.zvt.linkLost();
  }

  get ledger() {
    return this.model.ledger;
  }

  /** A cable with DLE frames, or anything else that carries bytes one way and the other. */
  onSerial(wire: Wire): void {
    this.zvt.speakThrough(new ZvtSerialMouth(wire, this.#clock, this.faults, this.#ears()));
  }

  onStream(wire: Wire & Partial<Cuttable>): void {
    this.zvt.speakThrough(new ZvtStreamMouth(wire, this.#clock, this.faults, this.#ears()));
    this.zvt.onCloseBetween = () => wire.cut?.('end');
  }

  /** A cable that can be pulled: what `unplugged` does. */
  onPort(port: PortWire): void {
    this.zvt.onUnplug = () => {
      this.zvt.linkLost();
      void port.hangup();
      this.#clock.after(REPLUG_MS, () => void port.replug());
    };
  }

  #ears(): MouthEars {
    return { hear: (message) => this.zvt.hear(message), lost: () => this.zvt.linkLost() };
  }
}

export interface TerminalPort {
  readonly terminal: SimulatedZvtTerminal;
  /** `/dev/...` or `tcp://host:port` */
  readonly path: string;
  close(): Promise<void>;
}

/** A terminal on a wire that a till can open. `link`: a path that stays the same; `port` 0: chosen by the kernel. */
export async function openTerminal(
  options: TerminalOptions & { readonly wire: TerminalWire; readonly link: string; readonly port?: number },
): Promise<TerminalPort> {
  const terminal = new SimulatedZvtTerminal(options);
  const port =
    options.wire === 'pty' ? new PtyWire({ link: options.link }) : await listening(terminal, options.port ?? 0);
  if (port instanceof PtyWire) terminal.onSerial(port);
  terminal.onPort(port);
  return { terminal, path: port.path, close: () => port.close() };
}

/** Whoever connects begins anew; who goes away accepts nothing any more. */
async function listening(terminal: SimulatedZvtTerminal, number: number): Promise<DeviceServerWire> {
  const port = new DeviceServerWire({ port: number });
  port.onGone = () => terminal.zvt.linkLost();
  terminal.onStream(port);
  await port.open();
  return port;
}
