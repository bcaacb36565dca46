import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiClient } from '../../../agent/commands/api-client.ts';
import { DeviceTap, MOST_WATCHERS } from '../../../agent/trace/tap.ts';
import { TraceLines } from '../../../agent/trace/trace-lines.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { TillWithApi } from '../console/till-with-api.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// A trace must help the technician and must not show a code: not whole, not in pieces that could be laid side by side.

const CODE = '134567890123456789';

/** Digits of the code that stand side by side in a text. */
function longestPart(text: string): number {
  for (let length = CODE.length; length > 0; length--)
    for (let at = 0; at + length <= CODE.length; at++) if (text.includes(CODE.slice(at, at + length))) return length;
  return 0;
}

const scanner = (language: string) => ({ scanner: { path: '/dev/ttyACM0', language } }) as never;

/** Everything that a trace says of these reads, one every `gapMs`. */
function traced(pieces: readonly Uint8Array[], gapMs: number, language = 'line'): string {
  const lines = new TraceLines('scanner', scanner(language), 0);
  let at = 0;
  const told = pieces.flatMap((bytes) => {
    at += gapMs;
    return [...lines.due(at), ...lines.push({ kind: 'bytes', dir: 'in', bytes, at })];
  });
  return JSON.stringify([...told, ...lines.due(at + 10_000)]);
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const cut = (text: string, size: number) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, n) => bytesOf(text.slice(n * size, (n + 1) * size)));

describe('a code on the line', () => {
  it.each([1, 2, 3, 5, 7, 11, 20])('cut into reads of %i bytes, shows two digits and four', (size) => {
    for (const gap of [0, 5, 50, 79, 90, 200, 1_000, 1_999]) {
      const text = traced(cut(`${CODE}\r\n`, size), gap);
      expect(text).toContain('13************6789');
      expect(longestPart(text), `gap ${gap}`).toBeLessThanOrEqual(4);
    }
  });

  it('that breaks off in the middle is a number of bytes', () => {
    for (const gap of [0, 100, 2_500]) {
      const text = traced(cut(CODE.slice(0, 13), 4), gap);
      expect(text).toContain('without an end');
      expect(longestPart(text), `gap ${gap}`).toBeLessThanOrEqual(2);
    }
  });

  it.each(['line', 'ssi', 'honeywell', 'newland', 'grow', 'm3y', 'de2120', 'datalogic', 'cipherlab'])(
    'of a gun that speaks %s does not come through either',
    (language) => {
      for (const size of [1, 4, 9, 20])
        for (const gap of [0, 90, 2_500])
          expect(longestPart(traced(cut(`${CODE}\r`, size), gap, language)), `${size} ${gap}`).toBeLessThanOrEqual(4);
    },
  );

  it('two of them in one read are masked one by one', () => {
    const text = traced([bytesOf(`${CODE}\r\n${CODE}\r\n`)], 0);
    expect(text.match(/13\*{12}6789/g)?.length).toBe(2);
  });
});

describe('a tap', () => {
  it('is for four watchers, and costs nothing when they have gone', () => {
    const tap = new DeviceTap(() => 0);
    const leave = Array.from({ length: MOST_WATCHERS }, () => tap.watch(() => undefined));
    expect(tap.watch(() => undefined)).toBeUndefined();
    leave[0]?.();
    expect(tap.watch(() => undefined)).toBeDefined();
  });
});

describe('tillwire trace', () => {
  let till: TillWithApi;
  beforeEach(async () => {
    till = await TillWithApi.open();
  });
  afterEach(() => till.close());

  it('shows what the gun sends and what the printer is told and answers, live and masked', async () => {
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-1', amountFen: 1250 });
    const gun = await watching('scanner');
    const printer = await watching('printer');
    await till.shop.gun.scan(CODE);
    await eventually('a slip', () => till.shop.slips.length > 0);
    await eventually('the code, masked', () => gun.text.includes('13************6789'));
    await eventually('the slip', () => printer.text.includes('签购单'));
    expect(longestPart(gun.text + printer.text)).toBeLessThanOrEqual(4);
    expect(printer.text).toMatch(/"dir":"in".*"kind":"escpos"/);
    expect(printer.text).toMatch(/"dir":"out".*"kind":"escpos"/);
    await Promise.all([gun.ended, printer.ended]);
  });

  it('ends when its time is over', async () => {
    const { code, stdout } = await tillwire(['trace', 'printer', '--seconds', '1', '--config', till.configFile]);
    expect(code).toBe(0);
    expect(stdout).toContain('-- connected');
  });

  /** What a trace says, from the moment on when it stands. */
  async function watching(dev: string): Promise<{ text: string; ended: Promise<void> }> {
    const api = await ApiClient.find({ config: till.configFile }, () => Promise.reject(new Error('no token')));
    const told = { text: '', ended: Promise.resolve() };
    told.ended = api.events(`/v1/devices/${dev}/trace?seconds=6`, 20_000, (_event, data) => {
      told.text += `${JSON.stringify(data)}\n`;
    });
    await eventually(`${dev} connected`, () => told.text.includes('connected'));
    return told;
  }

  it('is for those who may', async () => {
    const token = till.token({ scopes: ['read', 'collect'] });
    expect((await till.ask('/v1/devices/scanner/trace?seconds=1', { token })).status).toBe(403);
  });
});
