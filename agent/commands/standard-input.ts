import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { Usage } from './api-client.ts';

/** A secret on one line. */
const LINE_LENGTH = 512;
/** A gun or a person that gives nothing for so long is not there. */
const WAIT_MS = 120_000;

/** The first line of standard input, without its end: how a secret comes in. Typed at a terminal it is not shown. */
export function firstLine(what: string): Promise<string> {
  const { isTTY } = process.stdin;
  return new Promise((resolve, reject) => {
    const lines = isTTY ? unseen() : createInterface({ input: process.stdin, terminal: false });
    // only now: what is typed before the terminal stops showing it stands on the screen
    if (isTTY) process.stderr.write(`${what} (not shown): `);
    const timer = setTimeout(() => finish(() => reject(new Usage(`no ${what} on standard input`))), WAIT_MS);
    const finish = (done: () => void) => {
      clearTimeout(timer);
      lines.removeAllListeners().close();
      process.stdin.pause();
      if (isTTY) process.stderr.write('\n');
      done();
    };
    lines.once('line', (line) =>
      finish(() => {
        const text = line.trim();
        if (text === '' || text.length > LINE_LENGTH) reject(new Usage(`${what}: one line of at most ${LINE_LENGTH}`));
        else resolve(text);
      }),
    );
    // Ctrl-C, which a terminal in raw mode does not turn into a signal
    lines.once('SIGINT', () => finish(() => process.kill(process.pid, 'SIGINT')));
    lines.once('close', () => finish(() => reject(new Usage(`no ${what} on standard input`))));
  });
}

/** A line with its editing keys, whose echo goes nowhere; no history keeps it. */
function unseen(): Interface {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
}
