import type { StandingHold } from '../payment/standing-holds.ts';

/** Holds (预授权) that stand at the end of a period: money of customers, in no sum of the report. */
export interface HoldsReport {
  readonly count: number;
  readonly heldFen: number;
  /** the oldest ones by name; `count` has all */
  readonly named: readonly Pick<StandingHold, 'holdId' | 'orderId' | 'amountFen' | 'state' | 'since'>[];
}

/** on paper and in the event of a closing */
const NAMED = 50;

/** `undefined`: none stands. */
export function holdsReport(standing: readonly StandingHold[]): HoldsReport | undefined {
  if (standing.length === 0) return undefined;
  return {
    count: standing.length,
    heldFen: standing.reduce((sum, { amountFen }) => sum + amountFen, 0),
    named: standing
      .slice(0, NAMED)
      .map(({ holdId, orderId, amountFen, state, since }) => ({ holdId, orderId, amountFen, state, since })),
  };
}
