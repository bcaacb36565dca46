import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultName, isFault } from './faults.ts';
import { World } from './world.ts';

const ALL: ReadonlySet<FaultName> = new Set(Object.keys(FAULTS).filter(isFault));
/** A morning got longer with the codes that customers scan; `npm run torture` takes thousands. */
const SEEDS = 20;

describe('the torture world', () => {
  it(`finds nothing wrong in ${SEEDS} mornings of bad luck`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { findings } = await new World(seed, { faults: ALL }).run();
      expect({ seed, findings }).toEqual({ seed, findings: [] });
    }
  }, 120_000);

  it('sells when nothing is wrong', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new World(seed, { faults: new Set() });
      const { findings, attempts } = await world.run();
      expect(findings).toEqual([]);
      expect(attempts).toBeGreaterThan(0);
      expect([...world.witness.durable.attempts.values()].map(({ state }) => state)).toEqual(
        Array.from({ length: attempts }, () => 'PAID'),
      );
    }
  });

  it('tells the same story again for the same seed', async () => {
    for (const seed of [3, 47, 211]) {
      const first = await new World(seed, { faults: ALL, tellsStory: true }).run();
      const again = await new World(seed, { faults: ALL, tellsStory: true }).run();
      expect(first.story.length).toBeGreaterThan(50);
      expect(again).toEqual(first);
    }
  }, 120_000);
});
