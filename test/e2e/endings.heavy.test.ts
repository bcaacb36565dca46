import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventually, TILLWIRE } from './agent-process.ts';
import { rehearse } from './rehearsal.ts';

// However a program of ours is told to end, or cannot begin: at once, with one line, and nothing of it stays behind.

const root = fileURLToPath(new URL('../../', import.meta.url));
const built = (name: string) => join(root, 'dist', 'bin', name);
/** Both programs of a rehearsal end within this (commands.md). */
const END_MS = 3_000;
/** until an agent is up on a machine that does other things too, ms */
const START_MS = 10_000;

/** Starts a program in a process group of its own and waits until it has said something. */
async function started(command: string, args: readonly string[], words: string): Promise<ChildProcess> {
  const child = spawn(command, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(said)));
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes(words)) resolve();
      });
  });
  child.removeAllListeners('exit');
  return child;
}

/** The process and everything below it. */
function family(pid: number): number[] {
  const below = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...below.flatMap(family)];
}

describe('a rehearsal', () => {
  // A signal for npm alone, as another program sends it: npm 10 and 11 pass INT and TERM on to the shell and die of the rest.
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    '%s to npm itself ends everything below it within 3 s',
    async (signal) => {
      const npm = await started('npm', ['start'], 'Ctrl-C');
      const everybody = family(npm.pid ?? 0);
      expect(everybody.length).toBeGreaterThanOrEqual(4);
      npm.kill(signal);
      await eventually('all are gone', () => everybody.every((pid) => !existsSync(`/proc/${pid}`)), END_MS);
    },
    30_000,
  );

  it('is gone at once when its one sale is called off', async () => {
    const child = await started(
      process.execPath,
      [built('rehearsal.js'), '--once', '--scenario', 'user-paying-timeout'],
      'USER_PAYING',
    );
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(late);
    expect(code).toBe(130);
  }, 30_000);

  it('ends its programs by asking, not by killing them', async () => {
    const child = await started(process.execPath, [built('rehearsal.js')], 'Ctrl-C');
    const began = Date.now();
    child.kill('SIGTERM');
    await once(child, 'exit');
    // a child that did not end by itself is killed after 2 s
    expect(Date.now() - began).toBeLessThan(1_500);
  }, 30_000);

  it('says before the sale that it cannot write there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-out-'));
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, stdout, stderr } = await rehearse(['--once', '--out', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^npm start: --out .*\n$/);
    rmSync(folder, { recursive: true });
  });
});

describe('the simulated shop', () => {
  it.each([
    [['--ports', '/nowhere/at/all'], /^tillwire-sim shop: .*\/nowhere\/at\/all.*\n$/],
    [['--broker-port', '1'], /^tillwire-sim shop: .*--broker-port.*\n$/],
  ])(
    '%j: one line, exit 2',
    async (args, words) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as { port: number };
      const child = spawn(process.execPath, [
        built('tillwire-sim.js'),
        'shop',
        ...args.map((arg) => (arg === '1' ? String(port) : arg)),
      ]);
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const [code] = (await once(child, 'close')) as [number];
      other.close();
      expect(stderr).toMatch(words);
      expect(code).toBe(2);
    },
    10_000,
  );
});

describe('the agent', () => {
  const config = (folder: string, dataDir: string) => {
    const file = join(folder, 'till.json');
    const till = {
      address: { tenant: 'demo', store: 'store-1', agent: 'till-9' },
      merchant: { name: '街角小店', merchantNo: '1', terminalNo: 'T1' },
      broker: { url: 'mqtt://127.0.0.1:1' },
      scanner: { path: '/dev/tillwire-no-gun' },
      dataDir,
    };
    writeFileSync(file, JSON.stringify(till));
    return file;
  };

  it('a data folder that is none: one line, exit 2', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-data-'));
    const child = spawn(process.execPath, [TILLWIRE, 'agent', '--config', config(folder, 'till.json')]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    rmSync(folder, { recursive: true });
    expect(stderr).toMatch(/^DATA_DIR_UNUSABLE: .*till\.json.*\n$/);
    expect(code).toBe(2);
  });

  it('goes on when nobody reads its log any more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-data-'));
    const child = await started(
      process.execPath,
      [TILLWIRE, 'agent', '--config', config(folder, 'data')],
      'PORT_NOT_FOUND',
    );
    let stderr = '';
    child.stderr?.on('data', (text: string) => (stderr += text));
    child.stdout?.destroy();
    child.kill('SIGTERM'); // it logs that it stops
    const [code] = (await once(child, 'exit')) as [number];
    rmSync(folder, { recursive: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    ['is up', 'PORT_NOT_FOUND'],
    ['has not said a word', '"pid":'],
  ])('ends with the program that started it, killed when the agent %s', async (_, words) => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-data-'));
    const args = [TILLWIRE, ['agent', '--config', config(folder, 'data')], { stdio: [0, 1, 2, 'ipc'], execArgv: [] }];
    const script = `import { fork } from 'node:child_process';
      console.log(JSON.stringify({ pid: fork(...${JSON.stringify(args)}).pid }));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let said = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await eventually('it says so', () => said.includes(words));
    const { pid } = JSON.parse(said.split('\n')[0] ?? '') as { pid: number };
    parent.kill('SIGKILL');
    await eventually('the agent is gone', () => !existsSync(`/proc/${pid}`), START_MS + END_MS);
    rmSync(folder, { recursive: true });
  });
});
