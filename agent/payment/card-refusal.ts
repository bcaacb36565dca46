import type { CommandRefusal } from '../backend/verb-desk.ts';
import { ERRORS } from '../errors.ts';

/** Why nothing begins at the card terminal now; nothing was said to it. */
export type CardRefusal = 'DEVICE_OFFLINE' | 'DEVICE_BUSY' | 'TERMINAL_LOCKED' | 'AMOUNT_OVER_LIMIT' | 'UNSUPPORTED';

const REFUSALS = {
  DEVICE_OFFLINE: { code: 'DEVICE_OFFLINE', message: 'the card terminal does not answer' },
  DEVICE_BUSY: { code: 'DEVICE_BUSY', message: 'the card terminal is at work' },
  TERMINAL_LOCKED: { code: 'DEVICE_BUSY', message: ERRORS.TERMINAL_LOCKED.cause.en },
  AMOUNT_OVER_LIMIT: { code: 'AMOUNT_OVER_LIMIT', message: 'more than this terminal takes at once' },
  UNSUPPORTED: { code: 'UNSUPPORTED', message: 'this terminal cannot do that' },
} as const satisfies Record<CardRefusal, CommandRefusal>;

export function refusalOf(refusal: CardRefusal): CommandRefusal {
  return REFUSALS[refusal];
}
