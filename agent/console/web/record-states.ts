import type { Tone } from './present.ts';
import type { PaymentRecord } from './types.ts';
import type { Word } from './words.ts';

/** The states of a payment, and of a code that customers scan, in a word. */
export const STATE_WORDS = {
  PAID: 'tlPaid',
  USER_PAYING: 'tlUserPaying',
  UNKNOWN: 'stateUnknown',
  REVERSING: 'tlReversing',
  REVERSED: 'tlReversed',
  FAILED: 'tlFailed',
  NEEDS_MANUAL_CHECK: 'stateManual',
  SUBMITTED: 'tlSubmitted',
  CREATED: 'tlCreated',
  WAITING: 'recordWaiting',
  EXPIRED: 'recordExpired',
  CLOSED: 'recordClosed',
  DISPUTED: 'stateManual',
} as const satisfies Record<PaymentRecord['state'], Word>;

/** An attempt that held money on a card, or gave it up, ends without money of the shop's: REVERSED. */
const HOLD_WORDS = { HELD: 'recordHeld', RELEASED: 'recordReleased' } as const satisfies Record<string, Word>;

/** What one looks for beside them. */
export const SOUGHT_WORDS = {
  ...STATE_WORDS,
  STANDING: 'soughtStanding',
  HELD: 'soughtHeld',
  RELEASED: 'recordReleased',
} as const satisfies Record<string, Word>;

export function wordOf({ state, category, channel }: Pick<PaymentRecord, 'state' | 'category' | 'channel'>): Word {
  if (channel === 'CARD' && (state === 'CREATED' || state === 'SUBMITTED')) return 'tlTerminal';
  if (state === 'REVERSED' && (category === 'HELD' || category === 'RELEASED')) return HOLD_WORDS[category];
  return STATE_WORDS[state];
}

export function toneOf(state: PaymentRecord['state']): Tone {
  switch (state) {
    case 'PAID':
      return 'good';
    case 'FAILED':
    case 'REVERSED':
    case 'EXPIRED':
    case 'CLOSED':
      return 'calm';
    case 'UNKNOWN':
    case 'REVERSING':
    case 'NEEDS_MANUAL_CHECK':
    case 'DISPUTED':
      return 'doubt';
    case 'CREATED':
    case 'SUBMITTED':
    case 'USER_PAYING':
    case 'WAITING':
      return 'wait';
    default:
      return state satisfies never;
  }
}
