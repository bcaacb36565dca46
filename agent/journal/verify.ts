import { type Entry, GENESIS, hashOf } from './entry.ts';

/** What an outside witness kept of the chain: the backend's last acknowledged entry. */
export interface Anchor {
  readonly seq: number;
  readonly hash: string;
}

export type Verdict =
  | { readonly kind: 'intact' }
  /** the first entry whose sequence, link or hash is wrong */
  | { readonly kind: 'broken'; readonly at: number }
  /** intact in itself, but not the chain that the witness saw */
  | { readonly kind: 'anchor-mismatch' };

/**
 * Checks a chain from its first entry on. A tail cut off, or a chain rewritten as a whole, shows only against an anchor
 * (hash-chain.json).
 */
export function verifyChain(entries: readonly Entry[], anchor?: Anchor): Verdict {
  let prev = GENESIS;
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1 || entry.prev !== prev || entry.hash !== hashOf(entry))
      return { kind: 'broken', at: index + 1 };
    prev = entry.hash;
  }
  if (anchor && entries[anchor.seq - 1]?.hash !== anchor.hash) return { kind: 'anchor-mismatch' };
  return { kind: 'intact' };
}
