import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import type { TerminalArgs } from '../enrolment/paying-terminal.ts';
import type { AttemptRecord } from '../journal/records.ts';
import type { Attempt } from './attempt.ts';
import type { ChannelPolicy } from './policy.ts';

/** A gun read the code, or somebody typed it. */
type PaycodeSource = 'scanner' | 'manual';
export type ScanSource = Scan['source'];

export function paycodeSource(source: ScanSource): PaycodeSource {
  return source === 'manual' ? 'manual' : 'scanner';
}

/** One attempt while this process looks after it. */
export interface Running {
  record: AttemptRecord;
  readonly policy: ChannelPolicy;
  /** monotonic time of the attempt's t = 0 */
  zero: number;
  /** taken over by a process that cannot tell: `zero` is the takeover */
  readonly ageUnknown: boolean;
  /** held only until the pay request is handed over */
  paycode: Paycode | undefined;
  readonly scannedAt: number | undefined;
  readonly source: PaycodeSource;
  readonly terminal: TerminalArgs | undefined;
  publishedAt: number | undefined;
  /** taken over, and no question of this process has left yet */
  owesQuestion: boolean;
  stopTimer: () => void;
  /** its request has left, which is not written down yet: as it was before and is since; `callOff`: the moment in which it will be */
  unwritten: { readonly created: Attempt; readonly submitted: Attempt; readonly callOff: () => void } | undefined;
  /** facts are worked off one after the other: each is on disk before the next is looked at */
  queue: Promise<void>;
}

/** How long it took from the scan to the request and to the money, ms, as far as this process saw it. */
export function timingsOf(
  { scannedAt, publishedAt }: Running,
  isPaid: boolean,
  now: number,
): { scanToPublishMs?: number; scanToPaidMs?: number } {
  if (scannedAt === undefined) return {};
  return {
    ...(publishedAt === undefined ? {} : { scanToPublishMs: publishedAt - scannedAt }),
    ...(isPaid ? { scanToPaidMs: now - scannedAt } : {}),
  };
}
