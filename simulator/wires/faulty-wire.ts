import { spoiltOnWire, type WireFault } from '../faults/wire-faults.ts';
import type { Clock } from '../world/clock.ts';
import { ThroughWire } from './through-wire.ts';
import type { Cuttable, PlugName, PortWire } from './wire.ts';

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
export class FaultyWire extends ThroughWire implements Cuttable {
  onBytes: (direction: Direction, bytes: Uint8Array, fault: WireFault | undefined) => void = () => undefined;
  onPlug: (plugged: boolean) => void = () => undefined;
  declare protected readonly wire: PortWire & Partial<Cuttable>;
  readonly #parts: FaultyWireParts;
  readonly #armed: Record<Direction, WireFault[]> = { up: [], down: [] };
  /** in order, also when a fault takes its time */
  #sending: Promise<unknown> = Promise.resolve();
  #hearing: Promise<unknown> = Promise.resolve();
  #plugged = true;
  /** pieces that a fault still holds back; what comes behind them waits */
  #waiting = 0;

  constructor(wire: PortWire & Partial<Cuttable>, parts: FaultyWireParts) {
    super(wire);
    this.#parts = parts;
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
    this.wire.listen((bytes) => {
      const fault = this.#armed.down.shift();
      this.onBytes('down', bytes, fault);
      if (fault === undefined && this.#waiting === 0) return hear(bytes);
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

  /** Ends a visit, where the wire is a port that is visited. */
  cut(how: 'half' | 'end' | 'reset'): void {
    this.wire.cut?.(how);
  }

  override async hangup(): Promise<void> {
    this.#tell(false);
    await this.wire.hangup();
  }

  override async replug(name?: PlugName): Promise<void> {
    await this.wire.replug(name);
    this.#tell(true);
  }

  async #send(bytes: Uint8Array): Promise<boolean> {
    const fault = this.#armed.up.shift();
    this.onBytes('up', bytes, fault);
    if (fault === undefined) return this.wire.send(bytes);
    for (const piece of this.#spoilt(bytes, fault)) {
      if (piece.afterMs > 0) await this.#pause(piece.afterMs);
      await this.wire.send(piece.bytes);
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
