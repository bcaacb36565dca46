import type { JournalFiles } from './files.ts';
import type { AttemptRecord, Damage, TillRecord } from './records.ts';
import type { Recovered } from './recovery.ts';
import { type Gap, segmentName } from './segments.ts';
import { restoreLine } from './snapshot.ts';
import { TillState } from './state.ts';

/** Attempts that one damage names; more than that were not written in one breath. */
const NAMED_ATTEMPTS = 20;
/** Lost entries may have used event numbers: the next ones start this much higher, so that none is used twice. */
const EVENTS_SKIPPED = 10_000;

/** A damage that no entry tells of yet. */
export type FoundDamage = Omit<Damage, 'copy' | 'eventSeq'>;

/** What is wrong with this log and was not written down before. */
export function newDamages(
  { gaps, state, firstSeq, ahead, cursor }: Recovered,
  bytesOf: Map<number, Uint8Array>,
): FoundDamage[] {
  const found = gaps.map((gap) => fromGap(gap, bytesOf.get(gap.segment)));
  // Older segments may be gone only when the log itself says that they were removed.
  if (firstSeq > 1 && (state.retired?.seq ?? 0) < firstSeq - 1) {
    found.unshift({ segment: segmentName(1), offset: 0, bytes: 0, afterSeq: 0, nextSeq: firstSeq, attempts: [] });
  }
  if (ahead && ahead.mark.seq > cursor.seq) found.push(missingEnd(cursor, ahead.mark.seq));
  return found.filter((one) => !state.damages.some((known) => isSame(known, one)));
}

/** The log ends before an entry that somebody has seen in it: a checkpoint, the backend. */
export function missingEnd(end: { segment: number; offset: number; seq: number }, seenSeq: number): FoundDamage {
  const { segment, offset, seq } = end;
  return { segment: segmentName(segment), offset, bytes: 0, afterSeq: seq, nextSeq: seenSeq + 1, attempts: [] };
}

function fromGap({ segment, offset, bytes, afterSeq, nextSeq }: Gap, content: Uint8Array | undefined): FoundDamage {
  const lost = content?.subarray(offset, offset + bytes) ?? new Uint8Array();
  return {
    segment: segmentName(segment),
    offset,
    bytes,
    afterSeq,
    ...(nextSeq === undefined ? {} : { nextSeq }),
    attempts: attemptsNamedIn(lost),
  };
}

function isSame(a: FoundDamage, b: FoundDamage): boolean {
  return a.segment === b.segment && a.offset === b.offset && a.afterSeq === b.afterSeq;
}

/** What a person can still ask the backend about. */
function attemptsNamedIn(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const ids = [...text.matchAll(/"(?:attempt|intent)Id":"([0-9A-Za-z_-]{1,32})"/g)].map((match) => match[1] ?? '');
  return [...new Set(ids)].slice(0, NAMED_ATTEMPTS);
}

/** The contents of the segments with gaps. */
export async function damagedSegments(files: JournalFiles, gaps: readonly Gap[]): Promise<Map<number, Uint8Array>> {
  const contents = new Map<number, Uint8Array>();
  for (const { segment } of gaps) {
    if (!contents.has(segment)) contents.set(segment, await files.read(segmentName(segment)));
  }
  return contents;
}

/**
 * Copies the damaged segment aside, as it is. The segment itself also stays and is never written again; the copy is for
 * whoever mends or mails it. Undefined when the disk has no room or there is nothing to copy.
 */
export async function quarantine(files: JournalFiles, damage: FoundDamage): Promise<string | undefined> {
  if (damage.bytes === 0) return undefined;
  const copy = `${damage.segment}.damaged-${damage.offset}`;
  try {
    if ((await files.list()).includes(copy)) return copy;
    await files.append(`${copy}.new`, await files.read(damage.segment));
    await files.sync(`${copy}.new`);
    await files.rename(`${copy}.new`, copy);
    return copy;
  } catch {
    await files.remove(`${copy}.new`).catch(() => undefined);
    return undefined;
  }
}

/** What the log says from now on: the damage, and what a checkpoint still knows of the lost entries. */
export function recordsOf(
  { ahead, state }: Pick<Recovered, 'ahead' | 'state'>,
  damage: FoundDamage,
  copy: string | undefined,
): TillRecord[] {
  const lost = ahead && damage.nextSeq === ahead.mark.seq + 1 ? stateOf(ahead.lines) : undefined;
  const eventSeq = Math.max(state.outbox.lastSeq, lost?.outbox.lastSeq ?? 0) + EVENTS_SKIPPED;
  const told: TillRecord = { type: 'DAMAGE', ...damage, ...(copy === undefined ? {} : { copy }), eventSeq };
  return [told, ...(lost ? [...attemptsOf(lost, state), ...intentsOf(lost, state)] : [])];
}

function stateOf(lines: NonNullable<Recovered['ahead']>['lines']): TillState {
  const state = new TillState();
  for (const line of lines) restoreLine(state, line);
  return state;
}

/** Attempts as a checkpoint behind the lost entries knew them: an open one must not be forgotten. */
function attemptsOf(lost: TillState, state: TillState): TillRecord[] {
  const isOther = (record: AttemptRecord) =>
    JSON.stringify(state.attempts.get(record.attempt.attemptId)) !== JSON.stringify(record);
  return [...lost.attempts.values()].filter(isOther).flatMap((record): TillRecord[] => {
    const order = lost.orders.get(record.attempt.orderId);
    return order ? [{ type: 'ATTEMPT', record, order }] : [];
  });
}

function intentsOf(lost: TillState, state: TillState): TillRecord[] {
  return [...lost.intents.values()].flatMap((intent): TillRecord[] => {
    const order = lost.orders.get(intent.orderId);
    const isKnown = JSON.stringify(state.intents.get(intent.intentId)) === JSON.stringify(intent);
    return order && !isKnown ? [{ type: 'INTENT', intent, order }] : [];
  });
}
