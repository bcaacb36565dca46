import type { VirtualClock } from '../../simulator/world/clock.ts';

/** Lets every promise that can settle settle. Holds as long as nothing in the world waits for real I/O. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets `ms` pass in the virtual world: each thing that falls due happens, and all that follows from it, before the next. */
export async function pass(clock: VirtualClock, ms: number): Promise<void> {
  const until = clock.mono() + ms;
  await settled();
  for (let due = clock.nextDue; due !== undefined && due <= until; due = clock.nextDue) {
    clock.advanceTo(due);
    await settled();
  }
  clock.advanceTo(until);
}

/** Lets time pass until something is so; fails with its name after `deadlineMs` of virtual time. */
export async function passUntil(
  clock: VirtualClock,
  what: string,
  isSo: () => boolean,
  deadlineMs: number,
): Promise<void> {
  const until = clock.mono() + deadlineMs;
  await settled();
  while (!isSo()) {
    const due = clock.nextDue;
    if (due === undefined || due > until) throw new Error(`not so after ${deadlineMs} virtual ms: ${what}`);
    clock.advanceTo(due);
    await settled();
  }
}
