import { type Played, play } from '../../simulator/scenarios/play.ts';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { VirtualStage } from './virtual-stage.ts';

/** Plays a story in one process and in virtual time. */
export async function playVirtually(scenario: Scenario): Promise<Played> {
  const stage = new VirtualStage(scenario);
  await stage.open();
  return play(scenario, stage, stage.personality.profile.dots);
}
