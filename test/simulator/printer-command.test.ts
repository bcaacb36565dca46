import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, it } from 'vitest';
import { encode, join as joinBytes } from '../../protocols/escpos/encode.ts';
import { slipBytes } from '../protocols/document-slip.ts';

// `tillwire-sim printer` as a program of its own, on a TCP port and on a pseudo-terminal.

const PROGRAM = fileURLToPath(new URL('../../dist/bin/tillwire-sim.js', import.meta.url));
const SLIP = joinBytes([
  slipBytes([{ type: 'text', text: '签购单' }, { type: 'qr', text: 'T-1' }, { type: 'cut' }], 58),
  encode('process-id', [0x30, 0x30, 0x30, 0x37]),
]);
const ECHO = '37223030303700';

type PrinterEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

class Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly events: PrinterEvent[] = [];
  #wake: () => void = () => undefined;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [PROGRAM, 'printer', '--json', ...args]);
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as PrinterEvent);
      this.#wake();
    });
  }

  async until(event: string, count = 1): Promise<PrinterEvent> {
    for (;;) {
      const found = this.events.filter((one) => one.event === event)[count - 1];
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  say(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  async quit(): Promise<number> {
    const closed = once(this.child, 'close');
    this.say('quit');
    const [code] = (await closed) as [number];
    return code;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'printer-'));
const running: Program[] = [];
const start = (...args: string[]) => {
  const program = new Program(...args);
  running.push(program);
  return program;
};
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

describe('tillwire-sim printer', () => {
  it('prints over TCP, confirms, and writes the roll', async () => {
    const program = start('--tcp', '0', '--personality', 'epson-80', '--out', folder);
    const { at } = await program.until('open');
    const host = connect(Number(String(at).split(':')[1]), '127.0.0.1');
    await once(host, 'connect');
    host.write(SLIP);
    const [echo] = (await once(host, 'data')) as [Buffer];
    expect(echo.toString('hex')).toBe(ECHO);
    expect(await program.until('slip')).toMatchObject({ number: 1, qr: ['T-1'], cut: 'partial' });
    host.destroy();
    expect(await program.quit()).toBe(0);
    expect(readFileSync(join(folder, 'roll.txt'), 'utf8')).toContain('签购单');
    expect(PNG.sync.read(readFileSync(join(folder, 'roll.png'))).width).toBe(576);
    expect(JSON.parse(readFileSync(join(folder, 'roll.json'), 'utf8'))).toMatchObject({
      slips: [{ qr: ['T-1'] }],
      problems: [],
    });
    expect(readFileSync(join(folder, 'slip-1.bin')).length).toBeGreaterThan(50);
  });

  it('waits for paper on a pty, as a person at it says', async () => {
    const port = join(folder, 'port');
    const program = start('--port', port, '--paper', '58');
    await program.until('open');
    program.say('paper out');
    expect(await program.until('state')).toMatchObject({ online: false, paper: 'end' });
    const fd = openSync(port, 'r+');
    writeSync(fd, SLIP);
    program.say('paper in');
    expect(await program.until('slip')).toMatchObject({ number: 1, qr: ['T-1'] });
    closeSync(fd);
    program.say('dance');
    expect(await program.until('unknown')).toMatchObject({ order: 'dance' });
    program.say('status');
    expect(await program.until('state', 3)).toMatchObject({ online: true });
    expect(await program.quit()).toBe(0);
  });

  it('says what was wrong with the bytes', async () => {
    const program = start('--tcp', '0');
    const { at } = await program.until('open');
    const host = connect(Number(String(at).split(':')[1]), '127.0.0.1');
    host.end(
      joinBytes([[0x41], encode('qr-store', [0x30], Uint8Array.of(0x42)), encode('qr-print', [0x30]), [0x1b, 0x01]]),
    );
    expect(await program.until('problem', 1)).toMatchObject({ code: 'symbol-in-line' });
    expect(await program.until('problem', 2)).toMatchObject({ code: 'unknown-command' });
  });

  it.each([
    [['--tcp', '70000'], 'whole number'],
    [['--personality', 'nobody'], 'epson-80'],
    [['--port', '/nowhere/at/all'], '/nowhere/at/all'],
  ])('%j: exit 2 and why', async (args, words) => {
    const { child } = start(...args);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, says: stderr.includes(words) }).toEqual({ code: 2, says: true });
  });
});

// the folder is small and in the temporary folder of the machine
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
