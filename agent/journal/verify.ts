import { checkpointsOf, readCheckpoint } from './checkpoint.ts';
import { type Entry, type EntryRef, GENESIS, hashOf } from './entry.ts';
import type { LogFiles } from './files.ts';
import { type Damage, fromJournal } from './records.ts';
import { type LogRead, readLog } from './recovery.ts';
import { BEGINNING, type Gap, segmentName } from './segments.ts';

/** What an outside witness kept of the chain: the backend's last acknowledged entry. */
export type Anchor = EntryRef;

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

/** Something wrong with a log on disk. */
export type Problem =
  | {
      readonly kind: 'damage';
      readonly segment: string;
      readonly offset: number;
      readonly bytes: number;
      readonly afterSeq: number;
      readonly nextSeq?: number;
      /** the agent has written it down */
      readonly told: boolean;
      /** who has looked at it since */
      readonly reviewedBy?: string;
    }
  /** the first entries are missing, and the log does not say that they were removed */
  | { readonly kind: 'missing-start'; readonly firstSeq: number }
  /** the log was longer once, a checkpoint or the backend has seen that, and the entries behind `afterSeq` are gone */
  | {
      readonly kind: 'missing-end';
      readonly afterSeq: number;
      readonly seenSeq: number;
      readonly told: boolean;
      readonly reviewedBy?: string;
    }
  /** an entry is not the one that the backend saw, or it is gone */
  | { readonly kind: 'anchor-mismatch'; readonly seq: number };

export interface LogReport {
  /** nothing is wrong that a person has not looked at */
  readonly ok: boolean;
  readonly segments: number;
  readonly entries: number;
  readonly firstSeq: number;
  readonly head: EntryRef;
  /** the newest anchor that was compared */
  readonly anchor?: EntryRef;
  /** bytes of an unfinished write at the end: cut off by the next start, or just being written */
  readonly unfinishedBytes: number;
  readonly problems: readonly Problem[];
}

/** The backend acknowledges what it saw a moment ago: of older entries an anchor in the log is not compared. */
const HASHES_KEPT = 20_000;

/** Checks CRC, hash, sequence and link of every entry on disk, and the anchors: those in the log, and one from outside. */
export async function verifyLog(files: LogFiles, given?: Anchor): Promise<LogReport> {
  const seen = new Witnesses(given);
  const told: Told[] = [];
  // before the log: what a running agent adds meanwhile is no riddle
  const checkpointed = await newestCheckpointed(files);
  let entries = 0;
  let retiredSeq = 0;
  const log = await readLog(files, BEGINNING, (entry) => {
    entries++;
    const record = fromJournal(entry);
    if (record.type === 'OUTBOX_ACK') seen.compare(record.anchor);
    if (record.type === 'RETIRED') retiredSeq = record.last.seq;
    if (record.type === 'DAMAGE') told.push({ ...record, seq: entry.seq });
    if (record.type === 'REVIEWED') for (const one of told) if (one.seq <= record.upto) one.reviewedBy ??= record.by;
    seen.add(entry);
  });
  const { seq, hash } = log.cursor;
  const problems = [
    ...log.gaps.map((gap) => damageOf(gap, told)),
    ...missingEnds(log, told, checkpointed),
    ...seen.mismatches(seq),
  ];
  if (log.firstSeq > 1 && retiredSeq < log.firstSeq - 1)
    problems.unshift({ kind: 'missing-start', firstSeq: log.firstSeq });
  return {
    ok: problems.every((problem) => 'reviewedBy' in problem && problem.reviewedBy !== undefined),
    segments: log.segments,
    entries,
    firstSeq: log.firstSeq,
    head: { seq, hash },
    ...(seen.newest === undefined ? {} : { anchor: seen.newest }),
    unfinishedBytes: log.repairs.reduce((sum, repair) => sum + (repair.kind === 'torn' ? repair.tornBytes : 0), 0),
    problems,
  };
}

/** A damage that the agent has written down, and who looked at it since. */
type Told = Pick<Damage, 'segment' | 'offset' | 'bytes' | 'afterSeq' | 'nextSeq'> & {
  readonly seq: number;
  reviewedBy?: string;
};

/** The newest entry that a whole checkpoint stands behind. */
async function newestCheckpointed(files: LogFiles): Promise<number> {
  let newest = 0;
  for (const name of checkpointsOf(await files.list())) {
    const found = await readCheckpoint(files, name).catch(() => undefined);
    if (found && 'mark' in found) newest = Math.max(newest, found.mark.seq);
  }
  return newest;
}

/** Ends that were cut off: no gap shows them, somebody who saw the entries does. */
function missingEnds(log: LogRead, told: readonly Told[], checkpointed: number): Problem[] {
  const isGap = ({ segment, offset }: Told) =>
    log.gaps.some((gap) => segmentName(gap.segment) === segment && gap.offset === offset);
  const isStart = ({ afterSeq, nextSeq }: Told) => afterSeq === 0 && nextSeq === log.firstSeq;
  const ends = told.filter((one) => one.bytes === 0 && !isGap(one) && !isStart(one));
  const problems = ends.map(({ afterSeq, nextSeq = afterSeq + 1, reviewedBy }): Problem => {
    const by = reviewedBy === undefined ? {} : { reviewedBy };
    return { kind: 'missing-end', afterSeq, seenSeq: nextSeq - 1, told: true, ...by };
  });
  const { seq } = log.cursor;
  const isTold = ends.some(({ nextSeq }) => nextSeq === checkpointed + 1);
  if (checkpointed > seq && !isTold)
    problems.push({ kind: 'missing-end', afterSeq: seq, seenSeq: checkpointed, told: false });
  return problems;
}

function damageOf({ segment, offset, bytes, afterSeq, nextSeq }: Gap, told: readonly Told[]): Problem {
  const name = segmentName(segment);
  const known = told.find((one) => one.segment === name && one.offset === offset);
  return {
    kind: 'damage',
    segment: name,
    offset,
    bytes,
    afterSeq,
    ...(nextSeq === undefined ? {} : { nextSeq }),
    told: known !== undefined,
    ...(known?.reviewedBy === undefined ? {} : { reviewedBy: known.reviewedBy }),
  };
}

/** Compares what the backend saw with what is there. */
class Witnesses {
  newest: Anchor | undefined;
  readonly #given: Anchor | undefined;
  #givenFound = false;
  readonly #hashes = new Map<number, string>();
  readonly #wrong = new Set<number>();

  constructor(given: Anchor | undefined) {
    this.#given = given;
  }

  add({ seq, hash }: Entry): void {
    this.#hashes.set(seq, hash);
    this.#hashes.delete(seq - HASHES_KEPT);
    if (seq !== this.#given?.seq) return;
    this.#givenFound = hash === this.#given.hash;
  }

  /** An anchor written in the log: the entry was there when the backend saw it. */
  compare(anchor: Anchor | undefined): void {
    const ours = anchor && this.#hashes.get(anchor.seq);
    if (!anchor || ours === undefined) return;
    this.newest = anchor;
    if (ours !== anchor.hash) this.#wrong.add(anchor.seq);
  }

  mismatches(headSeq: number): Problem[] {
    if (this.#given && !this.#givenFound) this.#wrong.add(this.#given.seq);
    if (this.#given && this.#givenFound && this.#given.seq > (this.newest?.seq ?? 0)) this.newest = this.#given;
    return [...this.#wrong].map((seq) => ({ kind: 'anchor-mismatch', seq: Math.min(seq, headSeq + 1) }));
  }
}
