import { type Entry, GENESIS, hashOf, seal } from '../../agent/journal/entry.ts';
import { verifyChain } from '../../agent/journal/verify.ts';
import { canonicalJson } from '../../protocols/backend/canonical.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith } from './json.ts';

type Published = Entry & { readonly canonical: string };

interface Tamper {
  readonly id: string;
  readonly change: string;
  readonly expectBrokenAt: unknown;
}

/** hash-chain.json: the published entries hash as stated, and each way of tampering is found where it says. */
export const hashChain: Checker = {
  title: 'the journal hash chain',
  recognises: (_name, content) => hasEntriesWith(content, 'entries', ['prev', 'hash', 'canonical']),
  check(content) {
    const { entries, tamper = [] } = content as { entries: readonly Published[]; tamper?: readonly Tamper[] };
    const hashes = entries.map(
      ({ canonical, hash, ...body }): CaseResult => ({
        name: `entry ${body.seq}`,
        expected: { hash, canonical },
        actual: { hash: hashOf(body), canonical: canonicalJson(body) },
      }),
    );
    return { cases: [...hashes, ...tamper.map((one) => tamperCase(entries, one))], stories: 0 };
  },
};

function tamperCase(published: readonly Published[], { id, change, expectBrokenAt }: Tamper): CaseResult {
  // The chain as our own hashes have it, so that an altered published hash fails its own entry only.
  const honest = chained(published);
  const tampered = tamperWith(honest, change);
  if (!tampered) return { name: id, expected: expectBrokenAt, actual: `unknown change: ${change}` };
  const last = honest.at(-1);
  const witness = change.startsWith('rewrite') && last ? { seq: last.seq, hash: last.hash } : undefined;
  const verdict = verifyChain(tampered, witness);
  const actual = verdict.kind === 'broken' ? verdict.at : verdict.kind === 'intact' ? null : 'anchor mismatch';
  return { name: id, expected: expectBrokenAt, actual };
}

function chained(bodies: readonly Entry[]): Entry[] {
  let prev = GENESIS;
  return bodies.map(({ v, seq, ts, terminal, type, data }) => {
    const entry = seal({ v, seq, ts, terminal, type, data, prev });
    prev = entry.hash;
    return entry;
  });
}

/** The file's three ways: set a member, drop an entry, forge everything. */
function tamperWith(entries: readonly Entry[], change: string): Entry[] | undefined {
  const dropped = /^drop entries\[(\d+)\]$/.exec(change);
  if (dropped) return entries.filter((_, index) => index !== Number(dropped[1]));
  const set = /^entries\[(\d+)\]\.data\.(\w+)=(.+)$/.exec(change);
  if (set)
    return entries.map((entry, index) =>
      index === Number(set[1])
        ? { ...entry, data: { ...entry.data, [set[2] ?? '']: JSON.parse(set[3] ?? 'null') as number } }
        : entry,
    );
  if (change === 'rewrite everything and rehash')
    return chained(entries.map((entry) => ({ ...entry, data: { ...entry.data, amountFen: 1 } })));
  return undefined;
}
