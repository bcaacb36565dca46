import { register } from 'node:module';
import process from 'node:process';
import { CARD_STREAM, makeOf } from './card-make.ts';
import { Chance } from './chance.ts';
import { DAY_STREAM, dayOf } from './day.ts';
import { MUTATIONS, type Mutation, type MutationName } from './mutations.ts';
import { PAD_STREAM, padOf } from './pad-make.ts';

// One mutated agent in a process of its own: seeds from 1 on until something is noticed. Tells its parent which seed and
// which invariant; tells `undefined` when nothing was.

export interface Noticed {
  readonly seed: number;
  readonly invariant: string;
}

async function hunt(name: MutationName): Promise<Noticed | undefined> {
  const mutation: Mutation = MUTATIONS[name];
  register('./source-change.js', { parentURL: import.meta.url, data: mutation });
  const { World } = await import('./world.ts');
  const { FAULTS, isFault } = await import('./faults.ts');
  const faults = new Set(mutation.faults ?? Object.keys(FAULTS).filter(isFault));
  const isBlind = (seed: number) => {
    const chance = new Chance(seed);
    const day = dayOf(chance.stream(DAY_STREAM));
    const make = makeOf(chance.stream(CARD_STREAM), day);
    if (mutation.needsPad) return make?.takesCards !== true || !padOf(chance.stream(PAD_STREAM), day);
    return mutation.makes !== undefined && (!make || !mutation.makes.includes(make.name));
  };
  for (let seed = 1; seed <= mutation.within; seed++) {
    if (isBlind(seed)) continue;
    const { findings } = await new World(seed, { faults }).run();
    if (findings[0]) return { seed, invariant: findings[0].invariant };
  }
  return undefined;
}

const noticed = await hunt(process.argv[2] as MutationName);
process.send?.({ noticed });
process.disconnect?.();
