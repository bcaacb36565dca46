import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { missionDocument } from './document.ts';
import { TEETH } from './teeth.ts';
import { titledTests } from './titles.ts';

const USAGE = `usage: node scripts/mission.mjs [--both] [ROW...]
       node scripts/mission.mjs --write

Switches the behaviour of each row of docs/mission.md off (all of them, or those named) and runs that row's tests, which must be
red. Takes about half a minute a row.

  --both   first as it is, which must be green
  --write  docs/mission.md instead

Ends 0 when every row bites, 1 when one does not, 2 on wrong usage.

Example:
  node scripts/mission.mjs --both 001-4
`;

const root = process.cwd();

/** Node loads this before the programs that a test starts. */
const REGISTER = pathToFileURL(join(root, 'dist/test/mission/register.js')).href;

function loader(row: string, isOn: boolean): { readonly NODE_OPTIONS?: string } {
  return isOn || TEETH[row]?.isSpawned !== true ? {} : { NODE_OPTIONS: `--import ${REGISTER}` };
}

/** How many of the row's tests ran, and how many failed, with its behaviour on or off. */
async function run(row: string, isOn: boolean): Promise<{ readonly ran: number; readonly failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-mission-'));
  const report = join(folder, 'report.json');
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/mission/vitest.config.ts'];
  try {
    const child = spawn(process.execPath, [...vitest, '--reporter=json', `--outputFile.json=${report}`], {
      cwd: root,
      env: { ...process.env, TILLWIRE_WITHOUT: isOn ? `${row}:on` : row, ...loader(row, isOn) },
      stdio: 'ignore',
    });
    await new Promise((resolve) => child.once('close', resolve));
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    return { ran: (numPassedTests ?? 0) + (numFailedTests ?? 0), failed: numFailedTests ?? 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with the proof of one row; nothing: it bites. */
async function troubleOf(row: string, both: boolean): Promise<string | undefined> {
  const on = both ? await run(row, true) : undefined;
  if (on && (on.ran === 0 || on.failed > 0)) return `as it is: ${on.failed} of ${on.ran} red`;
  const off = await run(row, false);
  if (off.ran === 0) return 'no test of it ran';
  return off.failed === 0 ? `switched off, all ${off.ran} stay green` : undefined;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function bite(rows: readonly string[], both: boolean): Promise<number> {
  let loose = 0;
  for (const row of rows) {
    const trouble = await troubleOf(row, both);
    if (trouble !== undefined) loose += 1;
    say(`${row.padEnd(7)} ${trouble === undefined ? 'red' : 'LOOSE'}  ${trouble ?? TEETH[row]?.without}`);
  }
  say(`${rows.length - loose} of ${rows.length} rows: without it, its test is red`);
  return loose === 0 ? 0 : 1;
}

interface Wish {
  readonly help: boolean;
  readonly write: boolean;
  readonly both: boolean;
  readonly rows: readonly string[];
}

/** Or why it is not understood. */
function readWish(): Wish | string {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      options: { help: flag, write: flag, both: flag },
      allowPositionals: true,
    });
    const unknown = positionals.find((row) => !Object.hasOwn(TEETH, row));
    if (unknown !== undefined) return `no such row: ${unknown}; there are ${Object.keys(TEETH).join(', ')}`;
    if (values.write && (values.both || positionals.length > 0)) return '--write stands alone';
    return { ...values, rows: positionals.length > 0 ? positionals : Object.keys(TEETH) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const wish = readWish();
if (typeof wish === 'string') {
  process.stderr.write(`${wish}\n\n${USAGE}`);
  process.exitCode = 2;
} else if (wish.help) process.stdout.write(USAGE);
else if (wish.write) writeFileSync(join(root, 'docs/mission.md'), missionDocument(titledTests(root)));
else process.exitCode = await bite(wish.rows, wish.both);
