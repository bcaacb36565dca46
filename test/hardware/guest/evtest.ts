import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const KEYS: Readonly<Record<string, string>> = { KEY_ENTER: '\n' };
const DEADLINE_MS = 20_000;

/** What `evtest`, which knows nothing of this project, reads of the keyboard with this product name, up to its Enter. */
export async function keysHeard(product: string, press: () => Promise<void>): Promise<string> {
  const evtest = spawn('evtest', [eventNode(product)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    return await new Promise<string>((resolve, reject) => {
      let heard = '';
      setTimeout(() => reject(new Error(`evtest heard only ${JSON.stringify(heard)}`)), DEADLINE_MS).unref();
      evtest.once('error', reject);
      createInterface({ input: evtest.stdout }).on('line', (line) => {
        if (line.startsWith('Testing')) press().catch(reject);
        const key = /EV_KEY.*\((KEY_\w+)\), value 1$/.exec(line)?.[1];
        if (key === undefined) return;
        heard += KEYS[key] ?? key.replace('KEY_', '');
        if (key === 'KEY_ENTER') resolve(heard);
      });
    });
  } finally {
    evtest.kill();
  }
}

function eventNode(product: string): string {
  const named = readdirSync('/sys/class/input').filter(
    (name) => name.startsWith('event') && nameOf(name).includes(product),
  );
  if (named[0] === undefined) throw new Error(`no keyboard ${product}`);
  return `/dev/input/${named[0]}`;
}

function nameOf(event: string): string {
  return readFileSync(`/sys/class/input/${event}/device/name`, 'utf8').trim();
}
