import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, type Lockout, lockedFor, TRIES, triesLeft } from '../../../agent/people/lockout.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What a thief gets who guesses whenever it is allowed, from `from` on for `ms`. */
function guesses(from: number, ms: number, start: Lockout = { failures: 0 }): number {
  let lockout = start;
  let now = from;
  let count = 0;
  while (now < from + ms) {
    const wait = lockedFor(lockout, now);
    if (wait > 0) now += wait;
    else {
      lockout = failed(lockout, now);
      count += 1;
    }
  }
  return count;
}

describe('a thief who never tires', () => {
  it('has four guesses, then waits a minute, five, fifteen, an hour, four hours, again and again', () => {
    let lockout: Lockout = { failures: 0 };
    const waits: number[] = [];
    for (let at = 0; at < 11; at += 1) {
      lockout = failed(lockout, 0);
      waits.push(lockedFor(lockout, 0) / MINUTE);
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 5, 15, 60, 240, 240, 240]);
  });

  it('gets some ten guesses on a day, and a chance of one in a hundred in five years', () => {
    expect(guesses(0, DAY)).toBeLessThanOrEqual(14);
    expect(guesses(0, 5 * 365 * DAY)).toBeLessThan(1_000_000 / 80);
  });

  it('is told how many tries are left', () => {
    expect(triesLeft({ failures: 0 })).toBe(TRIES);
    expect(triesLeft({ failures: 9 })).toBe(0);
  });
});

describe('a clock that is set', () => {
  it('back does not lock for longer than it was meant', () => {
    assert(
      property(integer({ min: 0, max: 2e12 }), integer({ min: 0, max: 2e12 }), (then, now) => {
        const locked = failed({ failures: TRIES }, then);
        expect(lockedFor(locked, now)).toBeLessThanOrEqual(5 * MINUTE);
      }),
    );
  });
});
