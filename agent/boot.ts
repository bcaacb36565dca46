import { timeOfUlid, ulid } from '../protocols/backend/ulid.ts';

/**
 * The id of this start of the agent, which says which of two processes is the later one: it sorts behind `last`, the one before
 * it in the journal, whatever the PC's clock has done since. A till whose battery is empty wakes up years ago.
 */
export function bootId(now: number, random: Uint8Array, last: string | undefined): string {
  const before = last === undefined ? undefined : timeOfUlid(last);
  return ulid(before === undefined ? now : Math.max(now, before + 1), random);
}
