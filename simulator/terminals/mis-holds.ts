import type { MisDialect } from '../../protocols/terminal/mis/dialect.ts';
import { type MisObject, misObject, misText } from '../../protocols/terminal/mis/objects.ts';
import type { HoldRules } from '../personalities/terminals.ts';
import type { MisBooking } from './mis-model.ts';

// 预授权 behind a MIS terminal. Nobody has seen it on this line: which originals name a hold, and which codes the host has for
// what it refuses, are card practice from memory.

/** What became of a hold that was approved. */
export type MisHoldEnd = 'completed' | 'cancelled' | 'expired';

const HOLD_CODES = {
  /** 无原始交易 */
  notFound: '25',
  /** 无效交易: it is over */
  over: '12',
  /** 金额超限: more than may be charged of it */
  tooMuch: '61',
  /** 金额与原交易不匹配 */
  otherAmount: '64',
} as const;

const DAY_MS = 86_400_000;

/** The hold that a request names: all that it says of it must be so, and the authorisation code must be said. */
export function heldBy(
  ledger: readonly MisBooking[],
  request: readonly MisObject[],
  { tags }: MisDialect,
): MisBooking | undefined {
  const bcd = (tag: string) => {
    const value = misObject(request, tag)?.value;
    return value?.reduce((sum, byte) => sum * 100 + 10 * (byte >> 4) + (byte & 15), 0);
  };
  const code = misText(misObject(request, tags.originalAuth)?.value ?? new Uint8Array());
  const voucher = bcd(tags.originalVoucher);
  const trace = bcd(tags.originalTrace);
  return ledger.findLast(
    (booking) =>
      booking.command === 'preAuth' &&
      booking.outcome === 'approved' &&
      booking.authorisation === code &&
      (voucher === undefined || booking.voucher === voucher) &&
      (trace === undefined || booking.trace === trace),
  );
}

/** Why it cannot be charged with this much; `undefined`: it can. */
export function completionProblem(
  hold: MisBooking | undefined,
  fen: number,
  { bookUpToPercent }: HoldRules,
): string | undefined {
  if (!hold) return HOLD_CODES.notFound;
  if (hold.ended !== undefined) return HOLD_CODES.over;
  const most = Math.floor((hold.amountFen * bookUpToPercent) / 100);
  return fen < 1 || fen > most ? HOLD_CODES.tooMuch : undefined;
}

/** Why it cannot be given up; the amount is the whole of it. */
export function cancellationProblem(hold: MisBooking | undefined, fen: number): string | undefined {
  if (!hold) return HOLD_CODES.notFound;
  if (hold.ended !== undefined) return HOLD_CODES.over;
  return fen === hold.amountFen ? undefined : HOLD_CODES.otherAmount;
}

export function isHeld({ command, outcome, ended }: MisBooking): boolean {
  return command === 'preAuth' && outcome === 'approved' && ended === undefined;
}

/** Held so long that its issuer has let it go by `now`. */
export function isExpired(booking: MisBooking, now: number, { days }: HoldRules): boolean {
  return isHeld(booking) && now >= booking.at + days * DAY_MS;
}
