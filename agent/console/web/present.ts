import { both, type Words } from './language.ts';
import { stepOf } from './steps.ts';
import type { Attempt, Intent, OrderWithAttempt, Refund } from './types.ts';

// What is shown of an order: a pure function of what the agent says. The colour is never alone: each tone has its mark, its
// word and its sound.

/** `ready`: the counter waits for the customer; `doubt`: nobody knows yet whether money moved. */
export type Tone = 'ready' | 'wait' | 'good' | 'bad' | 'doubt' | 'calm';

export type Act =
  | 'next'
  | 'cancel'
  | 'cancelIntent'
  | 'query'
  | 'queryIntent'
  | 'showCode'
  | 'card'
  | 'typeCode'
  | 'refund'
  | 'print'
  | 'resolve'
  | 'details';

export interface Presentation {
  readonly tone: Tone;
  readonly word: Words;
  readonly sentence: Words;
  readonly todo: Words;
  /** changes when there is something new to say */
  readonly key: string;
  /** the first one is the one to press */
  readonly acts: readonly Act[];
  /** the attempt that the clock runs for */
  readonly waits?: Attempt;
  /** the code that is on the screen */
  readonly code?: Intent;
}

/** `hasCard`: a card terminal stands beside the till. */
export function present(shown: OrderWithAttempt, phone?: string, hasCard = false): Presentation {
  const { order, attempt, intent, refunds } = shown;
  const id = `${order.orderId} ${order.state} ${attempt?.attemptId ?? ''} ${attempt?.state ?? ''} ${attempt?.category ?? ''} ${intent?.intentId ?? ''} ${intent?.state ?? ''}`;
  const refund = refunds?.at(-1);
  switch (order.state) {
    case 'OPEN':
      return withCard(attempt ? again(attempt, id, phone) : ready(id), hasCard);
    case 'IN_PAYMENT':
      if (order.intentId !== undefined && intent) return onScreen(intent, id);
      return attempt ? running(attempt, id, phone) : ready(id);
    case 'PAID':
      return refund ? givenBack(refund, order.state, id, phone) : paid(id);
    case 'PARTLY_REFUNDED':
    case 'REFUNDED':
      return refund ? givenBack(refund, order.state, id, phone) : refunded(order.state, id);
    case 'CANCELLED':
      return {
        tone: 'calm',
        word: both('stateCancelled'),
        sentence: both('cancelledSentence'),
        todo: both('stepNext'),
        key: id,
        acts: ['next'],
      };
    case 'DISPUTED':
      return {
        tone: 'doubt',
        word: both('stateManual'),
        sentence: both('manualSentence'),
        todo: phone === undefined ? both('stepSupport') : both('stepSupportPhone', phone),
        key: id,
        acts: ['next', 'resolve', 'details'],
      };
    default:
      return order.state satisfies never;
  }
}

/** A card is one more way to pay what a code could pay. */
function withCard(seen: Presentation, hasCard: boolean): Presentation {
  return hasCard ? { ...seen, acts: ['card', ...seen.acts] } : seen;
}

function ready(key: string): Presentation {
  return {
    tone: 'ready',
    word: both('stateReady'),
    sentence: both('readySentence'),
    todo: both('stepScan'),
    key,
    acts: ['showCode', 'typeCode', 'cancel'],
  };
}

/** The last attempt came to nothing; the order takes another code. */
function again({ state, clerk }: Attempt, key: string, phone: string | undefined): Presentation {
  return {
    tone: 'bad',
    word: state === 'REVERSED' ? both('stateReversed') : both('stateFailed'),
    sentence: clerk,
    todo: stepOf(clerk, phone),
    key,
    acts: ['showCode', 'typeCode', 'cancel'],
  };
}

