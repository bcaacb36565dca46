import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fetchKernel, type Kernel } from './debian.ts';
import { writeInitramfs } from './initramfs.ts';
import { runInMachine } from './machine.ts';
import { findTools, type Tools, updateLists } from './tools.ts';

// `npm run test:hardware`: the suites test/hardware/*.hardware.test.ts in a small virtual machine with Debian's kernel, so
// that the agent meets the drivers that a shop has. Ends with one line `N passed, N failed`.

/** Boot and suites take about a minute on two quiet cores. */
const DEADLINE_MS = 5 * 60_000;

const USAGE = `usage: npm run test:hardware -- [NAME...]

  NAME   only the test files whose path contains it

Boots a Debian kernel in QEMU (software emulation) and runs test/hardware/*.hardware.test.ts there, against the kernel's own
USB, HID and serial drivers. Fetches kernel and emulator as Debian packages; nothing is written outside of the cache folder
($XDG_CACHE_HOME/tillwire) and .reports/hardware, where the guest's artefacts are.

Example:
  npm run test:hardware -- scanner
`;

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const from = performance.now();

function say(line: string): void {
  process.stdout.write(`${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
}

/** The part of vitest's JSON report that is counted. */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

async function main(names: readonly string[]): Promise<{ passed: number; failed: number }> {
  const tools = findTools(say);
  if (typeof tools === 'string') return skipped(tools);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tillwire');
  mkdirSync(cache, { recursive: true });
  const kernel = await kernelIn(cache);
  if (typeof kernel === 'string') return skipped(kernel);
  const out = join(root, '.reports', 'hardware');
  const code = await boot(tools, kernel, cache, out, names);
  say(code === undefined ? 'the virtual machine ended without a result' : `the guest's exit code is ${code}`);
  return { ...counted(join(out, 'report.json'), code) };
}

async function kernelIn(cache: string): Promise<Kernel | string> {
  try {
    return await fetchKernel(cache).catch(() => {
      updateLists();
      return fetchKernel(cache);
    });
  } catch (error) {
    return `no kernel: ${String(error)}`;
  }
}

function skipped(why: string): { passed: number; failed: number } {
  const required = process.env['TILLWIRE_REQUIRE'] === 'all';
  process.stdout.write(`${required ? 'FAILED ' : 'skipped'} the tests against real drivers: ${why}\n`);
  return { passed: 0, failed: required ? 1 : 0 };
}

async function boot(
  { qemu, busybox }: Tools,
  kernel: Kernel,
  cache: string,
  out: string,
  names: readonly string[],
): Promise<number | undefined> {
  const initramfs = join(cache, `initramfs-${kernel.version}-${process.pid}.cpio`);
  const init = join(root, 'test', 'hardware', 'stage', 'init.sh');
  const modules = writeInitramfs(initramfs, kernel, busybox, init);
  say(`Linux ${kernel.version} with ${modules.length} modules starts in QEMU`);
  return runInMachine({
    qemu,
    kernel,
    initramfs,
    project: root,
    out,
    command: commandFor(names),
    deadlineMs: DEADLINE_MS,
    console: say,
  });
}

/** One after the other, in one process: the emulated machine is slow, and they share its devices. */
function commandFor(names: readonly string[]): string {
  const vitest = 'node_modules/vitest/vitest.mjs run --project hardware --configLoader runner --no-file-parallelism';
  const reports = '--reporter=verbose --reporter=json --outputFile.json=/tmp/out/report.json';
  const files = names.map((name) => `'${name.replaceAll("'", '')}'`).join(' ');
  return [
    'export HOME=/tmp TMPDIR=/tmp PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    'export CI=true NO_COLOR=1 TILLWIRE_VM=1',
    'cd /tmp/project',
    `'${process.execPath}' ${vitest} ${reports} ${files}`,
    '',
  ].join('\n');
}

function counted(file: string, code: number | undefined): { passed: number; failed: number } {
  const report = reportIn(file);
  if (!report) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const skippedTests = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + broken + skippedTests;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function reportIn(file: string): z.infer<typeof Report> | undefined {
  try {
    return Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    say(`no report: ${String(error)}`);
    return undefined;
  }
}

const names = process.argv.slice(2);
if (names.some((name) => name.startsWith('-'))) {
  process.stdout.write(USAGE);
  process.exitCode = names.includes('--help') ? 0 : 2;
} else {
  const { passed, failed } = await main(names);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
