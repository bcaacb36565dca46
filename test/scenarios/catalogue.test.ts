import { describe, expect, it } from 'vitest';
import { catalogue } from '../../simulator/scenarios/catalogue.ts';
import { play } from '../../simulator/scenarios/play.ts';
import { storyOf } from '../../simulator/scenarios/report.ts';
import { VirtualStage } from './virtual-stage.ts';

describe('every story of the catalogue, in virtual time', () => {
  it.each(catalogue().map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const stage = new VirtualStage(scenario);
    await stage.open();
    const played = await play(scenario, stage, stage.personality.profile.dots);
    expect(played.wrong, storyOf(played)).toEqual([]);
  });
});
