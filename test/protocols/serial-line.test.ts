import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import {
  DuplicateWindow,
  type LineReading,
  readingDiagnostics,
  readLine,
} from '../../protocols/scanner/serial-line.ts';
import { serialLineChecker } from '../vectors-run/serial-line.ts';

const AUTO = { codeId: 'none', encoding: 'auto' } as const;
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const hex = (digits: string) => fromHex(digits) ?? new Uint8Array();
const CODE = '130012345678901234';

function shown(reading: LineReading): unknown {
  if (reading.kind !== 'code') return reading.kind;
  const { aim, codeId, text, suspect } = reading;
  return {
    text: text.reveal(),
    ...(aim && { aim }),
    ...(codeId && { codeId }),
    ...(suspect.length > 0 && { suspect }),
  };
}
const read = (bytes: Uint8Array, config: Parameters<typeof readLine>[1] = AUTO) => shown(readLine(bytes, config));

describe('one line of a gun', () => {
  it('passes every vector from outside, and fails exactly the altered one', async () => {
    const content: unknown = JSON.parse(readFileSync('test/vectors/scanners/serial-line.json', 'utf8'));
    expect(serialLineChecker.recognises('anything.json', content)).toBe(true);
    const { cases } = await serialLineChecker.check(content);
    expect(cases.length).toBe(26);
    for (const { name, expected, actual } of cases) expect(actual, name).toEqual(expected);

    const altered = structuredClone(content) as {
      vectors: { expect: unknown[] }[];
      timing: { ms_per_char: Record<string, number> };
    };
    altered.vectors[3]?.expect.push('one too many');
    altered.timing.ms_per_char['9600'] = 1.0418;
    const failed = (await serialLineChecker.check(altered)).cases.filter(
      (c) => inspect(c.actual, false, 9) !== inspect(c.expected, false, 9),
    );
    expect(failed.map(({ name }) => name)).toEqual(['timing ms_per_char 9600', 'stx_etx']);
  });

  it('a case of the vectors that nobody understands fails instead of passing', async () => {
    const vector = {
      name: 'x',
      config: { terminators: 'auto', parity: 'even' },
      chunks: [{ hex: '41 0d' }],
      expect: ['A'],
    };
    const strange = { ...vector, config: {}, chunks: [{ hex: '', event: 'explode' }] };
    const { cases } = await serialLineChecker.check({ vectors: [vector, strange] });
    expect(cases.map(({ actual }) => actual)).toEqual([
      { unknown: 'unknown config key parity' },
      { unknown: 'unknown event explode' },
    ]);
  });

  it('takes the encoding of each line from the line alone', () => {
    expect(read(hex('e694afe4bb98'))).toEqual({ text: '支付' });
    expect(read(hex('b8b6bfeec2eb414243'))).toEqual({ text: '付款码ABC' });
    expect(read(hex('41ff42'))).toEqual({ text: 'AÿB', suspect: ['latin1-fallback'] });
    expect(read(hex('41e4bb'), { codeId: 'none', encoding: 'utf8' })).toEqual({ text: 'A\ufffd' });
    expect(read(ascii(CODE), { codeId: 'none', encoding: 'utf8' })).toEqual({ text: CODE });
    expect(read(hex('41e9'), { codeId: 'none', encoding: 'latin1' })).toEqual({ text: 'Aé' });
  });

  it('cuts power-up NULs and a byte order mark off, and says so', () => {
    const reading = readLine(hex('0000efbbbf313233'), AUTO);
    expect(shown(reading)).toEqual({ text: '123', suspect: ['nul-stripped', 'bom-stripped'] });
    expect(readingDiagnostics(reading)).toEqual(['nul-stripped:2', 'bom-stripped']);
    expect(read(hex('0000'))).toBe('blank');
  });

  it('tells AIM and Honeywell code ids from the code', () => {
    expect(read(ascii(`]C0${CODE}`))).toEqual({ text: CODE, aim: ']C0' });
    expect(read(ascii(`j${CODE}`), { codeId: 'honeywell', encoding: 'auto' })).toEqual({ text: CODE, codeId: 'j' });
    expect(read(ascii(CODE), { codeId: 'honeywell', encoding: 'auto' })).toEqual({ text: CODE });
    expect(read(ascii('hQVDUFYwMWEa'), { codeId: 'honeywell', encoding: 'auto' })).toEqual({ text: 'hQVDUFYwMWEa' });
    expect(read(ascii('](x'))).toEqual({ text: '](x' });
  });

  it('undoes ECI escapes', () => {
    expect(read(hex(`5d5132 5c303030303236 e694af`))).toEqual({ text: '支', aim: ']Q2' });
    expect(read(ascii(`\\000026${CODE}`))).toEqual({ text: CODE });
    expect(read(ascii(`]Q2\\000026a\\\\b`))).toEqual({ text: 'a\\b', aim: ']Q2' });
    expect(read(hex(`5d5132 5c303030303239 d6a7`))).toEqual({ text: '支', aim: ']Q2' });
  });

  it('no-read is not a code', () => {
    expect(read(ascii('NR'))).toBe('no-read');
    expect(read(ascii('NRX'))).toEqual({ text: 'NRX' });
  });

  it('never repairs a payment code with bytes above 7F', () => {
    const even = Uint8Array.from(ascii(CODE), (b) => (popcount(b) % 2 ? b | 0x80 : b));
    const odd = Uint8Array.from(ascii(CODE), (b) => (popcount(b) % 2 ? b : b | 0x80));
    const cpm = Uint8Array.from(ascii('hQVDUFYwMWETTwegAAADMwEBUAhEZWJpdA=='), (b) => (popcount(b) % 2 ? b | 0x80 : b));
    const oneBitFlipped = ascii(CODE).with(7, 0xb6);
    const oneByteWrong = ascii(CODE).with(17, 0xff);
    for (const spoilt of [even, odd, cpm, oneBitFlipped, oneByteWrong]) expect(read(spoilt)).toBe('invalid-bytes');
    expect(read(hex('e6b0b4313233343536373839303132')), '水 before digits is text').toEqual({ text: '水123456789012' });
  });

  it('a reading cannot print its code', () => {
    const reading = readLine(ascii(CODE), AUTO);
    for (const text of [inspect(reading, false, 9), JSON.stringify(reading)]) expect(text).not.toContain('1234');
  });

  it('leaves out the same code within the window, and keeps it no longer than that', () => {
    const repeats = new DuplicateWindow(3000);
    const seen = [0, 50, 500, 2900, 3100].filter((at) => !repeats.isRepeat(new SecretText(CODE), at));
    expect(seen).toEqual([0, 3100]);
    expect(repeats.isRepeat(new SecretText('another'), 3150)).toBe(false);
    expect(repeats.isRepeat(new SecretText(CODE), 3200), 'two codes in view take turns').toBe(true);
    expect(repeats.nextDeadline).toBe(6100);
    repeats.forget(6100);
    expect(repeats.nextDeadline).toBe(6150);
    repeats.forget(6150);
    expect(repeats.nextDeadline).toBeUndefined();
    const off = new DuplicateWindow(0);
    expect([0, 0].map((at) => off.isRepeat(new SecretText(CODE), at))).toEqual([false, false]);
  });
});

function popcount(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
