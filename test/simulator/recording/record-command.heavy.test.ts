import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openShop } from 'tillwire/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { showCode } from '../../../simulator/devices/phone.ts';
import { readRecording } from '../../../simulator/recording/recording-file.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { LCG } from '../../seeded.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/tillwire-sim.js', import.meta.url));

interface Said {
  readonly event: string;
  readonly path?: string;
  readonly [field: string]: unknown;
}

/** One command of `tillwire-sim`, whose temporary files lie in a folder of the test. */
class Sim {
  readonly said: Said[] = [];
  stderr = '';
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(folder: string, ...args: readonly string[]) {
    this.#process = spawn(process.execPath, [PROGRAM, ...args, '--json'], { env: { ...process.env, TMPDIR: folder } });
    if (this.#process.stdout)
      createInterface({ input: this.#process.stdout }).on('line', (line) => this.said.push(JSON.parse(line) as Said));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#closed = once(this.#process, 'close');
  }

  /** A gun that the till has switched off reads nothing: the customer holds the phone there until it does. */
  async read(code: string): Promise<void> {
    const scans = () => this.said.filter(({ event }) => event === 'scan');
    for (let how: unknown = 'disabled'; how === 'disabled'; how = scans().at(-1)?.['how']) {
      const before = scans().length;
      this.#process.stdin?.write(`${code}\n`);
      await eventually('the gun has tried', () => scans().length > before);
    }
  }

  /** Enter. */
  begin(): void {
    this.#process.stdin?.write('\n');
  }

  async opened(): Promise<string> {
    await eventually(`it has opened: ${this.stderr}`, () => this.said.some(({ event }) => event === 'opened'));
    return this.said.find(({ event }) => event === 'opened')?.path ?? '';
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.#closed;
  }
}

/** Every file below a folder, as Latin-1 text. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true)
    .map((name) => readFileSync(name, 'latin1'));
}

describe('a gun is recorded while a till sells with it, and sells again as a recording', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-record-'));
    mkdirSync(join(folder, 'tmp'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    {
      name: 'ssi-packeted',
      protocol: 'ssi',
      through: 'pty',
      language: { language: 'ssi' },
      replayed: ['--on', 'pty'],
    },
    {
      name: 'line-crlf',
      protocol: 'serial-line',
      through: 'tcp',
      language: {},
      replayed: ['--on', 'tcp'],
    },
    { name: 'hid-pos-honeywell', protocol: undefined, through: 'tcp', language: {}, replayed: [] },
  ])(
    '$name',
    async ({ name, protocol, through, language, replayed }) => {
      const dice = new LCG(7);
      const code = showCode('wechat', () => dice.below(1_000_000) / 1_000_000);
      const gun = new Sim(
        folder,
        'scanner',
        '--personality',
        name,
        ...(protocol ? ['--path', join(folder, 'gun')] : []),
      );
      onTestFinished(() => gun.stop());
      const file = join(folder, 'gun.jsonl');
      const where = through === 'pty' ? `pty:${join(folder, 'till-gun')}` : 'tcp:0';
      const speaks = protocol === undefined ? [] : ['--protocol', protocol];
      const record = new Sim(
        join(folder, 'tmp'),
        'record',
        await gun.opened(),
        '--out',
        file,
        ...speaks,
        '--through',
        where,
      );
      onTestFinished(() => record.stop());
      const path = await record.opened();

      const shop = await openShop({ agent: { scanner: { path, ...language } } });
      onTestFinished(() => shop.close());
      await shop.collect({ orderId: 'R-1', amountFen: 700 });
      await gun.read(code);
      await shop.expectLedger({ orderId: 'R-1', charges: 1, netFen: 700 });
      await eventually('it is written', () => filesBelow(folder).some((text) => text.split('\n').length > 2));
      await shop.close();
      await record.stop();
      expect(record.said.at(-1)).toMatchObject({ event: 'recorded' });

      const hex = Buffer.from(code, 'latin1').toString('hex');
      for (const text of filesBelow(folder)) {
        expect(text).not.toContain(code.slice(3));
        expect(text).not.toContain(hex.slice(6));
      }
      const { crossed } = readRecording(file);
      expect(crossed.some(({ from }) => from === 'device')).toBe(true);
      if (protocol === 'ssi') expect(crossed.some(({ from }) => from === 'till')).toBe(true);
      expect(statSync(file).mode & 0o077).toBe(0);

      const again = new Sim(folder, 'replay', file, '--fast', '--stay', '--hold', ...replayed);
      onTestFinished(() => again.stop());
      const next = await openShop({ agent: { scanner: { path: await again.opened(), ...language } } });
      onTestFinished(() => next.close());
      await next.collect({ orderId: 'R-2', amountFen: 800 });
      again.begin();
      await next.expectLedger({ orderId: 'R-2', charges: 1, netFen: 800 });
      await eventually('it is over', () => again.said.some(({ event }) => event === 'replayed'));
      expect(again.said.at(-1)).toMatchObject({ event: 'replayed', lost: 0 });
    },
    120_000,
  );
});
