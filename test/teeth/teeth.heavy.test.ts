import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ON_A_PTY } from './repairs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How many tests failed with this repair taken out; those in the VM: `npm run test:hardware -- --teeth`. */
async function failures(repair: string): Promise<{ readonly ran: number; readonly failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-teeth-'));
  const report = join(folder, 'report.json');
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/teeth/vitest.config.ts'];
  try {
    const child = spawn(process.execPath, [...vitest, '--reporter=json', `--outputFile.json=${report}`], {
      cwd: root,
      env: { ...process.env, TILLWIRE_WITHOUT: repair },
      stdio: 'ignore',
    });
    await new Promise((resolve) => child.once('close', resolve));
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { ran: numPassedTests + numFailedTests, failed: numFailedTests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.runIf(process.platform === 'linux')('the tests of serial ports bite', () => {
  it.each(Object.keys(ON_A_PTY))('without the repair %s its test is red', async (name) => {
    expect(await failures(`pty:${name}`)).toEqual({ ran: 1, failed: 1 });
  });
});
