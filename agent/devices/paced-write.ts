import type { Clock } from '../clock.ts';
import type { ByteLink, WriteOutcome } from '../transport/link.ts';

/** Fits into the receive buffer of every printer that has one worth the name (4 KB), beside what it has not printed yet. */
export const AT_ONCE_BYTES = 3_072;
export const PIECE_BYTES = 512;
/** Text comes out of the slowest printers (50 mm/s, 32 columns of 30 dots) at about 1.4 KB/s. */
export const PAUSE_MS = 400;

/**
 * Writes to a printer on a line without flow control: what does not fit into its buffer would be discarded unseen, so a
 * long document follows at the pace of the slowest mechanism. A slip is short enough to go at once.
 */
export async function pacedWrite(
  link: ByteLink,
  clock: Clock,
  bytes: Uint8Array,
  deadlineMs: number,
): Promise<WriteOutcome> {
  let outcome = await link.write(bytes.subarray(0, AT_ONCE_BYTES), deadlineMs);
  for (let at = AT_ONCE_BYTES; at < bytes.length && outcome.kind === 'written'; at += PIECE_BYTES) {
    await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    outcome = await link.write(bytes.subarray(at, at + PIECE_BYTES), deadlineMs);
    // the pieces before this one have left
    if (outcome.kind === 'not-written') return { kind: 'unknown', cause: 'LOST' };
  }
  return outcome;
}
