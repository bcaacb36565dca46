import type { ByteLink } from '../../transport/link.ts';

/** A command has a few dozen bytes: 9600 baud carry it in 50 ms. */
const WRITE_DEADLINE_MS = 1000;
/** Acknowledgements and orders that may wait for the wire; what is more is a gun that takes nothing. */
const MOST_WAITING = 32;

interface Piece {
  readonly kind: 'send' | 'feature';
  readonly bytes: Uint8Array;
}

/** What goes to the gun, one piece after the other. A connection that was lost takes what waited with it. */
export class GunOutbox {
  readonly #link: () => ByteLink | undefined;
  #waiting: Piece[] = [];
  #running: Promise<void> | undefined;
  /** the gun's own answer tells more than a drained buffer */
  #until: 'taken' | 'sent' = 'taken';
  #isHeld = false;

  constructor(link: () => ByteLink | undefined) {
    this.#link = link;
  }

  put(piece: Piece): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(piece);
    if (!this.#isHeld) this.#running ??= this.#run();
  }

  /** The gun takes nothing until it is let go on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld && this.#waiting.length > 0) this.#running ??= this.#run();
  }

  clear(): void {
    this.#waiting = [];
  }

  /** What is put from now on is the last. What the driver still holds would be thrown away by the close that follows. */
  end(): void {
    this.#until = 'sent';
  }

  /** Resolves when all of it left, or could not. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      const piece = this.#isHeld ? undefined : this.#waiting.shift();
      if (!piece) break;
      const link = this.#link();
      if (piece.kind === 'feature') await link?.sendFeature?.(piece.bytes, WRITE_DEADLINE_MS);
      else await link?.write(piece.bytes, WRITE_DEADLINE_MS, this.#until);
    }
    this.#running = undefined;
  }
}
