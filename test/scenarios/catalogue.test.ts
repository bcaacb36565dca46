import { describe, expect, it } from 'vitest';
import { catalogue } from '../../simulator/scenarios/catalogue.ts';
import { storyOf } from '../../simulator/scenarios/report.ts';
import { playVirtually } from './play-virtually.ts';

describe('every story of the catalogue, in virtual time', () => {
  it.each(catalogue().map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const played = await playVirtually(scenario);
    expect(played.wrong, storyOf(played)).toEqual([]);
  });
});
