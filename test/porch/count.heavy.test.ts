import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScratch, type Scratch } from './scratch.ts';

const head = "import { expect, it } from 'vitest';\n";

describe('the closing line of the test command', () => {
  let scratch: Scratch;
  beforeAll(() => {
    scratch = makeScratch();
    scratch.write(
      'test/good.heavy.test.ts',
      `${head}it('holds', () => expect(1).toBe(1));\nit.skip('waits', () => {});\n`,
    );
  });
  afterAll(() => scratch.remove());

  const close = (text: string) => text.trimEnd().split('\n').at(-1);
  /** No folder of programs: Chromium and zbarimg cannot be found. */
  const bare = () => {
    mkdirSync(join(scratch.folder, 'empty'), { recursive: true });
    return { PATH: join(scratch.folder, 'empty'), TILLWIRE_REQUIRE: undefined };
  };

  it('counts checks and tests, and names what is missing without holding it against anybody', () => {
    const { code, stdout } = scratch.run('test.mjs', ['heavy'], bare());
    expect(stdout).toContain('skipped chromium is not on this machine (Debian: apt-get install chromium)\n');
    expect(close(stdout)).toBe('2 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('fails on every skip and every missing component when all is required', () => {
    const { code, stdout } = scratch.run('test.mjs', ['heavy'], { ...bare(), TILLWIRE_REQUIRE: 'all' });
    const missing = stdout.match(/^FAILED \w+ is not on this machine/gm) ?? [];
    expect(missing.length).toBeGreaterThanOrEqual(2);
    expect(close(stdout)).toBe(`2 passed, ${missing.length + 1} failed`);
    expect(code).toBe(1);
  });

  it('counts a file that breaks before its first test as a failure', () => {
    scratch.write('test/bad.heavy.test.ts', `${head}it('does not hold', () => expect(1).toBe(2));\n`);
    scratch.write('test/broken.heavy.test.ts', "throw new Error('no test here');\n");
    const { code, stdout } = scratch.run('test.mjs', ['heavy'], bare());
    expect(close(stdout)).toBe('2 passed, 2 failed');
    expect(code).toBe(1);
  });

  it('runs no test of a build that does not compile', () => {
    scratch.write('agent/only.ts', 'export const floor: number = "agent";\n');
    const { code, stdout } = scratch.run('test.mjs', ['heavy'], bare());
    expect(close(stdout)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('refuses what it does not know, and says how it is used', () => {
    const { code, stderr } = scratch.run('test.mjs', ['quik']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/quik\n\nusage: node scripts\/test\.mjs \[quick\|heavy\|hardware\]\n/);
  });
});
