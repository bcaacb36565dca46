import { createInterface } from 'node:readline';

// The person at a simulated device: types orders, and ends it.

/** Ctrl-C, a kill, or a terminal window that is closed: resolves with the name of the signal. */
export function ended(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });
}

/**
 * Hears each order that is typed, until Ctrl-C, a kill, or `quit`. The end of standard input says nothing: it may never have
 * been a person.
 */
export async function untilStopped(hear: (order: string) => void): Promise<void> {
  const hands = createInterface({ input: process.stdin });
  const quit = new Promise<void>((resolve) => {
    hands.on('line', (line) => {
      const order = line.trim();
      if (order === 'quit') resolve();
      else if (order !== '') hear(order);
    });
  });
  await Promise.race([quit, ended()]);
  hands.close();
  process.stdin.pause();
}
