import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { PrinterModel } from './printer.ts';

/** Bytes that may be on their way while the printer's word travels to the host; more wait on the wire. */
const MOST_HELD = 4096;

interface LineOptions {
  /** pace of the cable; absent: as fast as the printer takes them */
  readonly bytesPerSecond?: number;
  readonly clock?: Pick<Clock, 'mono' | 'after'>;
  /** the host takes no notice of flow control: what does not fit is discarded by the printer */
  readonly hostIsDeaf?: boolean;
}

/**
 * The cable between a wire and a printer. A wire delivers thousands of bytes at once, a cable one after the other: what the
 * printer is not ready for has not left the host yet.
 */
export class PrinterLine {
  readonly #wire: Wire;
  readonly #options: LineOptions;
  #model: PrinterModel | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** the cable is busy with bytes that were sent */
  #callOff: (() => void) | undefined;

  constructor(wire: Wire, options: LineOptions = {}) {
    this.#wire = wire;
    this.#options = options;
  }

  join(model: PrinterModel): void {
    this.#model = model;
    this.#wire.listen((bytes) => {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
      if (this.#heldBytes > MOST_HELD) this.#wire.pause();
      this.go();
    });
  }

  /** The printer's mouth. */
  say(bytes: Uint8Array): void {
    void this.#wire.send(bytes);
  }

  /** The printer may have room again. */
  go(): void {
    while (this.#callOff === undefined && this.#mayGo) {
      const bytes = this.#next();
      if (!bytes) break;
      this.#model?.receive(bytes);
      this.#pace(bytes.length);
    }
    if (this.#heldBytes <= MOST_HELD) this.#wire.resume();
  }

  /** The cable is pulled: what had not arrived never will. */
  drop(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  get #mayGo(): boolean {
    const model = this.#model;
    return model !== undefined && (!model.isOn || model.isReady || this.#options.hostIsDeaf === true);
  }

  /** As much as the printer has room for: it says stop before it is full. */
  #next(): Uint8Array | undefined {
    const first = this.#held.shift();
    if (!first) return undefined;
    const room = this.#options.hostIsDeaf ? first.length : Math.max(1, (this.#model?.room ?? 1) >> 1);
    const most = this.#options.bytesPerSecond === undefined ? room : Math.min(room, CHARACTERS_AT_ONCE);
    const now = first.subarray(0, most);
    if (first.length > now.length) this.#held.unshift(first.subarray(now.length));
    this.#heldBytes -= now.length;
    return now;
  }

  #pace(count: number): void {
    const { bytesPerSecond, clock } = this.#options;
    if (bytesPerSecond === undefined || !clock) return;
    this.#callOff = clock.after((count * 1000) / bytesPerSecond, () => {
      this.#callOff = undefined;
      this.go();
    });
  }
}

/** the FIFO of a UART */
const CHARACTERS_AT_ONCE = 16;
