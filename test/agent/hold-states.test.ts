import { describe, expect, it } from 'vitest';
import {
  HOLD_CELLS,
  HOLD_EVENTS,
  HOLD_STATES,
  type HoldEvent,
  type HoldState,
  holdAfter,
  isHoldOver,
} from '../../agent/payment/hold-states.ts';
import { HOLD_STATE_NAMES } from '../../protocols/backend/holds.ts';

/** every state that a hold can reach, with one way to it */
function reachable(): Map<HoldState, readonly HoldEvent[]> {
  const ways = new Map<HoldState, readonly HoldEvent[]>([['ASKED', []]]);
  for (const [state, way] of ways)
    for (const event of HOLD_EVENTS) {
      const next = holdAfter(state, event);
      if (!ways.has(next)) ways.set(next, [...way, event]);
    }
  return ways;
}

describe('the states of a hold', () => {
  it('each has a row, can be reached, and is in the contract by the same name', () => {
    expect(Object.keys(HOLD_STATES)).toEqual([...HOLD_STATE_NAMES]);
    expect([...reachable().keys()].sort()).toEqual(Object.keys(HOLD_STATES).sort());
  });

  it('only a yes to its charge, or a person, makes it COMPLETED', () => {
    for (const state of HOLD_STATE_NAMES)
      for (const event of HOLD_EVENTS)
        if (state !== 'COMPLETED' && holdAfter(state, event) === 'COMPLETED')
          expect([state, event]).toSatisfy(
            ([from, on]) => (from === 'COMPLETING' && on === 'yes') || (from === 'UNCLEAR' && on === 'person-charged'),
          );
  });

  it('what nobody knows is left by a person alone', () => {
    for (const event of HOLD_EVENTS)
      if (!event.startsWith('person-')) expect(holdAfter('UNCLEAR', event)).toBe('UNCLEAR');
  });

  it('what is charged stays charged, and one command runs at a time', () => {
    for (const event of HOLD_EVENTS) expect(holdAfter('COMPLETED', event)).toBe('COMPLETED');
    for (const state of HOLD_STATE_NAMES)
      if (state !== 'HELD')
        for (const begun of ['completion-begun', 'cancellation-begun'] as const)
          expect('ignored' in HOLD_CELLS[state][begun]).toBe(true);
  });

  it('is over only when the terminal or a person has said so', () => {
    for (const state of HOLD_STATE_NAMES)
      for (const event of HOLD_EVENTS)
        if (!isHoldOver(state) && isHoldOver(holdAfter(state, event)))
          expect(['yes', 'no', 'person-gone', 'person-charged']).toContain(event);
  });
});
