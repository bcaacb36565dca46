// `npm run test:nightly`: what takes too long for every change. The heavy tests with 1,000 kill -9, then 10,000 seeds of the
// torture world that no earlier night has seen. Says first where tonight's seeds begin: `--seed N` replays one of them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './dist.mjs';

const KILLS = 1_000;
const SEEDS = 10_000;
const DAY_MS = 86_400_000;

/** Each day has seeds of its own; TILLWIRE_DAY (days since 1970) repeats the night of another one. */
const day = Number(process.env.TILLWIRE_DAY ?? Math.floor(Date.now() / DAY_MS));
if (!Number.isInteger(day) || day < 0) {
  console.error('TILLWIRE_DAY wants a number of days since 1970-01-01');
  process.exit(2);
}
const firstSeed = day * SEEDS;

function run(script, args, env = {}) {
  console.log(`\n== ${script} ${args.join(' ')}`);
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } };
  return spawnSync(process.execPath, [join(root, 'scripts', script), ...args], options).status ?? 1;
}

console.log(`night of day ${day}: torture seeds ${firstSeed} to ${firstSeed + SEEDS - 1}`);
const heavy = run('test.mjs', ['heavy'], { TILLWIRE_KILLS: String(KILLS) });
const torture = run('torture.mjs', ['--seeds', String(SEEDS), '--seed', String(firstSeed)]);
process.exitCode = heavy === 0 && torture === 0 ? 0 : 1;
