import { fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { curve, type Sample, slope } from '../agent/plug-cycles.ts';
import { SLOW_MS } from './guest/slow-machine.ts';

// What a plug leaves behind, with node-hid and the kernel's own drivers: nothing. A few plugs with every change; 1,000 in the
// night (`npm run test:hardware -- --cycles N`), and node-hid alone beside them. test/agent/serial-plug-cycles.heavy.test.ts
// makes 10,000 on a pty.

const PLUGS = Number(process.env['TILLWIRE_PLUG_CYCLES'] ?? 6);
const NODE_HID_ALONE = 'TILLWIRE_PLUG_CYCLES' in process.env ? ['closed', 'pulled'] : [];
/** From so many on growth can be told from what is still being compiled, and from the allocator's ups and downs. */
const ENOUGH = 300;
/** Two to five seconds on the emulated machine, when it is as busy as we have seen it. */
const PLUG_MS = 8_000;

/** Heap snapshots at 100, 200 and 300 plugs differ by what V8 compiled and by nothing else: it stays with its bytecode here. */
const WITHOUT_COMPILING = ['--expose-gc', '--no-opt', '--no-sparkplug'] as const;

interface Measured {
  readonly samples: readonly Sample[];
  readonly took: Readonly<Record<string, readonly number[]>>;
}

/** Runs one of the built programs in guest/ with its own heap. */
function measured(program: string, ...args: readonly string[]): Promise<Measured> {
  const file = fileURLToPath(new URL(`../../dist/test/hardware/guest/${program}.js`, import.meta.url));
  // a suite before this one may have asked for programs that start fast and run slowly (slow-machine.ts)
  const env = PLUGS < ENOUGH ? process.env : { ...process.env, NODE_OPTIONS: '' };
  const child = fork(file, args, { execArgv: [...WITHOUT_COMPILING], stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Measured));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
}

describe.runIf(process.env['TILLWIRE_VM'] === '1')(`${PLUGS} plugs leave nothing behind`, () => {
  it(
    'of a gun on hidraw, one on cdc_acm and a printer on usblp',
    async () => judge('hidraw, cdc_acm and usblp', await measured('plug-soak-process', String(PLUGS))),
    2 * SLOW_MS + PLUGS * PLUG_MS,
  );

  it.each(NODE_HID_ALONE)(
    'of node-hid alone, whose device is %s each time',
    async (way) => judge(`node-hid, ${way}`, await measured('node-hid-process', way, String(4 * PLUGS))),
    2 * SLOW_MS + PLUGS * PLUG_MS,
  );
});

/**
 * Flat is: as many open files and threads at the end as at the beginning; and of many plugs, in their second half, at most
 * 4 KiB of resident memory and half a KiB of heap for each, of three devices (the links' own figure on a pty is
 * 0.01 KiB). In the first half caches fill.
 */
function judge(what: string, { samples, took }: Measured): void {
  const growth = { rss: slope(samples, 'rssKb', 0.5), heap: slope(samples, 'heapKb', 0.5) };
  const [first, middle, last] = [samples[1], samples[samples.length >> 1], samples.at(-1)];
  const lines = [
    `${what}, MiB: ${curve(samples)}; growth of each in KiB: ${JSON.stringify(growth)}`,
    `  beginning, middle, end: ${JSON.stringify([first, middle, last])}`,
    ...Object.entries(took).map(([step, ms]) => `  ${step}: ${spread(ms)}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  expect(last?.files).toBe(first?.files);
  expect(last?.threads).toBe(first?.threads);
  if ((last?.cycle ?? 0) < ENOUGH) return;
  expect(growth.rss).toBeLessThan(4);
  expect(growth.heap).toBeLessThan(0.5);
}

function spread(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))];
  return `half within ${at(0.5)} ms, nine of ten within ${at(0.9)} ms, all within ${at(1)} ms`;
}
