import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { fetchKernel, type Kernel } from './debian.ts';
import { writeInitramfs } from './initramfs.ts';
import { runInMachine } from './machine.ts';
import { cyclesPlan, type Plan, teethPlan, usualPlan } from './plan.ts';
import type { Count } from './report.ts';
import { findTools, type Tools, updateLists } from './tools.ts';

// `npm run test:hardware`: the suites test/hardware/*.hardware.test.ts in a small virtual machine with Debian's kernel, so
// that the agent meets the drivers that a shop has. Ends with one line `N passed, N failed`.

const USAGE = `usage: npm run test:hardware -- [--teeth | --cycles N] [NAME...]

  NAME         only the test files whose path contains it
  --teeth      takes one repair of the drivers' users out after the other and wants its test to be red (some minutes)
  --cycles N   so many plugs of three drivers in place of a few, four times as many of node-hid alone, and a minute of
               idling in place of some seconds

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

async function main(plan: Plan): Promise<Count> {
  const tools = findTools(say);
  if (typeof tools === 'string') return skipped(tools);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tillwire');
  mkdirSync(cache, { recursive: true });
  const kernel = await kernelIn(cache);
  if (typeof kernel === 'string') return skipped(kernel);
  const out = join(root, '.reports', 'hardware');
  const code = await boot(tools, kernel, cache, out, plan);
  say(code === undefined ? 'the virtual machine ended without a result' : `the guest's exit code is ${code}`);
  return plan.judge(out, code, say);
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

function skipped(why: string): Count {
  const required = process.env['TILLWIRE_REQUIRE'] === 'all';
  process.stdout.write(`${required ? 'FAILED ' : 'skipped'} the tests against real drivers: ${why}\n`);
  return { passed: 0, failed: required ? 1 : 0 };
}

async function boot(
  { qemu, busybox }: Tools,
  kernel: Kernel,
  cache: string,
  out: string,
  { command, deadlineMs }: Plan,
): Promise<number | undefined> {
  const initramfs = join(cache, `initramfs-${kernel.version}-${process.pid}.cpio`);
  const init = join(root, 'test', 'hardware', 'stage', 'init.sh');
  try {
    const modules = writeInitramfs(initramfs, kernel, busybox, init);
    say(`Linux ${kernel.version} with ${modules.length} modules starts in QEMU`);
    return await runInMachine({ qemu, kernel, initramfs, project: root, out, command, deadlineMs, console: say });
  } finally {
    rmSync(initramfs, { force: true });
  }
}

/** `undefined`: the arguments are not understood. */
function planOf(args: readonly string[]): Plan | undefined {
  const [first = '', ...rest] = args;
  if (first === '--teeth') return teethPlan(rest);
  if (first === '--cycles')
    return rest.length === 1 && /^[1-9]\d{0,5}$/.test(rest[0] ?? '') ? cyclesPlan(Number(rest[0])) : undefined;
  return args.some((name) => name.startsWith('-')) ? undefined : usualPlan(args);
}

// npm takes the first `--` away, a plain call leaves it
const args = process.argv.slice(2).filter((text, n) => n > 0 || text !== '--');
const plan = planOf(args);
if (plan) {
  const { passed, failed } = await main(plan);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  const isAsked = args.includes('--help');
  (isAsked ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = isAsked ? 0 : 2;
}
