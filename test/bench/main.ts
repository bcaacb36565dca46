import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAppend } from './append.ts';
import { measureFleet } from './fleet.ts';
import { measureFramers } from './framers.ts';
import { measurePage } from './page.ts';
import { measureReceipts } from './receipts.ts';
import { misses, quantile, type Row, type Run, rowOf, tableOf } from './rows.ts';
import { measureSales, type SalesRun } from './sales.ts';
import { measureStatements } from './statements.ts';

// `npm run bench`: every published figure as a ratio to a floor that does the same physical work with no product code,
// both measured in turn within the same run. Exit code 1 when a limit is missed, 2 for wrong usage.

const USAGE = `usage: npm run bench -- [--json] [--runs N] [--samples N] [--profile DIR]

  --json         one array of rows on standard output
  --runs N       runs, the median of whose ratios counts (5)
  --samples N    of each side in each run (5000)
  --profile DIR  run the agent with --cpu-prof into DIR: to look, not to compare

Example:
  npm run bench -- --runs 1 --samples 500
`;

interface Options {
  readonly json: boolean;
  readonly runs: number;
  readonly samples: number;
  readonly profile: string | undefined;
}

function readOptions(args: string[]): Options | string {
  const number = { type: 'string' } as const;
  const options = {
    json: { type: 'boolean' },
    runs: number,
    samples: number,
    profile: number,
    help: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ args, options });
    const { json = false, runs = '5', samples = '5000', profile, help } = values;
    if (help) return '';
    if (![runs, samples].every((one) => /^[1-9]\d{0,6}$/.test(one))) return '--runs and --samples want whole numbers';
    return { json, runs: Number(runs), samples: Number(samples), profile };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

const compare = ({ ours, floor }: Run) =>
  [0.1, 0.5, 0.9, 0.99].map((q) => `${quantile(ours, q).toFixed(3)}/${quantile(floor, q).toFixed(3)}`).join(' ');

/** A folder of the disk that holds the program: a temporary folder may live in memory, where fdatasync costs nothing. */
function workFolder(): string {
  const reports = fileURLToPath(new URL('../../../.reports', import.meta.url));
  fs.mkdirSync(reports, { recursive: true });
  return fs.mkdtempSync(join(reports, 'bench-'));
}

async function measure({ runs, samples, profile }: Options): Promise<Row[]> {
  const appends: Run[] = [];
  const sales: SalesRun[] = [];
  const warmUp = Math.min(200, samples);
  for (let run = 1; run <= runs; run++) {
    const folder = workFolder();
    try {
      const append = await measureAppend(folder, samples, warmUp);
      say(`run ${run}/${runs} append, p10 p50 p90 p99 of agent/floor in ms: ${compare(append)}`);
      const agentNodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
      const sold = await measureSales({ folder, samples, warmUp, agentNodeOptions });
      say(`run ${run}/${runs} scan to request: ${compare(sold.request)}`);
      say(`run ${run}/${runs} scan to slip: ${compare(sold.slip)}`);
      appends.push(append);
      sales.push(sold);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  return [
    ...rowsOf(appends, sales),
    ...measureReceipts(runs, say),
    ...measureFramers(runs),
    ...(await measurePage(say)),
    ...(await measureFleet(say)),
    ...(await inFolder((folder) => measureStatements(folder, runs))),
  ];
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = workFolder();
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const SALE_FLOOR = 'the same pty, append, MQTT and printer bytes without product code';

function rowsOf(appends: readonly Run[], sales: readonly SalesRun[]): Row[] {
  const requests = sales.map(({ request }) => request);
  const slips = sales.map(({ slip }) => slip);
  const row = (name: string, baseline: string, quantile: number, limit: number, runs: readonly Run[]) =>
    rowOf({ name, baseline, quantile, limit }, runs);
  return [
    row('scan to request on the wire, p50', SALE_FLOOR, 0.5, 1.3, requests),
    row('scan to request on the wire, p99', SALE_FLOOR, 0.99, 2.5, requests),
    row('scan to paid to slip bytes at the printer, p50', SALE_FLOOR, 0.5, 1.3, slips),
    row('scan to paid to slip bytes at the printer, p99', SALE_FLOOR, 0.99, 2.5, slips),
    row('journal append, p50', 'bare write and fdatasync of as many bytes', 0.5, 1.5, appends),
    row('journal append, p99', 'bare write and fdatasync of as many bytes', 0.99, 2.5, appends),
  ];
}

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  if (options === '') process.stdout.write(USAGE);
  else process.stderr.write(`bench: ${options}\n\n${USAGE}`);
  process.exitCode = options === '' ? 0 : 2;
} else {
  const rows = await measure(options);
  process.stdout.write(options.json ? `${JSON.stringify(rows, undefined, 2)}\n` : tableOf(rows));
  process.exitCode = rows.some(misses) ? 1 : 0;
}
