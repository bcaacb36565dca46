import type { EventData } from '../../protocols/backend/events.ts';
import type { Attempt } from './attempt.ts';

// What the backend is told of an attempt, whoever made it.

export type AttemptEvent = Extract<EventData, { type: 'attempt' }>;

export function attemptEvent(
  attempt: Attempt,
  timings: { scanToPublishMs?: number; scanToPaidMs?: number },
): AttemptEvent {
  const { attemptId, orderId, amountFen, channel, state, category, code, transactionId, refunded } = attempt;
  return {
    type: 'attempt',
    attemptId,
    orderId,
    amountFen,
    channel,
    state,
    category,
    ...(code === undefined ? {} : { code }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(refunded === undefined ? {} : { refunded }),
    ...(attempt.successAfterReverse === undefined ? {} : { successAfterReverse: true }),
    ...(Object.keys(timings).length === 0 ? {} : { timings }),
  };
}

/** What was asked, what was answered, and when: all that a person needs who has to find out. */
export function evidenceOf(attempt: Attempt, startedAt: number): NonNullable<AttemptEvent['evidence']> {
  const { exchanges, windowClosed, paidFen } = attempt;
  return {
    startedAt: Math.max(0, Math.round(startedAt)),
    exchanges: [...exchanges.kept],
    leftOut: exchanges.leftOut,
    ...(windowClosed ? { windowClosed } : {}),
    ...(paidFen === undefined ? {} : { paidFen }),
  };
}
