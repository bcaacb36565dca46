import { describe, expect, it } from 'vitest';
import { showCode } from '../../../simulator/devices/phone.ts';
import { GUN_FAULTS, type GunFault } from '../../../simulator/faults/gun-faults.ts';
import {
  GUN_PERSONALITIES,
  type GunPersonality,
  type GunPersonalityName,
} from '../../../simulator/personalities/guns.ts';
import { LCG } from '../../seeded.ts';
import { grams, heardFrom, readInPieces, scrubbed, views } from './heard-gun.ts';

const NAMES = Object.keys(GUN_PERSONALITIES) as GunPersonalityName[];
const FAULTS = Object.keys(GUN_FAULTS) as GunFault[];

describe('a recorded gun whose bytes are torn, garbled, doubled, glued or lost', () => {
  it.each(NAMES)('%s: leaks no part of a code either', async (name) => {
    const personality: GunPersonality = GUN_PERSONALITIES[name];
    const dice = new LCG(NAMES.indexOf(name) + 1_000);
    const random = () => dice.below(1_000_000) / 1_000_000;
    const scans = FAULTS.flatMap((fault) =>
      (['wechat', 'alipay', 'emv', 'unionpay'] as const).map((wallet) => ({ code: showCode(wallet, random), fault })),
    );
    const heard = await heardFrom(personality, scans, random);
    const read = 'usb' in personality ? heard : readInPieces(heard, random);
    const recorded = scrubbed(personality, read, random);
    expect(recorded.map(({ at, bytes }) => [at, bytes.length])).toEqual(
      read.map(({ at, bytes }) => [at, bytes.length]),
    );
    const seen = views(recorded);
    for (const { code, fault } of scans)
      for (const gram of grams(code))
        expect(
          seen.some((view) => view.includes(gram)),
          `${fault}: ${gram}`,
        ).toBe(false);
  });
});
