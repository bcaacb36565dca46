import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** what the example project asks for besides the package and what that depends on */
const ITS_TOOLS = ['typescript', 'vitest', '@types/node'];
const LONG_MS = 180_000;

interface Ended {
  readonly code: number;
  readonly output: string;
}

describe('a project outside the repository, with the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corner-shop-'));
  const run = (command: string, ...args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      // as a developer's shell would: nothing of the test runner that started this
      const { NODE_OPTIONS: _options, NODE_ENV: _env, VITEST: _vitest, NODE_TEST_CONTEXT: _test, ...env } = process.env;
      execFile(command, args, { cwd: folder, env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });
  const node = (program: string, ...args: readonly string[]) =>
    run(process.execPath, join(folder, 'node_modules', program), ...args);

  beforeAll(async () => {
    cpSync(join(root, 'test/testkit/example'), folder, { recursive: true });
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    const packed = await run('npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder, root);
    expect(packed.code, packed.output).toBe(0);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const unpacked = await run('tar', '-xzf', tarball, '-C', modules);
    expect(unpacked.code, unpacked.output).toBe(0);
    cpSync(join(modules, 'package'), join(modules, 'tillwire'), { recursive: true });
    rmSync(join(modules, 'package'), { recursive: true });
    // what npm would install, without a registry: only what the package itself names
    const { dependencies } = JSON.parse(readFileSync(join(modules, 'tillwire/package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    for (const name of [...Object.keys(dependencies), ...ITS_TOOLS]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
  }, LONG_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'is type-checked with the types of the package, and its stories run under node:test and under vitest',
    async () => {
      const types = await node('typescript/bin/tsc', '-p', '.');
      expect(types.code, types.output).toBe(0);

      const compiled = ['cashier', 'self-checkout'].map((name) => join(folder, 'out', `${name}.node.js`));
      const nodeTest = await run(process.execPath, '--test', ...compiled);
      expect(nodeTest.code, nodeTest.output).toBe(0);
      expect(nodeTest.output).toMatch(/pass 3\b/);

      const vitest = await node('vitest/vitest.mjs', 'run', '--no-color');
      expect(vitest.code, vitest.output).toBe(0);
      expect(vitest.output).toMatch(/2 passed/);
    },
    LONG_MS,
  );

  it('a wrong word in a plan is a type error', async () => {
    const wrong = join(folder, 'test/wrong.node.ts');
    cpSync(join(folder, 'test/self-checkout.node.ts'), wrong);
    const { code, output } = await run(
      'sh',
      '-c',
      `sed -i "s/wire: 'tcp'/wire: 'string'/" test/wrong.node.ts && "${process.execPath}" node_modules/typescript/bin/tsc -p . --noEmit`,
    );
    rmSync(wrong);
    expect(code).not.toBe(0);
    expect(output).toContain(`"string"' is not assignable`);
  });
});
