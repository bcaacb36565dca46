import type { Chance } from './chance.ts';
import {
  CARD_CRASH_POINTS,
  CRASH_POINTS,
  type CrashHow,
  type CrashPoint,
  type PlannedCrash,
  RARE_CARD_POINTS,
  RARE_POINTS,
} from './crash-points.ts';
import type { FaultName } from './faults.ts';
import { PAD_POINTS, RARE_PAD_POINTS } from './pad-points.ts';

type Points = readonly [CrashPoint, ...CrashPoint[]];
export const SCAN_POINTS: { readonly all: Points; readonly rare: Points } = { all: CRASH_POINTS, rare: RARE_POINTS };
export const CARD_POINTS = { all: CARD_CRASH_POINTS, rare: RARE_CARD_POINTS };
export const SIGNING_POINTS = { all: PAD_POINTS, rare: RARE_PAD_POINTS };

/** Half of the worlds in which the agent may die at all have it die at one or two named points. */
export function drawCrashes(
  chance: Chance,
  enabled: ReadonlyMap<FaultName, number>,
  points: typeof SCAN_POINTS,
): PlannedCrash[] {
  const hows: CrashHow[] = [];
  if (enabled.has('agent-killed')) hows.push('kill');
  if (enabled.has('power-cut')) hows.push('power-cut');
  const [first] = hows;
  if (!first || chance.happens(0.2)) return [];
  return Array.from({ length: chance.between(1, 4) }, () => {
    const rare = chance.happens(0.3);
    return {
      point: chance.pick(rare ? points.rare : points.all),
      nth: rare ? 1 : chance.pick([1, 1, 1, 2, 2, 3, 5]),
      how: chance.pick([first, ...hows]),
    };
  });
}
