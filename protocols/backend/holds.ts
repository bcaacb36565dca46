import { z } from 'zod';
import { AttemptEvidence, CardEvidence } from './attempt-events.ts';
import { attemptId, fen, millis, orderId, text } from './fields.ts';

// What the contract says of holds (预授权): amounts kept apart on a customer's card, which the shop has not.

export const HOLD_STATE_NAMES = [
  'ASKED',
  'HELD',
  'COMPLETING',
  'RELEASING',
  'COMPLETED',
  'RELEASED',
  'REFUSED',
  'UNCLEAR',
] as const;
export type HoldStateName = (typeof HOLD_STATE_NAMES)[number];

/**
 * A hold was asked for or given up at the card terminal, and where it stands now. Its charge comes as an `attempt` that names it.
 * HELD is no money of the shop's.
 */
export const HoldEvent = z.strictObject({
  type: z.literal('hold'),
  holdId: attemptId,
  orderId,
  amountFen: fen,
  state: z.enum(HOLD_STATE_NAMES),
  /** the command at the terminal that it is about, and how that ended; the hold's own attempt first */
  attemptId,
  outcome: z.enum(['asked', 'carried-out', 'refused', 'unknown', 'needs-a-person']),
  code: text(64).optional(),
  card: CardEvidence.optional(),
  evidence: AttemptEvidence.optional(),
});

/** Holds that stand when a shift or day is closed: in none of its sums. The oldest by name. */
export const StandingHolds = z.strictObject({
  count: z.int().positive(),
  heldFen: z.int().nonnegative(),
  named: z
    .array(
      z.strictObject({ holdId: attemptId, orderId, amountFen: fen, state: z.enum(HOLD_STATE_NAMES), since: millis }),
    )
    .max(50),
});

/** Hold an amount on the customer's card, now (预授权): the customer stands there with it. Nothing is charged. */
export const PreAuthArgs = z.strictObject({
  orderId,
  amountFen: fen,
  currency: z.literal('CNY'),
  title: text(128).optional(),
});
export type PreAuthArgs = z.infer<typeof PreAuthArgs>;

/** Charge the order's hold (预授权完成): this amount is the order's, and what is left of the hold is free again. */
export const CompletePreAuthArgs = z.strictObject({ orderId, amountFen: fen, currency: z.literal('CNY') });
export type CompletePreAuthArgs = z.infer<typeof CompletePreAuthArgs>;

/** Give the order's hold up (预授权撤销), all of it. */
export const CancelPreAuthArgs = z.strictObject({ orderId });
export type CancelPreAuthArgs = z.infer<typeof CancelPreAuthArgs>;
