// The printer's answers. Byte classes and the table of states: receipts.md 1.6, 1.7 (Epson TM-T88III specification p. 173).

/** What a printer can be in the way of: everything that shows in its answers. */
export interface PrinterState {
  readonly paper: 'ok' | 'near-end' | 'end';
  readonly cover: 'closed' | 'open';
  /** drawer connector pin 3 */
  readonly drawerPin: 'low' | 'high';
  /** a recoverable error waits for a person or for DLE ENQ; `hot` goes by itself; `unrecoverable` stays until power-off */
  readonly error: 'none' | 'cutter' | 'hot' | 'unrecoverable';
  /** the cover was opened while a line was being printed */
  readonly interrupted: boolean;
  /** somebody holds the feed button */
  readonly feeding: boolean;
}

export const READY: PrinterState = {
  paper: 'ok',
  cover: 'closed',
  drawerPin: 'low',
  error: 'none',
  interrupted: false,
  feeding: false,
};

/** Where models differ in how they say it. */
export interface StatusManner {
  /** without the sensor only the end of the paper shows */
  readonly nearEndSensor: boolean;
  /** the fourth byte of the automatic status: reserved, 0F on many TM models (from memory) */
  readonly lastAutomaticByte: number;
}

const MANUAL: StatusManner = { nearEndSensor: true, lastAutomaticByte: 0 };

/** bits 1 and 4 of every answer to DLE EOT */
const FIXED = 0x12;
const ERROR_BITS = { none: 0, cutter: 0x08, unrecoverable: 0x20, hot: 0x40 } as const;

export function isOffline(state: PrinterState): boolean {
  return state.paper === 'end' || state.cover === 'open' || state.error !== 'none' || state.feeding;
}

/** Cutter, head, cover opened in the middle of a line: bits as in DLE EOT 3 and in the second automatic byte. */
function errorBits({ error, interrupted }: PrinterState): number {
  return ERROR_BITS[error] | (interrupted ? ERROR_BITS.hot : 0);
}

/** The answer to DLE EOT n (1 printer, 2 offline cause, 3 error, 4 roll sensors), `undefined` for another n. */
export function realtimeStatus(n: number, state: PrinterState, manner = MANUAL): number | undefined {
  const { paper, cover, drawerPin, error, feeding } = state;
  switch (n) {
    case 1:
      return FIXED | (drawerPin === 'high' ? 0x04 : 0) | (isOffline(state) ? 0x08 : 0) | (feeding ? 0x40 : 0);
    case 2:
      return (
        FIXED |
        (cover === 'open' ? 0x04 : 0) |
        (feeding ? 0x08 : 0) |
        (paper === 'end' ? 0x20 : 0) |
        (error === 'none' ? 0 : 0x40)
      );
    case 3:
      return FIXED | errorBits(state);
    case 4:
      return FIXED | (paper !== 'ok' && manner.nearEndSensor ? 0x0c : 0) | (paper === 'end' ? 0x60 : 0);
    default:
      return undefined;
  }
}

/** The four bytes of the automatic status (GS a). */
export function automaticStatus(state: PrinterState, manner = MANUAL): Uint8Array {
  const { drawerPin, cover, feeding } = state;
  const first =
    0x10 |
    (drawerPin === 'high' ? 0x04 : 0) |
    (isOffline(state) ? 0x08 : 0) |
    (cover === 'open' ? 0x20 : 0) |
    (feeding ? 0x40 : 0);
  // what a cover in the middle of a line did shows in DLE EOT 3 alone (receipts.md 1.6: 38 00 00 00)
  return Uint8Array.of(first, ERROR_BITS[state.error], paperBits(state, manner), manner.lastAutomaticByte);
}

/** GS r 1: bits 0,1 near the end, 2,3 at the end. */
export function paperBits({ paper }: Pick<PrinterState, 'paper'>, { nearEndSensor } = MANUAL): number {
  const near = paper !== 'ok' && nearEndSensor ? 0x03 : 0;
  return near | (paper === 'end' ? 0x0c : 0);
}

export type Reply =
  | { readonly kind: 'realtime'; readonly byte: number }
  | { readonly kind: 'automatic'; readonly bytes: Uint8Array }
  | { readonly kind: 'process-id'; readonly id: string }
  /** another block: 35, 37, 3B, 3D or 5F up to its NUL */
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | { readonly kind: 'buffered'; readonly byte: number }
  | { readonly kind: 'flow'; readonly go: boolean };

const XON = 0x11;
const XOFF = 0x13;
const BLOCK_STARTS = new Set([0x35, 0x37, 0x3b, 0x3d, 0x5f]);
/** Longest block: 5F, 80 characters, NUL. */
const MAX_BLOCK = 96;

/**
 * Cuts what a printer sends into answers. The classes are told apart by fixed bits: 0xx1xx10 DLE EOT, 0xx1xx00 the first of
 * four automatic bytes, 0xx0xxxx GS r; a block runs from its first byte to NUL.
 */
export class ReplyReader {
  #held: number[] = [];

  push(bytes: Uint8Array): Reply[] {
    const replies: Reply[] = [];
    for (const byte of bytes) {
      const reply = this.#byte(byte);
      if (reply) replies.push(reply);
    }
    return replies;
  }

  /** The link was lost: what was begun will not be finished. */
  reset(): void {
    this.#held = [];
  }

  #byte(byte: number): Reply | undefined {
    const [first] = this.#held;
    if (byte === XON || byte === XOFF) return { kind: 'flow', go: byte === XON };
    if (first === undefined) return this.#first(byte);
    this.#held.push(byte);
    return BLOCK_STARTS.has(first) ? this.#block(byte) : this.#automatic();
  }

  #first(byte: number): Reply | undefined {
    const isAutomatic = (byte & 0x93) === 0x10;
    if (isAutomatic || BLOCK_STARTS.has(byte)) {
      this.#held = [byte];
      return undefined;
    }
    if ((byte & 0x93) === FIXED) return { kind: 'realtime', byte };
    return (byte & 0x90) === 0 ? { kind: 'buffered', byte } : undefined;
  }

  #automatic(): Reply | undefined {
    if (this.#held.length < 4) return undefined;
    const bytes = Uint8Array.from(this.#held);
    this.#held = [];
    return { kind: 'automatic', bytes };
  }

  #block(byte: number): Reply | undefined {
    if (byte !== 0 && this.#held.length < MAX_BLOCK) return undefined;
    const bytes = Uint8Array.from(this.#held);
    this.#held = [];
    if (bytes.length === 7 && bytes[0] === 0x37 && bytes[1] === 0x22)
      return { kind: 'process-id', id: String.fromCharCode(...bytes.subarray(2, 6)) };
    return { kind: 'block', bytes };
  }
}
