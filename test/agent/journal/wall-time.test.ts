import { assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { WallTime } from '../../../agent/journal/wall-time.ts';

it('says every moment as Date does, also when the clock is set back or jumps a day', () => {
  const wallTime = new WallTime();
  const moments = integer({ min: 0, max: 4_102_444_800_000 });
  assert(
    property(moments, integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }), (ms, jump) => {
      for (const at of [ms, ms + 1, Math.max(0, ms + jump), ms - (ms % 86_400_000), ms])
        expect(wallTime.text(at)).toBe(new Date(at).toISOString());
    }),
    { numRuns: 2_000 },
  );
});