function running(attempt: Attempt, key: string, phone: string | undefined): Presentation {
  const { state, clerk } = attempt;
  const common = { sentence: clerk, todo: stepOf(clerk, phone), key };
  if (attempt.channel === 'CARD' && (state === 'CREATED' || state === 'SUBMITTED'))
    return { ...common, tone: 'wait', word: both('stateCard'), acts: ['cancel'], waits: attempt };
  switch (state) {
    case 'CREATED':
    case 'SUBMITTED':
      return {
        ...common,
        tone: 'wait',
        word: both('stateSubmitted'),
        sentence: both('submittedSentence'),
        todo: both('stepWait'),
        acts: ['cancel'],
        waits: attempt,
      };
    case 'USER_PAYING':
      return { ...common, tone: 'wait', word: both('stateUserPaying'), acts: ['cancel', 'query'], waits: attempt };
    case 'UNKNOWN':
      return {
        ...common,
        tone: 'doubt',
        word: both('stateUnknown'),
        // the terminal is asked by itself, and nothing can be taken back there from here
        acts: attempt.card ? ['details'] : ['query', 'cancel'],
        waits: attempt,
      };
    case 'REVERSING':
      return { ...common, tone: 'doubt', word: both('stateReversing'), acts: ['query'], waits: attempt };
    case 'NEEDS_MANUAL_CHECK':
      return { ...common, tone: 'doubt', word: both('stateManual'), acts: ['next', 'resolve', 'details'] };
    // between the attempt's end and its order's there is no moment; should one be seen, it is the attempt that speaks
    case 'PAID':
      return paid(key);
    case 'FAILED':
    case 'REVERSED':
      return again(attempt, key, phone);
    default:
      return state satisfies never;
  }
}

function paid(key: string): Presentation {
  return {
    tone: 'good',
    word: both('statePaid'),
    sentence: both('paidSentence'),
    todo: both('stepDone'),
    key,
    acts: ['next', 'print', 'refund'],
  };
}

function onScreen(intent: Intent, key: string): Presentation {
  if (intent.closing) {
    return {
      tone: 'doubt',
      word: both('stateClosing'),
      sentence: both('closingSentence'),
      todo: both('stepPollReverse'),
      key: `${key} closing`,
      acts: ['queryIntent'],
      code: intent,
    };
  }
  return {
    tone: 'ready',
    word: both('stateShown'),
    sentence: both('shownSentence'),
    todo: both('stepShown'),
    key,
    acts: ['cancelIntent', 'queryIntent'],
    code: intent,
  };
}

function refunded(state: 'PARTLY_REFUNDED' | 'REFUNDED', key: string): Presentation {
  const isWhole = state === 'REFUNDED';
  return {
    tone: 'calm',
    word: isWhole ? both('stateRefunded') : both('statePartlyRefunded'),
    sentence: both('refundedSentence'),
    todo: both('stepNext'),
    key,
    acts: isWhole ? ['next', 'print'] : ['next', 'print', 'refund'],
  };
}

/** A payment of which money goes back: the newest refund speaks. */
function givenBack(
  refund: Refund,
  state: 'PAID' | 'PARTLY_REFUNDED' | 'REFUNDED',
  id: string,
  phone?: string,
): Presentation {
  const key = `${id} ${refund.refundId} ${refund.state}`;
  const common = { sentence: refund.clerk, todo: stepOf(refund.clerk, phone), key };
  const more: readonly Act[] = state === 'REFUNDED' ? [] : ['refund'];
  switch (refund.state) {
    case 'REQUESTED':
      return { ...common, tone: 'wait', word: both('refundRequested'), acts: ['next', ...more, 'details'] };
    case 'REFUNDED':
      return { ...common, tone: 'good', word: both('refundDone'), acts: ['next', 'print', ...more] };
    case 'REJECTED':
      return { ...common, tone: 'bad', word: both('refundFailed'), acts: ['next', ...more, 'details'] };
    case 'PROCESSING':
      return { ...common, tone: 'doubt', word: both('refundProcessing'), acts: ['next', 'details'] };
    case 'NEEDS_MANUAL_CHECK':
      return { ...common, tone: 'doubt', word: both('stateManual'), acts: ['next', 'resolve', 'details'] };
    default:
      return refund.state satisfies never;
  }
}
