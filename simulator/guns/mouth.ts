import { characterMs } from '../../protocols/framing/line.ts';
import type { Wire } from '../wires/wire.ts';

// How fast what a gun says leaves it.

export interface Mouth {
  /** false: nobody is there any more */
  speak(bytes: Uint8Array): Promise<boolean>;
  /** absent: this mouth has no speed */
  baudRate?: number;
}

export type Pause = (ms: number) => Promise<void>;

export interface LinePace {
  /** absent: as fast as the wire takes it */
  readonly baudRate?: number;
  /** the words leave in pieces of this many bytes, as from a UART's FIFO or a USB packet (64); a function: each time anew */
  readonly chunkBytes?: number | (() => number);
  /** 0 to 50 ms between characters, as some guns are set to */
  readonly interCharacterMs?: number;
}

/** A serial line: 10 bit times a character. */
export class LineMouth implements Mouth {
  baudRate?: number;
  readonly #wire: Wire;
  readonly #pace: LinePace;
  readonly #pause: Pause;

  constructor(wire: Wire, pace: LinePace, pause: Pause) {
    this.#wire = wire;
    this.#pace = pace;
    this.#pause = pause;
    if (pace.baudRate !== undefined) this.baudRate = pace.baudRate;
  }

  async speak(bytes: Uint8Array): Promise<boolean> {
    const { chunkBytes = bytes.length, interCharacterMs = 0 } = this.#pace;
    const step = () =>
      Math.max(1, interCharacterMs > 0 ? 1 : typeof chunkBytes === 'number' ? chunkBytes : chunkBytes());
    for (let from = 0, next = 0; from < bytes.length; from = next) {
      next = from + step();
      const piece = bytes.subarray(from, next);
      const wireMs = this.baudRate === undefined ? 0 : piece.length * characterMs(this.baudRate);
      if (wireMs + interCharacterMs > 0) await this.#pause(wireMs + interCharacterMs);
      if (!(await this.#wire.send(piece))) return false;
    }
    return true;
  }
}

/** Reports of a HID device: one each so many ms; a keyboard gun may take 80. */
export class ReportMouth implements Mouth {
  readonly #wire: Wire;
  readonly #intervalMs: number;
  readonly #pause: Pause;

  constructor(wire: Wire, intervalMs: number, pause: Pause) {
    this.#wire = wire;
    this.#intervalMs = intervalMs;
    this.#pause = pause;
  }

  async speak(report: Uint8Array): Promise<boolean> {
    if (this.#intervalMs > 0) await this.#pause(this.#intervalMs);
    return this.#wire.send(report);
  }
}
