import { createInterface } from 'node:readline';

// The person at a simulated device: types orders, and ends it.

/**
 * Ctrl-C, a kill, a terminal window that is closed, or the end of the program that started this one with a channel: resolves
 * with the signal's name, or with `disconnect`.
 */
export function ended(): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
    // whoever started it may be gone before it is up: false then, and undefined without a channel
    const { connected } = process as { readonly connected?: boolean };
    if (connected === false) resolve('disconnect');
    if (!process.channel) return;
    process.once('disconnect', () => resolve('disconnect'));
    // listening to the channel alone keeps no program up that was told to quit
    process.channel.unref();
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
