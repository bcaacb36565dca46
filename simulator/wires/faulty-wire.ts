import { spoiltOnWire, type WireFault } from '../faults/wire-faults.ts';
import type { Clock } from '../world/clock.ts';
import type { PlugName, PortWire } from './wire.ts';

/** What a port that is visited can do to its visitor. */
interface Cuttable {
  cut(how: 'half' | 'end' | 'reset'): void;
}

/** `up`: from the device to the till. `down`: from the till to the device. */
export type Direction = 'up' | 'down';

export interface FaultyWireParts {
  readonly clock: Pick<Clock, 'after'>;
  /** 0 <= x < 1 */
  readonly random: () => number;
}

/**
 * A wire that somebody watches: everything that goes over it is told, both ways, as it really was; and what goes over it
 * can be spoilt. The device and the till behind it know nothing of it.
 */
export class FaultyWire implements PortWire {
  onBytes: (direction: Direction, bytes: Uint8Array, fault: WireFault | undefined) => void = () => undefined;
  onPlug: (plugged: boolean) => void = () => undefined;
  readonly #wire: PortWire & Partial<Cuttable>;
  readonly #parts: FaultyWireParts;
  readonly #armed: Record<Direction, WireFault[]> = { up: [], down: [] };
  /** in order, also when a fault takes its time */
  #sending: Promise<unknown> = Promise.resolve();
  #hearing: Promise<unknown> = Promise.resolve();
  #plugged = true;

  constructor(wire: PortWire & Partial<Cuttable>, parts: FaultyWireParts) {
    this.#wire = wire;
    this.#parts = parts;
  }

  get path(): string {
    return this.#wire.path;
  }

  get isPlugged(): boolean {
    return this.#plugged;
  }

  get armed(): Readonly<Record<Direction, readonly WireFault[]>> {
    return this.#armed;
  }

  /** The next bytes in this direction meet this. */
  arm(direction: Direction, fault: WireFault): void {
    this.#armed[direction].push(fault);
  }

  calm(): void {
    this.#armed.up = [];
    this.#armed.down = [];
  }

  send(bytes: Uint8Array): Promise<boolean> {
    const said = bytes.slice();
    const sent = this.#sending.then(() => this.#send(said));
    this.#sending = sent;
    return sent;
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#wire.listen((bytes) => {
      const fault = this.#armed.down.shift();
      this.onBytes('down', bytes, fault);
      if (fault === undefined && this.#isQuiet) return hear(bytes);
      const heard = bytes.slice();
      this.#waiting += 1;
      this.#hearing = this.#hearing.then(async () => {
        for (const piece of fault === undefined ? [{ bytes: heard, afterMs: 0 }] : this.#spoilt(heard, fault)) {
          if (piece.afterMs > 0) await this.#pause(piece.afterMs);
          hear(piece.bytes);
        }
        this.#waiting -= 1;
      });
    });
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  /** Ends a visit, where the wire is a port that is visited. */
  cut(how: 'half' | 'end' | 'reset'): void {
    this.#wire.cut?.(how);
  }

  async hangup(): Promise<void> {
    this.#tell(false);
    await this.#wire.hangup();
  }

  async replug(name?: PlugName): Promise<void> {
    await this.#wire.replug(name);
    this.#tell(true);
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  /** pieces that a fault still holds back; what comes behind them waits */
  #waiting = 0;

  get #isQuiet(): boolean {
    return this.#waiting === 0;
  }

  async #send(bytes: Uint8Array): Promise<boolean> {
    const fault = this.#armed.up.shift();
    this.onBytes('up', bytes, fault);
    if (fault === undefined) return this.#wire.send(bytes);
    for (const piece of this.#spoilt(bytes, fault)) {
      if (piece.afterMs > 0) await this.#pause(piece.afterMs);
      await this.#wire.send(piece.bytes);
    }
    return true;
  }

  #spoilt(bytes: Uint8Array, fault: WireFault) {
    return bytes.length === 0 ? [] : spoiltOnWire(bytes, fault, this.#parts.random);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve));
  }

  #tell(plugged: boolean): void {
    this.#plugged = plugged;
    this.onPlug(plugged);
  }
}
