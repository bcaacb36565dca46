import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScratch, type Scratch } from './scratch.ts';

const PROGRAM = `
process.stdout.write(JSON.stringify({ args: process.argv.slice(2), program: process.argv[1] }));
process.exitCode = process.argv.includes('--bad') ? 2 : 0;
`;

describe('npm start on a fresh clone', () => {
  let scratch: Scratch;
  beforeAll(() => {
    scratch = makeScratch();
    scratch.write('bin/rehearsal.ts', PROGRAM);
  });
  afterAll(() => scratch.remove());

  it('says that it builds, then leaves standard output, arguments and exit code to the program', () => {
    const { code, stdout, stderr } = scratch.run('start.mjs', ['--once', '--bad', 'a b']);
    expect(stderr).toMatch(/^tillwire: building \(only the first time\) \.\.\.\ntillwire: built in \d+\.\d s\n$/);
    expect(JSON.parse(stdout)).toEqual({
      args: ['--once', '--bad', 'a b'],
      program: join(scratch.folder, 'dist', 'bin', 'rehearsal.js'),
    });
    expect(code).toBe(2);
  });

  it('does not build again, until a source was added or changed', () => {
    expect(scratch.run('start.mjs').stderr).toBe('');
    scratch.write('agent/second.ts', 'export const second = 2;\n');
    expect(scratch.run('start.mjs').stderr).toContain('the sources changed; building ...');
    scratch.write('bin/rehearsal.ts', "process.stdout.write('changed');\n");
    expect(scratch.run('start.mjs')).toMatchObject({ code: 0, stdout: 'changed' });
    expect(scratch.run('start.mjs').stderr).toBe('');
  });

  it('writes an output file again that somebody deleted', () => {
    rmSync(join(scratch.folder, 'dist', 'bin', 'rehearsal.js'));
    expect(scratch.run('start.mjs')).toMatchObject({ code: 0, stdout: 'changed' });
  });

  it('shows what the compiler found and starts nothing old', () => {
    scratch.write('agent/second.ts', 'export const second: string = 2;\n');
    const { code, stdout, stderr } = scratch.run('start.mjs');
    expect(stderr).toContain("agent/second.ts(1,14): error TS2322: Type 'number' is not assignable to type 'string'.");
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('tillwire: the build failed, see above.');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('without the build tools', () => {
  it('names the one command, and `npm ci` itself still ends well', () => {
    const scratch = makeScratch({ tools: false });
    const start = scratch.run('start.mjs');
    const prepare = scratch.run('prepare.mjs');
    scratch.remove();
    expect(start.stderr).toBe(
      'tillwire: dist/ is absent or older than the sources, and the compiler is not installed; run `npm ci --include=dev`.\n',
    );
    expect(start.code).toBe(1);
    expect(prepare.stderr).toContain('run `npm ci --include=dev` to build');
    expect(prepare.code).toBe(0);
  });
});
