import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { missionDocument } from './document.ts';
import { TEETH } from './teeth.ts';
import { titledTests } from './titles.ts';

// `node scripts/mission.mjs [ROW...]`: switches the behaviour of each row off and runs that row's tests, which must be red.
// `--both`: first as it is, which must be green. `--write`: docs/mission.md instead.

const root = process.cwd();
const args = process.argv.slice(2);

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
    const trouble = Object.hasOwn(TEETH, row) ? await troubleOf(row, both) : 'no such row';
    if (trouble !== undefined) loose += 1;
    say(`${row.padEnd(7)} ${trouble === undefined ? 'red' : 'LOOSE'}  ${trouble ?? TEETH[row]?.without}`);
  }
  say(`${rows.length - loose} of ${rows.length} rows: without it, its test is red`);
  return loose === 0 ? 0 : 1;
}

if (args.includes('--write')) writeFileSync(join(root, 'docs/mission.md'), missionDocument(titledTests(root)));
else {
  const rows = args.filter((arg) => !arg.startsWith('-'));
  process.exitCode = await bite(rows.length > 0 ? rows : Object.keys(TEETH), args.includes('--both'));
}
