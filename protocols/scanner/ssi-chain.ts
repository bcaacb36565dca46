import { parseSegment, SSI_MAX_CODE_BYTES, type SsiPacket } from './ssi.ts';
import { SSI_STATUS } from './ssi-table.ts';

// A code longer than one packet (scanners.md 2.3): DECODE_DATA with status bit 1 until the last one, the type repeated in
// each; or the segments of a cordless gun.
//
//   FF F3 00 02 1C 30 31 ...   CA AB     the first 250 bytes
//   9B F3 00 00 1C 30 31 ...   DF 93     the last 150

//
// A gun whose acknowledgement was lost three times gives the code up without a word, and its next code looks like one more
// part. Time tells them apart: a part that is sent for the first time follows the acknowledgement of the last one at once,
// one that is sent again (bit 0) within the response timeout, and none after three that were unreadable. Whatever else may
// be the tail of a torn code is refused: a customer who scans again is better than half a code, or two glued ones.

export interface ChainedCode {
  readonly type: number;
  readonly code: Uint8Array;
  readonly startedAt: number;
}

interface Chain {
  readonly type: number;
  readonly parts: Uint8Array[];
  readonly startedAt: number;
  /** bytes so far, and of the whole where it was told */
  length: number;
  readonly whole?: number;
  nextIndex: number;
  /** end of the newest packet, repeats included */
  lastAt: number;
  /** how often something unreadable was heard since then */
  spoilt: number;
}

/** A code that will never be whole: what may still come of it. */
interface Torn {
  readonly type: number;
  /** until then the next packet of this type may be its tail */
  readonly until: number;
  /** and until then one that is sent again */
  readonly againUntil: number;
}

export type ChainStep =
  /** the code is whole */
  | { readonly kind: 'code'; readonly code: ChainedCode; readonly dropped: number }
  /** more will come */
  | { readonly kind: 'more'; readonly dropped: number }
  /** continues nothing, and begins nothing that could be trusted */
  | { readonly kind: 'refused'; readonly dropped: number };

/** A packet of 255 bytes takes 270 ms at 9600 baud; and the gun's clock is not ours. */
const MARGIN_MS = 500;
const SENDS = 3;

/** Puts codes together. `dropped` counts bytes of an unfinished code that will never be one. */
export class SsiChain {
  readonly #responseMs: number;
  #chain: Chain | undefined;
  #torn: Torn | undefined;

  constructor(responseMs: number) {
    this.#responseMs = responseMs;
  }

  /** when an unfinished code is given up */
  get nextDeadline(): number | undefined {
    return this.#chain && this.#chain.lastAt + this.#responseMs + MARGIN_MS;
  }

  /** Bytes that were dropped because nothing more came. */
  expire(at: number): number {
    return this.nextDeadline !== undefined && at >= this.nextDeadline ? this.drop() : 0;
  }

  /** Nothing more will come for what is in hand. */
  drop(): number {
    const chain = this.#chain;
    this.#chain = undefined;
    if (chain) this.#tear(chain.type, chain.lastAt);
    return chain?.length ?? 0;
  }

  #tear(type: number, lastAt: number): void {
    this.#torn = { type, until: lastAt + this.#responseMs, againUntil: lastAt + SENDS * this.#responseMs + MARGIN_MS };
  }

  /** A packet could not be read, and was asked for again. */
  spoilt(): void {
    if (this.#chain) this.#chain.spoilt += 1;
  }

  /** A part came again because its acknowledgement was lost. false: the code it belonged to was given up. */
  repeated(packet: SsiPacket, at: number): boolean {
    if (this.#chain) Object.assign(this.#chain, { lastAt: at, spoilt: 0 });
    else if (packet.status & SSI_STATUS.continuation) this.#tear(packet.data[0] ?? 0, at);
    return this.#chain !== undefined || (packet.status & SSI_STATUS.continuation) === 0;
  }

  decodeData(packet: SsiPacket, startedAt: number, endedAt: number): ChainStep {
    const [type = 0] = packet.data;
    const part = packet.data.subarray(1);
    const again = (packet.status & SSI_STATUS.retransmit) !== 0;
    const dropped = this.#continues(type, again, startedAt) ? 0 : this.drop();
    if (!this.#chain && this.#maybeTail(type, again, startedAt)) return { kind: 'refused', dropped };
    const chain = this.#chain ?? { type, parts: [], startedAt, length: 0, nextIndex: 0, lastAt: endedAt, spoilt: 0 };
    if (!this.#add(chain, part, endedAt)) return { kind: 'refused', dropped: dropped + this.drop() + part.length };
    if (packet.status & SSI_STATUS.continuation) return { kind: 'more', dropped };
    return this.#finish(chain, dropped);
  }

  #continues(type: number, again: boolean, startedAt: number): boolean {
    const chain = this.#chain;
    if (!chain || chain.type !== type || chain.spoilt >= (again ? SENDS : 1)) return false;
    return startedAt - chain.lastAt < this.#responseMs + (again ? MARGIN_MS : 0);
  }

  #maybeTail(type: number, again: boolean, startedAt: number): boolean {
    const torn = this.#torn;
    return torn?.type === type && startedAt < (again ? torn.againUntil : torn.until);
  }

  segment(packet: SsiPacket, startedAt: number, endedAt: number): ChainStep {
    const segment = parseSegment(packet);
    if (!segment) return { kind: 'refused', dropped: this.drop() + packet.data.length };
    const { head, index, data } = segment;
    const dropped = head ? this.drop() : 0;
    const chain = head
      ? {
          type: head.type,
          parts: [],
          startedAt,
          length: 0,
          whole: head.length,
          nextIndex: 0,
          lastAt: endedAt,
          spoilt: 0,
        }
      : this.#chain;
    if (!chain || index !== chain.nextIndex || chain.whole === undefined || !this.#add(chain, data, endedAt))
      return { kind: 'refused', dropped: dropped + this.drop() + data.length };
    chain.nextIndex += 1;
    return chain.length < chain.whole ? { kind: 'more', dropped } : this.#finish(chain, dropped);
  }

  #add(chain: Chain, part: Uint8Array, at: number): boolean {
    this.#chain = chain;
    chain.lastAt = at;
    chain.spoilt = 0;
    if (chain.length + part.length > (chain.whole ?? SSI_MAX_CODE_BYTES)) return false;
    chain.parts.push(part);
    chain.length += part.length;
    return true;
  }

  #finish({ type, parts, startedAt, length }: Chain, dropped: number): ChainStep {
    this.#chain = undefined;
    this.#torn = undefined;
    const code = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      code.set(part, at);
      at += part.length;
    }
    return { kind: 'code', code: { type, code, startedAt }, dropped };
  }
}
