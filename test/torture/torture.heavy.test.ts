import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report } from './report.ts';

const MAIN = fileURLToPath(new URL('../../dist/test/torture/main.js', import.meta.url));

describe('the torture world', () => {
  it('finds nothing wrong in 3,000 mornings, on all cores', { timeout: 600_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--seeds', '3000', '--json'], {
      maxBuffer: 1 << 28,
    });
    const { seeds, violations } = JSON.parse(stdout) as Report;
    expect({ seeds, violations }).toEqual({ seeds: 3_000, violations: [] });
  });
});
