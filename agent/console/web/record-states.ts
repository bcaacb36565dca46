import type { Tone } from './present.ts';
import type { PaymentRecord } from './types.ts';
import type { Word } from './words.ts';

/** The nine states of an attempt in a word. */
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
} as const satisfies Record<PaymentRecord['state'], Word>;

export function toneOf(state: PaymentRecord['state']): Tone {
  switch (state) {
    case 'PAID':
      return 'good';
    case 'FAILED':
    case 'REVERSED':
      return 'calm';
    case 'UNKNOWN':
    case 'REVERSING':
    case 'NEEDS_MANUAL_CHECK':
      return 'doubt';
    case 'CREATED':
    case 'SUBMITTED':
    case 'USER_PAYING':
      return 'wait';
    default:
      return state satisfies never;
  }
}
