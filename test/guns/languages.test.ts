import { describe, expect, it } from 'vitest';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { MemoryCable } from './cable.ts';
import { Shift } from './shift.ts';

const CODES = ['130012345678901234', '281234567890123456', '6212345678901234567'];

describe('a gun of each personality and the decoder of its protocol', () => {
  it.each(Object.entries<GunPersonality>(GUN_PERSONALITIES))('%s', async (_, personality) => {
    const shift = new Shift(personality, new MemoryCable(), { seed: 1, chunkBytes: 3 });
    const texts: string[] = [];
    const noise: unknown[] = [];
    shift.onTold = (told) => {
      if (told.kind === 'text') texts.push(told.text);
      else if (told.kind === 'noise') noise.push(told);
    };
    if (shift.ear?.ssi) shift.take(shift.ear.ssi({ name: 'PARAM_SEND', data: [0xff, 0x8a, 0x00] }, 0));
    for (const code of CODES) {
      await shift.scan(code);
      await shift.pass(1_000);
    }
    expect(texts).toEqual(CODES);
    expect(noise.filter((one) => personality.protocol !== 'vguang' || !one)).toEqual([]);
  });
});
