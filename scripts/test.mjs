// `npm test`: types, lint, floors, then the quick tests; `npm run test:heavy` the long ones. Says what it does while it
// does it, names every real component that is missing, and ends with one line `N passed, N failed`: checks and tests
// together. TILLWIRE_REQUIRE=all makes a missing component or a skipped test a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { compile, fail, hasBuildTools, root } from './dist.mjs';
import { readArgs } from './usage.mjs';

const node = process.execPath;
const modules = join(root, 'node_modules');
const requireAll = process.env.TILLWIRE_REQUIRE === 'all';
const count = { passed: 0, failed: 0 };

/** Runs one program to its end. Its output is kept and shown only when `quiet` and something is wrong. */
function runProgram(args, quiet) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 1, 2] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: `${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function report(title, ok, from, output = '') {
  count[ok ? 'passed' : 'failed'] += 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
  if (!ok && output !== '') console.log(output.trimEnd());
}

function checkTypes() {
  const from = performance.now();
  const ok = compile();
  report('types', ok, from);
  return ok;
}

async function check(title, args) {
  const from = performance.now();
  const { code, output } = await runProgram(args, true);
  report(title, code === 0, from, output);
}

async function checkStyle() {
  const lint = check('lint', [join(modules, 'oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings']);
  const format = check('format', [join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'check', '.']);
  await Promise.all([lint, format]);
  await check('floors', [join(root, 'scripts', 'check-floors.mjs')]);
}

/** Counts a vitest JSON report. A file that broke before its first test, and an error outside every test, are failures. */
function countTests(results, code) {
  count.passed += results.numPassedTests;
  const broken = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = results.numFailedTests + broken.length;
  count.failed += failed;
  if (failed === 0 && code !== 0) count.failed += 1;
  const skipped = results.numPendingTests + results.numTodoTests;
  if (skipped > 0) console.log(`${requireAll ? 'FAILED' : 'note  '} ${skipped} tests skipped`);
  if (requireAll) count.failed += skipped;
}

async function runTests(project) {
  const file = join(root, '.reports', `${project}.json`);
  mkdirSync(join(root, '.reports'), { recursive: true });
  rmSync(file, { force: true });
  // `heavy-alone` is the part of `heavy` that must not be disturbed
  const projects = project === 'heavy' ? ['heavy', 'heavy-alone'] : [project];
  const vitest = [join(modules, 'vitest', 'vitest.mjs'), 'run', ...projects.flatMap((name) => ['--project', name])];
  const { code } = await runProgram([...vitest, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  if (existsSync(file)) countTests(JSON.parse(readFileSync(file, 'utf8')), code);
  else count.failed += 1;
}

/** One line for each real component that is not on this machine. */
async function nameMissing() {
  const { everythingMissing } = await import(pathToFileURL(join(root, 'dist', 'test', 'components.js')).href);
  for (const line of everythingMissing()) {
    console.log(`${requireAll ? 'FAILED' : 'skipped'} ${line}`);
    if (requireAll) count.failed += 1;
  }
}

/** The tests of one project are recognised by their names; a project without any has nothing to run. */
function hasTests(project) {
  return readdirSync(join(root, 'test'), { recursive: true }).some((name) => name.endsWith(`.${project}.test.ts`));
}

const USAGE = `usage: node scripts/test.mjs [quick|heavy|hardware]

quick (npm test): types, lint, format, floors and the quick tests. heavy (npm run test:heavy): the long ones.
TILLWIRE_REQUIRE=all makes a missing program or a skipped test a failure. Ends 1 when something failed.
`;
const [project = 'quick'] = readArgs(USAGE, { most: 1 }).positionals;
if (!['quick', 'heavy', 'hardware'].includes(project)) {
  process.stderr.write(`no such tests: ${project}\n\n${USAGE}`);
  process.exit(2);
}
if (!hasBuildTools()) fail('the build and test tools are not installed; run `npm ci --include=dev`.');
if (project !== 'quick' && !hasTests(project)) {
  console.error(`there are no ${project} tests (test/**/*.${project}.test.ts)`);
  process.exit(2);
}
if (checkTypes()) {
  if (project === 'quick') await checkStyle();
  await runTests(project);
  await nameMissing();
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;
