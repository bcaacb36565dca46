import { beforeEach, describe, expect, it } from 'vitest';
import { Approvals } from '../../../agent/people/approvals.ts';
import type { Person } from '../../../agent/people/people-desk.ts';
import { type SessionEnd, Sessions } from '../../../agent/people/sessions.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';

const MINUTE = 60_000;
const LI: Person = { personId: 'li', name: '小李', role: 'clerk' };
const WANG: Person = { personId: 'wang', name: '王店长', role: 'manager' };

describe('a session', () => {
  let clock: VirtualClock;
  let over: SessionEnd[];
  let sessions: Sessions;
  beforeEach(() => {
    clock = new VirtualClock(0);
    over = [];
    const onOver = (_session: unknown, how: SessionEnd) => void over.push(how);
    sessions = new Sessions({ clock, idleMs: 5 * MINUTE, shiftMs: 12 * 60 * MINUTE, onOver });
  });

  it('[002-12] ends when nothing was done for five minutes; looking is not doing', () => {
    const { token, session } = sessions.open(LI, false);
    clock.advance(4 * MINUTE);
    expect(sessions.callerOf(token)).toMatchObject({ personId: 'li', scopes: ['read', 'collect', 'refund'] });
    sessions.acted(session.id);
    clock.advance(4 * MINUTE);
    expect(sessions.callerOf(token)).toBeDefined();
    clock.advance(MINUTE);
    expect(sessions.callerOf(token)).toBeUndefined();
    expect(over).toEqual(['idle']);
  });

  it('ends behind a working day, however busy it was', () => {
    const { token, session } = sessions.open(LI, false);
    for (let minute = 0; minute < 12 * 60; minute += 1) {
      sessions.acted(session.id);
      clock.advance(MINUTE);
    }
    expect(sessions.callerOf(token)).toBeUndefined();
    expect(over).toEqual(['shift']);
  });

  it('tells whoever watches, once, and not whoever called it off', () => {
    const { session } = sessions.open(LI, false);
    const told: string[] = [];
    sessions.whenOver(session.id, () => told.push('a'));
    sessions.whenOver(session.id, () => told.push('b'))();
    sessions.end(session.id, 'asked');
    sessions.end(session.id, 'asked');
    expect(told).toEqual(['a']);
    expect(over).toEqual(['asked']);
  });

  it('in which a PIN must be chosen first allows nothing', () => {
    const { token } = sessions.open(WANG, true);
    expect(sessions.callerOf(token)?.scopes).toEqual([]);
  });

  it('of another person goes on when one gets a new PIN', () => {
    const tokens = [sessions.open(LI, false), sessions.open(WANG, false), sessions.open(LI, false)].map(
      (one) => one.token,
    );
    sessions.endAll('li', 'pin-changed');
    expect(tokens.map((token) => sessions.callerOf(token)?.personId)).toEqual([undefined, 'wang', undefined]);
  });

  it('gives way to newer ones when nobody ever signs out', () => {
    const tokens = Array.from({ length: 17 }, () => sessions.open(LI, false).token);
    expect(sessions.callerOf(tokens[0] ?? '')).toBeUndefined();
    expect(sessions.callerOf(tokens[1] ?? '')).toBeDefined();
    expect(over).toEqual(['too-many']);
  });
});

describe('an approval', () => {
  const WISH = { kind: 'refund', subject: 'R-1', session: 's' } as const;
  const given = (clock: VirtualClock) => {
    const approvals = new Approvals(clock);
    return { approvals, token: approvals.give({ ...WISH, approver: WANG }) };
  };

  it('dies after a minute', () => {
    const clock = new VirtualClock(0);
    const { approvals, token } = given(clock);
    clock.advance(MINUTE + 1);
    expect(approvals.use(token, WISH, 'k')).toBeUndefined();
  });

  it('once used stands for repetitions of the same wish, for ten minutes, and for no other', () => {
    const clock = new VirtualClock(0);
    const { approvals, token } = given(clock);
    clock.advance(MINUTE - 1);
    expect(approvals.use(token, WISH, 'k')).toBe(WANG);
    expect(approvals.use(token, WISH, 'other')).toBeUndefined();
    clock.advance(9 * MINUTE);
    expect(approvals.use(token, WISH, 'k')).toBe(WANG);
    clock.advance(2 * MINUTE);
    expect(approvals.use(token, WISH, 'k')).toBeUndefined();
  });

  it.each([
    ['another kind', { ...WISH, kind: 'resolve' as const }],
    ['another refund', { ...WISH, subject: 'R-2' }],
    ['another session', { ...WISH, session: 't' }],
  ])('is no good for %s, and is not used up by it', (_what, wish) => {
    const clock = new VirtualClock(0);
    const { approvals, token } = given(clock);
    expect(approvals.use(token, wish, 'k')).toBeUndefined();
    expect(approvals.use(token, WISH, 'k')).toBe(WANG);
  });
});
