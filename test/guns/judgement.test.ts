import { describe, expect, it } from 'vitest';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { MemoryCable } from './cable.ts';
import { Judgement } from './judgement.ts';

describe('codes with faults by chance', () => {
  it.each(Object.entries<GunPersonality>(GUN_PERSONALITIES))('%s', async (_, personality) => {
    const verdict = await new Judgement(personality, new MemoryCable(), { scans: 400, seed: 7 }).run();
    expect(verdict.complaints).toEqual([]);
    expect(verdict.good).toBeGreaterThan(370);
  });
});
