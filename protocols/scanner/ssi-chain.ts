import { parseSegment, SSI_MAX_CODE_BYTES, type SsiPacket } from './ssi.ts';
import { SSI_STATUS } from './ssi-table.ts';

// A code longer than one packet (scanners.md 2.3): DECODE_DATA with status bit 1 until the last one, the type repeated in
// each; or the segments of a cordless gun.
//
//   FF F3 00 02 1C 30 31 ...   CA AB     the first 250 bytes
//   9B F3 00 00 1C 30 31 ...   DF 93     the last 150

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
}

export type ChainStep =
  /** the code is whole */
  | { readonly kind: 'code'; readonly code: ChainedCode; readonly dropped: number }
  /** more will come */
  | { readonly kind: 'more'; readonly dropped: number }
  /** this packet continues nothing */
  | { readonly kind: 'stray'; readonly dropped: number };

/** Puts codes together. `dropped` counts bytes of an unfinished code that will never be one. */
export class SsiChain {
  #chain: Chain | undefined;

  get isOpen(): boolean {
    return this.#chain !== undefined;
  }

  /** Nothing more will come for what is in hand. */
  drop(): number {
    const length = this.#chain?.length ?? 0;
    this.#chain = undefined;
    return length;
  }

  decodeData(packet: SsiPacket, at: number): ChainStep {
    const [type = 0] = packet.data;
    const part = packet.data.subarray(1);
    const dropped = this.#chain && this.#chain.type !== type ? this.drop() : 0;
    const chain = this.#chain ?? { type, parts: [], startedAt: at, length: 0, nextIndex: 0 };
    if (!this.#add(chain, part)) return { kind: 'stray', dropped: dropped + this.drop() + part.length };
    if (packet.status & SSI_STATUS.continuation) return { kind: 'more', dropped };
    return this.#finish(chain, dropped);
  }

  segment(packet: SsiPacket, at: number): ChainStep {
    const segment = parseSegment(packet);
    if (!segment) return { kind: 'stray', dropped: this.drop() + packet.data.length };
    const { head, index, data } = segment;
    const dropped = head ? this.drop() : 0;
    const chain = head
      ? { type: head.type, parts: [], startedAt: at, length: 0, whole: head.length, nextIndex: 0 }
      : this.#chain;
    if (!chain || index !== chain.nextIndex || chain.whole === undefined || !this.#add(chain, data))
      return { kind: 'stray', dropped: dropped + this.drop() + data.length };
    chain.nextIndex += 1;
    return chain.length < chain.whole ? { kind: 'more', dropped } : this.#finish(chain, dropped);
  }

  #add(chain: Chain, part: Uint8Array): boolean {
    this.#chain = chain;
    if (chain.length + part.length > (chain.whole ?? SSI_MAX_CODE_BYTES)) return false;
    chain.parts.push(part);
    chain.length += part.length;
    return true;
  }

  #finish({ type, parts, startedAt, length }: Chain, dropped: number): ChainStep {
    this.#chain = undefined;
    const code = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      code.set(part, at);
      at += part.length;
    }
    return { kind: 'code', code: { type, code, startedAt }, dropped };
  }
}
