import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const bin = (name: string) => fileURLToPath(new URL(`../../dist/bin/${name}`, import.meta.url));

function run(program: string, args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, [bin(program), ...args], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return { status, stderr };
}

// /dev/zero has no size and no end: what is read is limited, not what the file says of itself.
describe('an input without an end', () => {
  it('is refused by decode', () => {
    const { status, stderr } = run('tillwire.js', ['decode', 'escpos', '--file', '/dev/zero']);
    expect(stderr).toMatch(/larger than 16777216 bytes\n$/);
    expect(status).toBe(2);
  });

  it('is refused by decode on standard input', () => {
    const shell = spawnSync('sh', ['-c', `'${process.execPath}' '${bin('tillwire.js')}' decode escpos - < /dev/zero`], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(shell.stderr).toMatch(/larger than 16777216 bytes\n$/);
    expect(shell.status).toBe(2);
  });

  it('is refused by render', () => {
    const { status, stderr } = run('tillwire-sim.js', ['render', '/dev/zero']);
    expect(stderr).toMatch(/^RENDER_FILE: .*larger than/);
    expect(status).toBe(2);
  });
});
