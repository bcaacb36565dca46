import { yuan } from './amount.ts';
import { both, type Words } from './language.ts';
import { wordOf } from './record-states.ts';
import { CHANNEL_NAMES } from './steps.ts';
import type { Attempt, HistoryEntry, Intent, OrderWithAttempt, Refund, Slip } from './types.ts';
import type { Word } from './words.ts';

/** One thing that happened to an order, as a person tells it. */
export interface Step {
  readonly seq: number;
  /** Unix ms, this till's clock */
  readonly at: number;
  readonly words: Words;
}

/** The journal's entries of an order: what changed, in words. What says nothing new is left out. */
export function stepsOf(entries: readonly HistoryEntry[]): readonly Step[] {
  const steps = entries.flatMap((entry) => {
    const words = wordsOf(entry);
    return words ? [{ seq: entry.seq, at: Date.parse(entry.ts), words }] : [];
  });
  return steps.filter(({ words }, at) => words.zh !== steps[at - 1]?.words.zh);
}

type Order = OrderWithAttempt['order'];

type KnownAttempt = Pick<Attempt, 'state' | 'channel' | 'maskedPaycode'> & {
  readonly card?: { readonly command?: { readonly kind?: string } };
};

/** The members of an entry that people are told of. The journal keeps more. */
interface Known {
  readonly order?: Order;
  readonly record?: { readonly attempt?: KnownAttempt };
  readonly slip?: Pick<Slip, 'state'>;
  readonly intent?: Pick<Intent, 'state'>;
  readonly refund?: Pick<Refund, 'state' | 'refundFen' | 'approvedBy' | 'requestedBy'>;
  readonly resolution?: { readonly outcome: 'paid' | 'refunded' | 'unpaid'; readonly personId: string };
}

function wordsOf({ type, data }: HistoryEntry): Words | undefined {
  const { order, record, slip, intent, refund, resolution } = data as Known;
  switch (type) {
    case 'ORDER':
      return order && ORDER_WORDS[order.state] && both(ORDER_WORDS[order.state]);
    case 'ATTEMPT':
      return record?.attempt && attemptWords(record.attempt);
    case 'SLIP':
      return slip && filled('tlSlip', both(SLIP_WORDS[slip.state]));
    case 'INTENT':
      return intent && filled('tlIntent', both(INTENT_WORDS[intent.state]));
    case 'REFUND':
      return refund && refundWords(refund);
    case 'RESOLUTION':
      return resolution && filled('tlResolved', both(OUTCOME_WORDS[resolution.outcome]), resolution.personId);
    default:
      return undefined;
  }
}

/** What the journal says of an attempt of a hold in its command's name, the records say in one word. */
const HOLD_ENDS: Readonly<Record<string, string>> = { preAuth: 'HELD', cancelPreAuth: 'RELEASED' };

/** How an attempt on the card terminal begins. */
const CARD_WORDS: Readonly<Record<string, Word>> = {
  preAuth: 'hold',
  completePreAuth: 'completeHold',
  cancelPreAuth: 'cancelHold',
};

function attemptWords({ state, channel, maskedPaycode, card }: KnownAttempt): Words {
  const kind = card?.command?.kind ?? '';
  if (state === 'CREATED' && card) return both(CARD_WORDS[kind] ?? 'card');
  const { zh, en } = both(wordOf({ state, channel, category: HOLD_ENDS[kind] ?? '' }));
  if (state !== 'CREATED') return { zh, en };
  const { zh: channelZh, en: channelEn } = CHANNEL_NAMES[channel];
  return { zh: `${zh} · ${channelZh} ${maskedPaycode}`, en: `${en} · ${channelEn} ${maskedPaycode}` };
}

function refundWords({ state, refundFen }: Pick<Refund, 'state' | 'refundFen'>): Words {
  const { zh, en } = both(REFUND_WORDS[state]);
  const money = yuan(refundFen);
  return { zh: both('tlRefund', money, zh).zh, en: both('tlRefund', money, en).en };
}

function filled(word: Word, inner: Words, more = ''): Words {
  return { zh: both(word, inner.zh, more).zh, en: both(word, inner.en, more).en };
}

const ORDER_WORDS: Readonly<Record<Order['state'], Word>> = {
  OPEN: 'tlOpened',
  IN_PAYMENT: 'tlCreated',
  PAID: 'tlPaid',
  CANCELLED: 'tlCancelled',
  PARTLY_REFUNDED: 'statePartlyRefunded',
  REFUNDED: 'tlRefundedOrder',
  DISPUTED: 'tlDisputed',
};
const SLIP_WORDS: Readonly<Record<Slip['state'], Word>> = {
  queued: 'slipStateQueued',
  sending: 'slipStateSending',
  sent: 'slipStateSent',
  unknown: 'slipStateUnknown',
  cleared: 'slipStateCleared',
};
const INTENT_WORDS: Readonly<Record<Intent['state'], Word>> = {
  WAITING: 'intentWaiting',
  PAID: 'intentPaid',
  EXPIRED: 'intentExpired',
  CLOSED: 'intentClosed',
  NEEDS_MANUAL_CHECK: 'intentManual',
  DISPUTED: 'intentManual',
};
const REFUND_WORDS: Readonly<Record<Refund['state'], Word>> = {
  REQUESTED: 'refundRequested',
  PROCESSING: 'refundProcessing',
  REFUNDED: 'refundDone',
  REJECTED: 'refundFailed',
  NEEDS_MANUAL_CHECK: 'stateManual',
};
const OUTCOME_WORDS = {
  paid: 'outcomePaid',
  refunded: 'outcomeRefunded',
  unpaid: 'outcomeUnpaid',
} as const satisfies Record<string, Word>;
