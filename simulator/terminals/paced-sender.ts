import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';

/** A part of what is sent, after so much silence; `behind` happens when it is out. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly afterMs?: number;
  readonly behind?: () => void;
}

/** Pieces leave in order, each after its pause. */
export class PacedSender {
  readonly #wire: Wire;
  readonly #clock: Clock;
  #pieces: Piece[] = [];
  #callOff: (() => void) | undefined;

  constructor(wire: Wire, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
  }

  send(pieces: readonly Piece[]): void {
    this.#pieces.push(...pieces);
    if (!this.#callOff) this.#sendOn();
  }

  hush(): void {
    this.#pieces = [];
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #sendOn(): void {
    this.#callOff = undefined;
    for (let piece = this.#pieces.shift(); piece; piece = this.#pieces.shift()) {
      const { bytes, afterMs, behind } = piece;
      if (afterMs !== undefined) {
        this.#pieces.unshift({ bytes, ...(behind && { behind }) });
        this.#callOff = this.#clock.after(afterMs, () => this.#sendOn());
        return;
      }
      if (bytes.length > 0) void this.#wire.send(bytes);
      behind?.();
    }
  }
}
