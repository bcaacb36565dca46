import { type Intent, newIntent, type Payment } from '../../agent/payment/intent.ts';
import type { IntentAnswer } from '../../agent/payment/intent-answer.ts';
import { type IntentFact, type IntentOrder, intentPlace, intentStep } from '../../agent/payment/intent-machine.ts';
import { INTENT_POLICY } from '../../agent/payment/intent-policy.ts';

// Walks every corner of the intent machine: from every intent that can come to be, every fact at every time that matters.

export const EXPIRES_AT = 1_000_000;

const PAYMENTS: readonly Payment[] = [
  { paidFen: 3580, paidAt: 900_000, channel: 'WECHAT', transactionId: '42' },
  { paidFen: 3580, paidAt: 901_000, channel: 'ALIPAY', transactionId: '43' },
  { paidFen: 358, paidAt: 900_000, channel: 'WECHAT', transactionId: '44' },
];

export const ANSWERS: readonly IntentAnswer[] = [
  { state: 'WAITING', codeText: 'weixin://wxpay/bizpayurl?pr=AbCdEfG00', expiresAt: EXPIRES_AT },
  { state: 'WAITING' },
  { state: 'CLOSED' },
  { state: 'NOT_FOUND' },
  { state: 'UNKNOWN', code: 'SYSTEMERROR' },
  { state: 'REFUSED', code: 'ATTEMPT_CLOSED' },
  ...PAYMENTS.map((payment): IntentAnswer => ({ state: 'PAID', payment })),
];

export const INTENT_FACTS: readonly IntentFact[] = [
  { kind: 'submitted' },
  { kind: 'create-unanswered' },
  { kind: 'create-not-sent' },
  { kind: 'query-unanswered' },
  { kind: 'close-unanswered' },
  ...ANSWERS.flatMap((answer): IntentFact[] => [
    { kind: 'create-answered', answer },
    { kind: 'query-answered', answer },
    { kind: 'query-answered', answer, late: true },
    { kind: 'close-answered', answer },
    { kind: 'close-answered', answer, late: true },
  ]),
  ...PAYMENTS.map((payment): IntentFact => ({ kind: 'notified', payment })),
  { kind: 'hinted' },
  { kind: 'woken' },
  { kind: 'cancelled' },
  { kind: 'restarted' },
];

/** One turn of the machine. `after` is undefined when the fact was ignored. */
export interface IntentTurn {
  readonly before: Intent;
  readonly fact: IntentFact;
  readonly t: number;
  readonly now: number | undefined;
  readonly after: Intent | undefined;
  readonly orders: readonly IntentOrder[];
}

/** Every turn that can come to be. */
export function exploreIntents(): IntentTurn[] {
  const first = newIntent({
    intentId: 'I',
    orderId: 'O',
    commandId: 'C',
    amountFen: 3580,
    forms: ['screen'],
    ttlMs: 300_000,
    createdAt: 700_000,
  });
  const turns: IntentTurn[] = [];
  const waiting: Intent[] = [first];
  const seen = new Set([kindOf(first)]);
  for (let before = waiting.shift(); before; before = waiting.shift()) {
    for (const t of timesFor(before)) {
      for (const now of [undefined, EXPIRES_AT - 1, EXPIRES_AT]) {
        for (const fact of INTENT_FACTS) {
          const next = intentStep(before, fact, { t, now }, INTENT_POLICY);
          turns.push({ before, fact, t, now, after: next?.intent, orders: next?.orders ?? [] });
          if (!next || seen.has(kindOf(next.intent))) continue;
          seen.add(kindOf(next.intent));
          waiting.push(next.intent);
        }
      }
    }
  }
  return turns;
}

function timesFor({ doing }: Intent): number[] {
  const waits = 'until' in doing ? [doing.until - 1, doing.until] : [];
  return [...new Set([0, 700_000, ...waits])].filter((t) => t >= 0);
}

/** Intents that the machine treats alike, up to counts. */
function kindOf(intent: Intent): string {
  const { doing, codeText, expiresAt, closeReason, queries, closes, payment, secondPayment } = intent;
  const last = doing.kind === 'querying' ? doing.last : '';
  const known = [codeText !== undefined, expiresAt !== undefined, secondPayment !== undefined, payment?.transactionId];
  return [intentPlace(intent), intent.state, last, ...known, closeReason, queries > 0, Math.min(closes, 2)].join(' ');
}
