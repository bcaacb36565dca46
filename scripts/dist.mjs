// Builds dist/ when it is absent or older than a source: for `npm ci` (prepare.mjs), `npm start`, `npm run vectors` and
// `npm test`. Everything it says goes to standard error: standard output belongs to the program that is started afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
/** Written after a good build: the list of its sources. Its time is the moment that build began. */
const stamp = join(dist, '.built.json');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const vite = join(root, 'node_modules', 'vite', 'package.json');
/** The clerk's page: it is written last, so that a build that broke off is no build. */
const page = join(dist, 'web', 'index.html');
const FLOORS = ['protocols', 'agent', 'simulator', 'bin', 'test'];
const SETTINGS = ['package.json', 'tsconfig.json', 'tsconfig.base.json'];

/** One line to standard error. */
export function say(text) {
  process.stderr.write(`tillwire: ${text}\n`);
}

export function hasBuildTools() {
  return existsSync(tsc) && existsSync(vite);
}

function sources() {
  const inFloors = FLOORS.flatMap((floor) =>
    readdirSync(join(root, floor), { recursive: true })
      .filter((name) => /\.(tsx?|css|html|svg)$|tsconfig\.json$/.test(name))
      .map((name) => join(floor, name)),
  );
  return [...SETTINGS, ...inFloors].sort();
}

function isStale() {
  if (!existsSync(stamp) || !existsSync(page)) return true;
  const builtAt = statSync(stamp).mtimeMs;
  const names = sources();
  if (readFileSync(stamp, 'utf8') !== JSON.stringify(names)) return true;
  return names.some((name) => statSync(join(root, name)).mtimeMs > builtAt);
}

/** Runs the compiler whatever the state of dist/, then builds the page. True when nothing was wrong. */
export function compile(...options) {
  const names = sources();
  const startedAt = new Date();
  if (!succeeds(tsc, '-b', ...options) || !succeeds(join(root, 'scripts', 'build-web.mjs'))) return false;
  mkdirSync(dist, { recursive: true });
  writeFileSync(stamp, JSON.stringify(names));
  utimesSync(stamp, startedAt, startedAt);
  return true;
}

function succeeds(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

/** The same, then the end. */
export function fail(text) {
  say(text);
  process.exit(1);
}

/** Leaves a fresh dist/ with `program` in it behind, or ends the process with 1 and one line that says what to do. */
export function ensureBuilt(program) {
  const absent = !existsSync(join(dist, program));
  if (!absent && !isStale()) return;
  if (!hasBuildTools()) {
    fail('dist/ is absent or older than the sources, and the compiler is not installed; run `npm ci --include=dev`.');
  }
  say(absent ? 'building (only the first time) ...' : 'the sources changed; building ...');
  const from = performance.now();
  // The compiler trusts its own notes and does not see that an output file was deleted; --force makes it write all.
  if (!compile(...(absent && existsSync(dist) ? ['--force'] : []))) fail('the build failed, see above.');
  if (!existsSync(join(dist, program))) fail(`there is no source for dist/${program}.`);
  say(`built in ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

/**
 * Runs a built program in this very process, so that arguments, standard streams, signals and exit code need no
 * forwarding.
 */
export async function run(program) {
  ensureBuilt(program);
  process.argv[1] = join(dist, program);
  await import(pathToFileURL(process.argv[1]).href);
}
