import { PAD_PERSONALITIES, type PadPersonality } from '../../simulator/terminals/pad-personalities.ts';
import type { Chance } from './chance.ts';
import type { Day } from './day.ts';

/** The signature pad of a world: drawn once. */
export interface PadMake {
  readonly name: keyof typeof PAD_PERSONALITIES;
  readonly personality: PadPersonality;
  /** goes into the agent's configuration */
  readonly config: object;
}

/** of {@link Chance} */
export const PAD_STREAM = 'signature pad';
const NAMES = ['vx820-pad', 'bmp-240x120', 'mono-128x64'] as const;
/** Beside so many card terminals there is a pad. */
const SHARE = 0.8;
/** Customers and tills are in a hurry here: nobody waits a minute for a pad that only says that it lives. */
const HURRY = { replyMs: 500, signMs: 8_000, limitMs: 20_000 };

export function padOf(chance: Chance, day: Day): PadMake | undefined {
  return chance.happens(SHARE) || day === 'signing' ? drawPad(chance) : undefined;
}

function drawPad(chance: Chance): PadMake {
  const name = chance.pick(NAMES);
  const make: PadPersonality = PAD_PERSONALITIES[name];
  const { width, height, drawsCode } = make;
  const size = { width, height };
  const dialect = { ...HURRY, zone: size, picture: size, ground: drawsCode ? 'ours' : 'unknown' };
  return {
    name,
    personality: { ...make, signMs: chance.pick([300, 1_500, 3_000]), patienceMs: 6_000 },
    config: { path: '/pad', signs: chance.happens(0.9) ? 'always' : 'when-asked', dialect },
  };
}
