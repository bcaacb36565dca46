import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ReportStreamReader } from '../../protocols/framing/report-stream.ts';

// `tillwire-sim scanner` as a program of its own.

const PROGRAM = fileURLToPath(new URL('../../dist/bin/tillwire-sim.js', import.meta.url));
const CODE = '130012345678901234';

/** Starts a gun on a socket and gives it a code; what its visitor got, and what it said of itself. */
async function scanned(args: readonly string[]): Promise<{ bytes: Buffer; events: string[]; code: number }> {
  const child = spawn(process.execPath, [PROGRAM, 'scanner', '--json', ...args]);
  const events: string[] = [];
  const got: Buffer[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as { event: string; path?: string };
    events.push(line);
    const [host = '', port] = event.path?.replace(/^\w+:\/\//, '').split(':') ?? [];
    if (event.event === 'opened') connect({ host, port: Number(port) }).on('data', (bytes: Buffer) => got.push(bytes));
  });
  child.stdin.end(`${CODE}\n`);
  const [code] = (await once(child, 'close')) as [number];
  return { bytes: Buffer.concat(got), events, code };
}

describe('tillwire-sim scanner', () => {
  it('reads what is typed, over TCP, and shows no code', async () => {
    const { bytes, events, code } = await scanned(['--protocol', 'serial-line', '--wire', 'tcp']);
    expect(bytes.toString('latin1')).toBe(`${CODE}\r\n`);
    expect(code).toBe(0);
    expect(events.at(-1)).toContain('"how":"said"');
    expect(events.join()).not.toContain(CODE.slice(6));
  });

  it('a HID gun says who it is, then the code in reports', async () => {
    const { bytes } = await scanned(['--personality', 'hid-pos-honeywell']);
    const [hello, report] = new ReportStreamReader('device').push(bytes);
    expect(hello).toMatchObject({ kind: 'hello', vendorId: 0x0c2e, productId: 0x0db3 });
    const text = report?.kind === 'input' ? Buffer.from(report.report).toString('latin1') : '';
    expect(text).toContain(`]Q1${CODE}`);
  });

  it.each([
    ['--protocol', 'nonsense'],
    ['--personality', 'nobody'],
    ['--fault', 'rain'],
    ['--wire', 'string'],
    ['--protocol', 'hid-pos', '--wire', 'pty'],
  ])('%s %s: exit 2', async (...args) => {
    const child = spawn(process.execPath, [PROGRAM, 'scanner', ...args], { stdio: 'ignore' });
    expect(await once(child, 'close')).toEqual([2, null]);
  });
});
