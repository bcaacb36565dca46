import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCrew } from './crew.ts';
import { FAULTS, type FaultName, isFault } from './faults.ts';
import { INVARIANTS } from './judge.ts';
import { count, emptyTally, type Report, reportOf, reportText, type Tally, type Violation } from './report.ts';
import { storyTable } from './story.ts';
import { World } from './world.ts';

// `npm run torture`: random faults in virtual time against the invariants.

const DEFAULT_SEEDS = 500;
const MOST_SEEDS = 1_000_000;
/** Chance takes 32 bits: with the most seeds behind it, none comes twice. */
const LAST_SEED = 2 ** 32 - 1 - MOST_SEEDS;
/** A run this long has to meet every fault, every crash point and every decided cell. */
const COMPLETE_FROM = 5_000;
/** Seeds whose story is told; the others are named. */
const STORIES_TOLD = 10;

const HELP = `usage: npm run torture -- [--seeds N] [--seed S] [--faults all|NAME,...] [--json]

Runs the real agent and the simulated shop in one process under virtual time, breaks what can break, and judges.
  --seeds N    how many seeds (default ${DEFAULT_SEEDS})
  --seed S     alone: replays this seed and prints its story; with --seeds: the first of N
  --faults     which faults may happen (default all)
  --json       one JSON value: {seeds, attempts, faults, virtualHours, wallSeconds, violations, hits, ...}
Exit code 1 on a violation, and with ${COMPLETE_FROM} seeds or more when a fault, crash point or cell was never met.

Faults:
${Object.entries(FAULTS)
  .map(([name, what]) => `  ${name.padEnd(24)} ${what}`)
  .join('\n')}

Example:
  npm run torture -- --seeds 2000 --faults power-cut,disk-full
`;

interface Options {
  readonly seeds: number | undefined;
  readonly seed: number | undefined;
  readonly faults: ReadonlySet<FaultName>;
  readonly json: boolean;
}

class UsageError extends Error {}

function readOptions(): Options | 'help' {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      faults: { type: 'string', default: 'all' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    seeds: wholeNumber('seeds', values.seeds, 1, MOST_SEEDS),
    seed: wholeNumber('seed', values.seed, 0, LAST_SEED),
    faults: faultsOf(values.faults),
    json: values.json,
  };
}

function wholeNumber(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} ${text}: a whole number from ${least} to ${most}`);
}

function faultsOf(text: string): ReadonlySet<FaultName> {
  const names = text === 'all' ? Object.keys(FAULTS) : text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isFault(name));
  if (unknown.length > 0) throw new UsageError(`no such fault: ${unknown.join(', ')}`);
  return new Set(names.filter(isFault));
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const from = performance.now();
  const alone = options.seed !== undefined && options.seeds === undefined;
  const tally = alone ? await one(options.seed ?? 1, options) : await many(options);
  const violations = await tellStories(tally, options.faults);
  const report = reportOf(tally, options.faults, violations, (performance.now() - from) / 1000);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (!alone) process.stdout.write(reportText(report));
  return isGood(report) ? 0 : 1;
}

/** Replays a seed and prints its story. */
async function one(seed: number, { faults, json }: Options): Promise<Tally> {
  const tally = emptyTally();
  const outcome = await new World(seed, { faults, tellsStory: true }).run();
  count(tally, outcome);
  if (!json) {
    process.stdout.write(storyTable(outcome.story));
    for (const { invariant, detail, t } of outcome.findings)
      process.stdout.write(`\n${(t / 1000).toFixed(3)} s: ${invariant} (${INVARIANTS[invariant]})\n  ${detail}\n`);
    if (outcome.findings.length === 0) process.stdout.write('\nno violation\n');
  }
  return tally;
}

async function many({ seeds = DEFAULT_SEEDS, seed = 1, faults }: Options): Promise<Tally> {
  let told = performance.now();
  return runCrew(seed, seeds, faults, ({ seeds: done, findings }) => {
    if (performance.now() - told < 2_000) return;
    told = performance.now();
    process.stderr.write(`${done} of ${seeds} seeds, ${findings.length} violations\n`);
  });
}

/** Every violation is replayed with its story; a seed that does not give the same again is itself a violation. */
async function tellStories(tally: Tally, faults: ReadonlySet<FaultName>): Promise<Violation[]> {
  const violations: Violation[] = [];
  const seeds = [...new Set(tally.findings.map(({ seed }) => seed))];
  for (const [index, seed] of seeds.entries()) {
    const found = tally.findings.filter((finding) => finding.seed === seed);
    const replay = index < STORIES_TOLD ? await new World(seed, { faults, tellsStory: true }).run() : undefined;
    const story = replay?.story ?? [];
    for (const { invariant, detail } of found) violations.push({ seed, invariant, detail, story });
    const again = replay?.findings.map((finding) => ({ seed, ...finding })) ?? found;
    if (JSON.stringify(again) !== JSON.stringify(found))
      violations.push({
        seed,
        invariant: 'replay-differs',
        detail: `${again.length} violations the second time`,
        story,
      });
  }
  return violations;
}

function isGood({ seeds, violations, neverMet }: Report): boolean {
  return violations.length === 0 && (seeds < COMPLETE_FROM || neverMet.length === 0);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const wrongUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${wrongUsage ? error.message : error.stack}\n`);
  process.exitCode = wrongUsage ? 2 : 1;
}
