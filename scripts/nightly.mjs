// `npm run test:nightly`: what takes too long for every change. The heavy tests with 1,000 kill -9 and 10,000 plug cycles, then
// 10,000 seeds of the torture world that no earlier night has seen, then every row of docs/mission.md switched off in turn (its
// test must be red), then the virtual machine: each repair taken out, and 1,000
// plug cycles of real drivers. Says first where tonight's seeds begin: `--seed N` replays one of them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './dist.mjs';
import { readArgs } from './usage.mjs';

readArgs(
  'usage: node scripts/nightly.mjs\n\nThe long suites of a night: heavy tests, 10,000 torture seeds, docs/mission.md switched off row by row, the virtual machine.\nTILLWIRE_DAY=N (days since 1970-01-01) repeats a night.\n',
);

const KILLS = 1_000;
const PLUG_CYCLES = 10_000;
const USB_PLUG_CYCLES = 1_000;
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
const heavy = run('test.mjs', ['heavy'], { TILLWIRE_KILLS: String(KILLS), TILLWIRE_PLUG_CYCLES: String(PLUG_CYCLES) });
const torture = run('torture.mjs', ['--seeds', String(SEEDS), '--seed', String(firstSeed)]);
const mission = run('mission.mjs', ['--both']);
const teeth = run('test-hardware.mjs', ['--teeth']);
const plugs = run('test-hardware.mjs', ['--cycles', String(USB_PLUG_CYCLES)]);
process.exitCode = [heavy, torture, mission, teeth, plugs].every((code) => code === 0) ? 0 : 1;
