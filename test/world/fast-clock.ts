import { type Clock, systemClock } from '../../agent/clock.ts';

/** A clock that runs so many times as fast: for who waits seconds for something that will never answer. */
export const fastClock = (times: number): Clock => ({
  now: () => systemClock.now(),
  mono: () => systemClock.mono() * times,
  after: (ms, run) => systemClock.after(ms / times, run),
});
