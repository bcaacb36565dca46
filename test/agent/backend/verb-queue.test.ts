import { expect, it } from 'vitest';
import { VerbQueue } from '../../../agent/backend/verb-queue.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';
import { pass } from '../../world/pass.ts';

it.each(['add', 'begin'] as const)(
  '%s: work that throws at once is begun again, and what waits goes on',
  async (way) => {
    const clock = new VirtualClock(0);
    const errors: object[] = [];
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: (fields: object) => void errors.push(fields) };
    const queue = new VerbQueue({ clock, log });
    const done: string[] = [];
    let left = 2;
    queue[way]({ id: 'A' }, () => {
      if (left-- > 0) throw new Error('no turn at the counter');
      done.push('A');
      return Promise.resolve();
    });
    queue.add({ id: 'B' }, () => Promise.resolve(void done.push('B')));
    await pass(clock, 10_000);
    expect(done).toEqual(['B', 'A']);
    expect(errors).toMatchObject([{ id: 'A' }, { id: 'A' }]);
  },
);
