// The life of an order: data, and one lookup. The words are those of order-states.json, whose table this is, with two rows more:
// money may turn up for an order whose first money went back already.

/** state -> what it means, word for word */
export const ORDER_STATES = {
  OPEN: 'amount set, no attempt running',
  IN_PAYMENT: 'exactly one attempt not final',
  PAID: 'one attempt PAID',
  CANCELLED: 'closed by the clerk before payment',
  PARTLY_REFUNDED: '',
  REFUNDED: '',
  DISPUTED: 'needs a person',
} as const;
export type OrderState = keyof typeof ORDER_STATES;

const ORDER_TRANSITIONS = [
  ['OPEN', 'scan/attempt', 'IN_PAYMENT'],
  ['OPEN', 'clerkCancel', 'CANCELLED'],
  ['IN_PAYMENT', 'attemptPaid', 'PAID'],
  ['IN_PAYMENT', 'attemptFailed', 'OPEN'],
  ['IN_PAYMENT', 'attemptReversed', 'OPEN'],
  ['IN_PAYMENT', 'attemptManual', 'DISPUTED'],
  ['PAID', 'refundPart', 'PARTLY_REFUNDED'],
  ['PAID', 'refundAll', 'REFUNDED'],
  ['PARTLY_REFUNDED', 'refundPart', 'PARTLY_REFUNDED'],
  ['PARTLY_REFUNDED', 'refundRest', 'REFUNDED'],
  ['OPEN', 'lateAttemptPaid', 'DISPUTED'],
  ['CANCELLED', 'lateAttemptPaid', 'DISPUTED'],
  ['PAID', 'lateSecondAttemptPaid', 'DISPUTED'],
  ['PARTLY_REFUNDED', 'lateSecondAttemptPaid', 'DISPUTED'],
  ['REFUNDED', 'lateSecondAttemptPaid', 'DISPUTED'],
  ['DISPUTED', 'resolvedPaid', 'PAID'],
  ['DISPUTED', 'resolvedRefunded', 'REFUNDED'],
  ['DISPUTED', 'resolvedUnpaid', 'OPEN'],
] as const satisfies readonly (readonly [from: OrderState, event: string, to: OrderState])[];
export type OrderEvent = (typeof ORDER_TRANSITIONS)[number][1];

/** The state an order goes to, or `undefined` when the event has no place in this state. */
export function orderAfter(state: OrderState, event: OrderEvent): OrderState | undefined {
  return ORDER_TRANSITIONS.find(([from, on]) => from === state && on === event)?.[2];
}
