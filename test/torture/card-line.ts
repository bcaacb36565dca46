import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import type { Cuttable, PortWire } from '../../simulator/wires/wire.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { SerialPort } from './serial-port.ts';

const LATENCY_MS = 1;
/** longer than a message of those that tell their steps */
const RECENT = 256;

/** The card terminal's end of its cable, or of its TCP connection: what the simulated terminal says and hears through. */
export class CardLine implements PortWire, Cuttable {
  readonly path = 'terminal';
  /** what the terminal says has reached the till */
  onHeard: () => void = () => undefined;
  /** what the till says is about to reach the terminal */
  onSaid: (bytes: Uint8Array) => void = () => undefined;
  /** the end of what the terminal has said */
  recent = '';
  readonly #port: SerialPort;
  readonly #clock: Clock;

  constructor(port: SerialPort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
  }

  send(bytes: Uint8Array): Promise<boolean> {
    this.#clock.after(LATENCY_MS, () => {
      this.recent = (this.recent + decodeLatin1(bytes)).slice(-RECENT);
      if (this.#port.toHost(bytes)) this.onHeard();
    });
    return Promise.resolve(this.#port.plugged);
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#port.onBytes = (bytes) => {
      this.onSaid(bytes);
      hear(bytes);
    };
  }

  pause(): void {}
  resume(): void {}

  hangup(): Promise<void> {
    this.#port.pull();
    return Promise.resolve();
  }

  replug(): void {
    this.#port.plug();
  }

  /** The connection ends; the next one is taken at once. */
  cut(): void {
    this.#port.pull();
    this.#port.plug();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
