import { type Entry, GENESIS, hashOf, seal } from '../../agent/journal/entry.ts';
import { verifyChain } from '../../agent/journal/verify.ts';
import { canonicalJson } from '../../protocols/backend/canonical.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, unknownSections } from './json.ts';

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
    const strange = unknownSections(content, ['note', 'rule', 'entries', 'tamper']);
    return { cases: [...hashes, ...tamper.map((one) => tamperCase(entries, one)), ...strange], stories: 0 };
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
  return bodies.map((entry) => {
    const sealed = seal({ ...bodyOf(entry), prev });
    prev = sealed.hash;
    return sealed;
  });
}

/** What is hashed: the file's own `canonical` is its answer, not a member of the entry. */
function bodyOf(entry: Entry): Omit<Entry, 'hash'> {
  const { hash: _hash, canonical: _canonical, ...body } = entry as Published;
  return body;
}

/** Ways to tamper, as the file words them: set a member anywhere, drop, repeat or swap entries, forge everything. */
function tamperWith(entries: readonly Entry[], change: string): Entry[] | undefined {
  const at = (match: RegExpExecArray, group: number) => Number(match[group]);
  const dropped = /^drop entries\[(\d+)\]$/.exec(change);
  if (dropped) return entries.filter((_, index) => index !== at(dropped, 1));
  const repeated = /^(?:repeat|duplicate) entries\[(\d+)\]$/.exec(change);
  if (repeated) return entries.flatMap((entry, index) => (index === at(repeated, 1) ? [entry, entry] : [entry]));
  const swapped = /^swap entries\[(\d+)\](?: and |, ?)entries\[(\d+)\]$/.exec(change);
  if (swapped) return swap(entries, at(swapped, 1), at(swapped, 2));
  const set = /^entries\[(\d+)\]\.([\w.[\]]+) ?= ?(.+?)(,? and rehash(?: it)?)?$/.exec(change);
  if (set)
    return entries.map((entry, index) => {
      if (index !== at(set, 1)) return entry;
      const changed = withMember(entry, pathOf(set[2] ?? ''), valueOf(set[3] ?? '')) as Entry;
      return set[4] === undefined ? changed : seal(bodyOf(changed));
    });
  if (change === 'rewrite everything and rehash')
    return chained(entries.map((entry) => ({ ...entry, data: { ...entry.data, amountFen: 1 } })));
  return undefined;
}

function swap(entries: readonly Entry[], one: number, other: number): Entry[] {
  return entries.map(
    (entry, index) => (index === one ? entries[other] : index === other ? entries[one] : entry) ?? entry,
  );
}

/** `data.lines[0].name` -> data, lines, 0, name */
function pathOf(text: string): string[] {
  return text.split(/[.[\]]+/).filter((step) => step !== '');
}

function withMember(value: unknown, [step, ...rest]: readonly string[], to: unknown): unknown {
  if (step === undefined) return to;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === Number(step) ? withMember(item, rest, to) : item));
  const members = isObject(value) ? value : {};
  return { ...members, [step]: withMember(members[step], rest, to) };
}

/** JSON, or a word that stands for itself. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
