import type { ResultBody } from '../backend/command-results.ts';
import type { Order } from '../journal/records.ts';
import { CATEGORIES } from './categories.ts';
import { type Intent, isIntentFinal } from './intent.ts';
import { intentView } from './intent-event.ts';
import { INTENT_STATE_TABLE } from './intent-states.ts';

// What commands are told of an intent. `clerk` is what stands on the screen.

/** To who asked for the money of an order that was, or was not, paid by an intent. */
export function paymentResult(intent: Intent, order: Order): ResultBody {
  if (order.state === 'DISPUTED') {
    const { zh, en, next: action } = CATEGORIES.NEEDS_MANUAL_CHECK;
    return { status: 'unknown', code: 'NEEDS_MANUAL_CHECK', clerk: { zh, en, action }, attempt: intent.intentId };
  }
  const { zh, en } = INTENT_STATE_TABLE[intent.state].meaning;
  const { code, action, status } = END[intent.state];
  return { status, code, clerk: { zh, en, action }, attempt: intent.intentId };
}

const END = {
  WAITING: { status: 'unknown', code: 'INTENT_WAITING', action: 'WAIT' },
  PAID: { status: 'ok', code: 'PAID', action: 'DONE' },
  EXPIRED: { status: 'declined', code: 'INTENT_EXPIRED', action: 'COLLECT_AGAIN' },
  CLOSED: { status: 'declined', code: 'INTENT_CLOSED', action: 'COLLECT_AGAIN' },
  NEEDS_MANUAL_CHECK: { status: 'unknown', code: 'NEEDS_MANUAL_CHECK', action: 'CONTACT_SUPPORT' },
  DISPUTED: { status: 'unknown', code: 'NEEDS_MANUAL_CHECK', action: 'CONTACT_SUPPORT' },
} as const satisfies Record<Intent['state'], { status: ResultBody['status']; code: string; action: string }>;

/** To who asked for an intent; `undefined`: it is not known yet whether there is one. */
export function creationResult(intent: Intent): ResultBody | undefined {
  const { intentId, state, codeText, closeReason, payment } = intent;
  const made = { attempt: intentId, data: intentView(intent) };
  if (codeText !== undefined || payment) return { status: 'ok', code: state, clerk: clerkOf(intent), ...made };
  if (!isIntentFinal(intent)) return undefined;
  if (closeReason === 'CANCELLED') return { status: 'cancelled', code: 'CANCELLED', ...made };
  return { status: 'declined', code: 'INTENT_NOT_CREATED', message: lastWord(intent), clerk: NOT_CREATED, ...made };
}

/** To who gave it up, once it is over: it may have been paid in the last moment. */
export function cancelResult(intent: Intent): ResultBody | undefined {
  if (!isIntentFinal(intent)) return undefined;
  const { intentId, state } = intent;
  return { status: 'ok', code: state, clerk: clerkOf(intent), attempt: intentId, data: intentView(intent) };
}

/** As it stands. */
export function viewResult(intent: Intent): ResultBody {
  const { intentId, state } = intent;
  return { status: 'ok', code: state, clerk: clerkOf(intent), attempt: intentId, data: intentView(intent) };
}

/** A notice that worries customers comes with what the clerk says to it. */
function clerkOf({ state, riskNotice }: Intent): NonNullable<ResultBody['clerk']> {
  const { zh, en } = state === 'WAITING' && riskNotice ? riskNotice.clerk : INTENT_STATE_TABLE[state].meaning;
  return { zh, en, action: END[state].action };
}

const NOT_CREATED = {
  zh: '收款码未能建立，未收款。请重试，或请顾客出示付款码。',
  en: 'The code could not be made and no money was taken. Try again, or scan the customer’s code.',
  action: 'COLLECT_AGAIN',
};

function lastWord({ exchanges }: Intent): string {
  const word = exchanges.kept.find(({ op }) => op === 'create')?.code;
  return `the backend made no code: ${word ?? 'no answer'}`;
}
