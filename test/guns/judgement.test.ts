import { describe, expect, it } from 'vitest';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { MemoryCable } from './cable.ts';
import { Judgement, NOT_FOR_THE_TILL } from './judgement.ts';

describe('codes with faults by chance', () => {
  it.each(Object.entries<GunPersonality>(GUN_PERSONALITIES))('%s', async (_, personality) => {
    const verdict = await new Judgement(personality, new MemoryCable(), { scans: 400, seed: 7 }).run();
    expect(verdict.complaints).toEqual([]);
    expect(verdict.good).toBeGreaterThan(370);
  });

  const known = Object.entries<GunPersonality>(GUN_PERSONALITIES).filter(([name]) => !NOT_FOR_THE_TILL.has(name));

  it.each(known)("%s, read by the till's own gun", async (_, personality) => {
    const terms = { scans: 400, seed: 8, listener: 'till' } as const;
    const verdict = await new Judgement(personality, new MemoryCable(), terms).run();
    expect(verdict.complaints).toEqual([]);
    expect(verdict.good).toBeGreaterThan(370);
  });
});
