import { createInterface } from 'node:readline';
import { Usage } from './api-client.ts';

/** A secret on one line. */
const LINE_LENGTH = 512;
/** A gun or a person that gives nothing for so long is not there. */
const WAIT_MS = 120_000;

/** The first line of standard input, without its end: how a secret comes in. */
export function firstLine(what: string): Promise<string> {
  if (process.stdin.isTTY) console.error(`${what}:`);
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: process.stdin, terminal: false });
    const timer = setTimeout(() => finish(() => reject(new Usage(`no ${what} on standard input`))), WAIT_MS);
    const finish = (done: () => void) => {
      clearTimeout(timer);
      lines.removeAllListeners().close();
      process.stdin.pause();
      done();
    };
    lines.once('line', (line) =>
      finish(() => {
        const text = line.trim();
        if (text === '' || text.length > LINE_LENGTH) reject(new Usage(`${what}: one line of at most ${LINE_LENGTH}`));
        else resolve(text);
      }),
    );
    lines.once('close', () => finish(() => reject(new Usage(`no ${what} on standard input`))));
  });
}
