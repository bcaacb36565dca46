import { both, type Words } from './language.ts';
import { stepOf } from './steps.ts';
import type { Attempt, Hold, Intent, OrderWithAttempt, Refund } from './types.ts';
import type { Word } from './words.ts';

// What is shown of an order: a pure function of what the agent says. The colour is never alone: each tone has its mark, its
// word and its sound.

/** `ready`: the counter waits for the customer; `doubt`: nobody knows yet whether money moved. */
export type Tone = 'ready' | 'wait' | 'good' | 'bad' | 'doubt' | 'calm';

export type Act =
  | 'next'
  | 'cancel'
  /** the same of a hold that the card is asked for: nothing is being collected */
  | 'stopHold'
  | 'cancelIntent'
  | 'query'
  | 'queryIntent'
  | 'showCode'
  | 'card'
  | 'hold'
  | 'typeCode'
  | 'refund'
  | 'print'
  | 'resolve'
  | 'completeHold'
  | 'cancelHold'
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

/** What the terminal beside the till can do for whoever stands here. */
export interface CardWays {
  readonly hasCard: boolean;
  readonly canHold: boolean;
}

export function present(shown: OrderWithAttempt, phone?: string, ways?: CardWays): Presentation {
  const { order, attempt, intent, refunds, hold } = shown;
  const id = `${order.orderId} ${order.state} ${attempt?.attemptId ?? ''} ${attempt?.state ?? ''} ${attempt?.category ?? ''} ${intent?.intentId ?? ''} ${intent?.state ?? ''} ${hold?.state ?? ''}`;
  const refund = refunds?.at(-1);
  switch (order.state) {
    case 'OPEN':
      if (hold && standingHold(shown)) return held(hold, attempt, id, phone);
      return withCard(unpaid(shown, id, phone), shown, ways);
    case 'IN_PAYMENT':
      if (order.intentId !== undefined && intent) return onScreen(intent, id);
      return attempt ? running(attempt, id, phone, hold) : ready(id);
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
        // of a hold the agent knows better where to look
        ...(hold?.state === 'UNCLEAR' && attempt?.state === 'NEEDS_MANUAL_CHECK' && told(attempt, phone)),
        key: id,
        acts: ['next', 'resolve', 'details'],
      };
    default:
      return order.state satisfies never;
  }
}

/** The hold on the customer's card that is not over. */
export function standingHold({ hold }: OrderWithAttempt): Hold | undefined {
  return hold && !['COMPLETED', 'RELEASED', 'REFUSED'].includes(hold.state) ? hold : undefined;
}

/** Money is kept apart for the shop, and is not the shop's: nothing else is taken for this order until it is charged or given up. */
function held(hold: Hold, attempt: Attempt | undefined, key: string, phone: string | undefined): Presentation {
  // a charge or cancellation of it was refused
  const refused = attempt?.state === 'FAILED' ? told(attempt, phone) : undefined;
  return {
    tone: refused ? 'bad' : 'wait',
    word: both(refused ? 'stateHold' : 'stateHeld'),
    sentence: hold.words,
    todo: both('stepHold'),
    ...refused,
    key,
    acts: ['next', 'completeHold', 'cancelHold', 'resolve'],
  };
}

function told({ clerk }: Attempt, phone: string | undefined): Pick<Presentation, 'sentence' | 'todo'> {
  return { sentence: clerk, todo: stepOf(clerk, phone) };
}

/** It takes a payment, the first one or another. */
function unpaid({ attempt, hold }: OrderWithAttempt, key: string, phone: string | undefined): Presentation {
  if (!attempt) return ready(key);
  const isGivenUp = hold?.state === 'RELEASED' && attempt.channel === 'CARD' && attempt.state !== 'FAILED';
  if (!isGivenUp) return again(attempt, key, phone);
  return { ...ready(key), tone: 'calm', word: both('stateFailed'), sentence: hold.words };
}

/** A card is one more way to pay what a code could pay. Where a hold was refused, another card may take it. */
function withCard(seen: Presentation, { attempt, hold }: OrderWithAttempt, ways?: CardWays): Presentation {
  const isRefused = hold?.state === 'REFUSED' && hold.holdId === attempt?.attemptId;
  const more: readonly Act[] = [
    ...(ways?.canHold && isRefused ? ['hold' as const] : []),
    ...(ways?.hasCard ? ['card' as const] : []),
  ];
  return more.length > 0 ? { ...seen, acts: [...more, ...seen.acts] } : seen;
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

function running(attempt: Attempt, key: string, phone: string | undefined, hold: Hold | undefined): Presentation {
  const { state } = attempt;
  const common = { ...told(attempt, phone), key };
  if (attempt.channel === 'CARD' && (state === 'CREATED' || state === 'SUBMITTED'))
    return {
      ...common,
      tone: 'wait',
      word: both(cardWord(hold)),
      acts: [hold?.state === 'ASKED' ? 'stopHold' : 'cancel'],
      waits: attempt,
    };
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

/** A hold is charged and given up without the card. */
function cardWord(hold: Hold | undefined): Word {
  if (hold?.state === 'ASKED') return 'stateHoldCard';
  return hold?.state === 'COMPLETING' || hold?.state === 'RELEASING' ? 'stateHold' : 'stateCard';
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
