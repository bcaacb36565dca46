import { decodeSealed, type Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { type Place, segmentName, segmentsOf } from './segments.ts';
import type { TillState } from './state.ts';

/** How long a shop's payments stay on the till; the backend keeps them as long as the law wants. */
export const KEPT_MS = 2 * 366 * 86_400_000;
/** More than the longest entry. */
const LAST_LINE_BYTES = 300_000;

export interface Retirable {
  readonly segment: number;
  readonly last: Entry;
}

/**
 * The newest segment that may be removed, with all before it: older than `keptMs`, seen and acknowledged by the backend,
 * and nothing that is still remembered stands in it. `undefined`: none.
 */
export async function retirable(
  files: LogFiles,
  state: TillState,
  { now, keptMs, upto }: { readonly now: number; readonly keptMs: number; readonly upto: Place },
): Promise<Retirable | undefined> {
  const firstWaiting = state.outbox.refs[0]?.[3] ?? Number.POSITIVE_INFINITY;
  const oldest = oldestRemembered(state);
  let found: Retirable | undefined;
  for (const segment of segmentsOf(await files.list())) {
    if (segment >= upto.segment || segment >= firstWaiting) break;
    const last = await lastEntry(files, segment);
    if (!last || last.seq > (state.anchor?.seq ?? 0)) break;
    const at = Date.parse(last.ts);
    if (at > now - keptMs || at >= oldest) break;
    found = { segment, last };
  }
  return found;
}

/** Wall clock (ms) of the oldest thing in memory: entries about it may be that old, and a start needs them. */
function oldestRemembered(state: TillState): number {
  const times = [
    ...state.orderTimes.values(),
    ...[...state.attempts.values()].map(({ startedAt }) => startedAt),
    ...[...state.intents.values()].map(({ createdAt }) => createdAt),
    ...[...state.holds.all.values()].map(({ askedAt }) => askedAt),
    ...[...state.commands.values()].map(({ issued }) => issued),
    ...[...state.documents.values()].map(({ askedAt }) => askedAt),
  ];
  return times.reduce((oldest, time) => Math.min(oldest, time), Number.POSITIVE_INFINITY);
}

async function lastEntry(files: LogFiles, segment: number): Promise<Entry | undefined> {
  const end = (await files.read(segmentName(segment))).subarray(-LAST_LINE_BYTES);
  return decodeSealed(end.subarray(end.lastIndexOf(0x0a, -2) + 1, -1));
}
