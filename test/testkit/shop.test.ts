import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openShop, TestkitError, withShop } from 'tillwire/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../e2e/agent-process.ts';

const echo = (script: string) => ({ name: 'cashier', command: process.execPath, args: ['-e', script] });

describe('a test of a cashier program that goes wrong is told why, and leaves nothing behind', () => {
  it('no slip: the message says what came out and how the programs stand', async () => {
    const shop = await openShop({ agent: false });
    onTestFinished(() => shop.close());
    const program = await shop.start(echo("console.log('I print nothing'); setInterval(() => {}, 1000)"));
    await shop.expectLine(program, 'I print nothing');
    const failure = await shop.expectSlip({ text: 'D-1' }, { withinMs: 300 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TestkitError);
    expect(String(failure)).toMatch(
      /a slip: not within 0\.3 s; none came out of the printer\ntill: never seen\ncashier runs\n {2}\| I print nothing/,
    );
  });

  it('a program that dies ends the wait at once, with its last words', async () => {
    const shop = await openShop({ agent: false });
    onTestFinished(() => shop.close());
    const began = performance.now();
    await shop.start(echo("console.error('no such port'); process.exit(3)"));
    await expect(shop.expectLedger({ charges: 1 }, { withinMs: 20_000 })).rejects.toThrow(
      /charges is 0, should be 1[^]*cashier ended with exit code 3\n {2}\| no such port/,
    );
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('a device that there is not, a wire that does not fit, a till that is none: said before anything is opened', async () => {
    await expect(openShop({ agent: false, gun: { personality: 'laser' } })).rejects.toThrow(
      /no gun is called "laser"; there are: line-crlf, /,
    );
    await expect(openShop({ agent: false, gun: { wire: 'report-stream' } })).rejects.toThrow(
      'the gun line-crlf hangs on a pty or tcp, not on report-stream',
    );
    await expect(openShop({ agent: false, till: 'A/b/c' })).rejects.toThrow(/till "A\/b\/c": tenant\/store\/agent/);
  });

  it('a card terminal beside them is a process too, with orders of its own', async () => {
    const shop = await openShop({ agent: false });
    onTestFinished(() => shop.close());
    const { path, program } = await shop.startDevice('terminal', ['--protocol', 'zvt', '--wire', 'tcp']);
    expect(path).toMatch(/127\.0\.0\.1:\d+$/);
    program.type('ledger');
    expect(JSON.parse(await shop.expectLine(program, '"ledger"'))).toMatchObject({ event: 'ledger', entries: [] });
  });

  it('a story that throws: every process has ended and the folder is gone', async () => {
    let folder = '';
    let pid: number | undefined;
    const story = withShop({ agent: false }, async (shop) => {
      folder = shop.folder;
      ({ pid } = await shop.start(echo('setInterval(() => {}, 1000)')));
      throw new Error('the story broke');
    });
    await expect(story).rejects.toThrow('the story broke');
    expect(existsSync(folder)).toBe(false);
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  it('kill -9 of the test itself: shop, cashier and files are gone within seconds', async () => {
    const script = `
      const { openShop } = await import(${JSON.stringify(testkit)});
      const shop = await openShop({ agent: false });
      const { pid } = await shop.start({ name: 'cashier', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });
      console.log(JSON.stringify({ pid, folder: shop.folder }));
      setInterval(() => {}, 1000);`;
    const test = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await new Promise<string>((resolve) => test.stdout.setEncoding('utf8').once('data', resolve));
    const { pid, folder } = JSON.parse(said) as { readonly pid: number; readonly folder: string };
    expect(isAlive(pid)).toBe(true);
    test.kill('SIGKILL');
    await eventually('the cashier program is gone', () => !isAlive(pid));
    await eventually('the files are gone', () => !existsSync(folder));
  });
});

const testkit = fileURLToPath(new URL('../../dist/simulator/testkit/testkit.js', import.meta.url));

/** A zombie is gone too: whoever reaps orphans here takes his time. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return true;
}
