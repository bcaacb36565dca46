// XON/XOFF of a gun (scanners.md 7): it says 13 when it can take no more orders, and 11 when it can. Neither is ever part of
// a code. The agent obeys it itself and not the driver's IXON: codes are read all the while, and a gun that forgets its XON
// does not hold the port for ever.
//
//   13 | 31 33 30 30 ... 34 0D | 11        a code during a stall

const XON = 0x11;
const XOFF = 0x13;
/** A gun works off what it has in far less; longer is an XON that was lost, or an XOFF that was none. */
const STALL_MS = 3000;

export class GunFlow {
  #heldUntil: number | undefined;
  readonly #onHeld: (held: boolean) => void;

  /** Told at every change only. */
  constructor(onHeld: (held: boolean) => void) {
    this.#onHeld = onHeld;
  }

  get nextDeadline(): number | undefined {
    return this.#heldUntil;
  }

  /** What came, without what was said of the flow. */
  take(bytes: Uint8Array, at: number): Uint8Array {
    if (!bytes.some(isFlow)) return bytes;
    for (const byte of bytes) if (isFlow(byte)) this.#hear(byte, at);
    return bytes.filter((byte) => !isFlow(byte));
  }

  /** true: it was held for too long, and is no more */
  isStalled(at: number): boolean {
    if (this.#heldUntil === undefined || at < this.#heldUntil) return false;
    this.reset();
    return true;
  }

  reset(): void {
    if (this.#heldUntil === undefined) return;
    this.#heldUntil = undefined;
    this.#onHeld(false);
  }

  #hear(byte: number, at: number): void {
    if (byte === XON) return this.reset();
    const wasHeld = this.#heldUntil !== undefined;
    this.#heldUntil = at + STALL_MS;
    if (!wasHeld) this.#onHeld(true);
  }
}

function isFlow(byte: number): boolean {
  return byte === XON || byte === XOFF;
}
