import { expect, it } from 'vitest';
import { HOLD_STATE_NAMES } from '../../protocols/backend/holds.ts';
import { REFUND_STATES } from '../../protocols/backend/refunds.ts';
import { eventWords } from '../../simulator/lab/story-words.ts';

// The lab tells somebody who stands in the shop: in words, in both languages, never in a state's code.

const INTENT_STATES = ['WAITING', 'PAID', 'EXPIRED', 'CLOSED', 'NEEDS_MANUAL_CHECK', 'DISPUTED'] as const;

it.each([
  ...HOLD_STATE_NAMES.map((state) => ['hold', state] as const),
  ...INTENT_STATES.map((state) => ['intent', state] as const),
  ...REFUND_STATES.map((state) => ['refund', state] as const),
])('%s %s', (type, state) => {
  const { zh = '', en = '' } = eventWords({ type, state } as Parameters<typeof eventWords>[0])?.words ?? {};
  expect(zh).toMatch(/：\p{Script=Han}/u);
  expect([zh, en].join()).not.toContain(state);
  expect(en).toMatch(/: [a-z]/);
});
