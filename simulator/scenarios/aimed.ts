import type { SimulatedGun } from '../guns/gun.ts';

/** Whoever holds the gun tries again while it is switched off, as often as this. */
const TRIES = 15;
const AGAIN_MS = 200;

/** The gun is aimed at a code until it has read it: the till switches some guns on only when it waits for a code. */
export async function aimed(gun: SimulatedGun, code: string, pass: (ms: number) => Promise<void>): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { how } = await gun.scan(code);
    if (how !== 'disabled') return;
    await pass(AGAIN_MS);
  }
}
