import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import {
  encodeInputEvents,
  type InputEvent,
  KeyStates,
  ledEvents,
  parseInputEvents,
} from '../../protocols/scanner/evdev.ts';
import { encodeKeyboard, KeyboardReader } from '../../protocols/scanner/hid-keyboard.ts';

const SYN: InputEvent = { type: 0, code: 0, value: 0 };
const key = (code: number, value: number): InputEvent => ({ type: 1, code, value });

/** What reports say, through the decoder of keyboard guns. */
function typed(reports: readonly Uint8Array[]): string[] {
  const reader = new KeyboardReader();
  const events = reports.flatMap((report, n) => (report.length === 0 ? reader.reset(n) : reader.push(report, n)));
  return [...events, ...reader.silence(10_000)].flatMap((event) =>
    event.kind === 'code' ? [event.text.reveal()] : [],
  );
}

describe('keys as Linux tells them', () => {
  it('reads struct input_event of both widths', () => {
    // KEY_6 (7) pressed, with a time in front of it
    const wide = fromHex('aabbccdd 00000000 11223344 00000000  0100 0700 01000000') ?? new Uint8Array();
    const narrow = fromHex('aabbccdd 11223344  0100 0700 01000000') ?? new Uint8Array();
    expect(parseInputEvents(wide, 'bits64')).toEqual([key(7, 1)]);
    expect(parseInputEvents(narrow, 'bits32')).toEqual([key(7, 1)]);
    expect(parseInputEvents(wide.subarray(0, 23), 'bits64')).toEqual([]);
    expect(parseInputEvents(encodeInputEvents([key(42, 0), SYN], 'bits64'), 'bits64')).toEqual([key(42, 0), SYN]);
  });

  it('gives the boot reports of the same keys: 6, then Shift+Q, then Enter', () => {
    const six = [key(7, 1), SYN, key(7, 0), SYN];
    const capital = [key(42, 1), key(16, 1), SYN, key(42, 0), key(16, 0), SYN];
    const enter = [key(28, 1), SYN, key(28, 0), SYN];
    const reports = new KeyStates().push([...six, ...capital, ...enter]);
    expect(reports.map(toHex)).toEqual([
      '0000230000000000',
      '0000000000000000',
      '0200000000000000',
      '0200140000000000',
      '0000140000000000',
      '0000000000000000',
      '0000280000000000',
      '0000000000000000',
    ]);
    expect(typed(reports)).toEqual(['6Q']);
  });

  it('every key of a code and of an AIM id arrives as it was typed, the kernel between', () => {
    // each character's usage, as the kernel would name it, there and back
    const text = ']Q1130012345678901234 hQVDUFYwMWEFTwegAAADFAEB+/=';
    const states = new KeyStates();
    const reports = (encodeKeyboard(`${text}\r`) ?? []).flatMap((report) => states.push(kernel(report)));
    expect(typed(reports)).toEqual([text]);
  });

  it('Alt with digits of the keypad keeps their order, and a repeated key is one press', () => {
    const alt = [
      key(56, 1),
      key(82, 1),
      key(72, 1),
      key(81, 1),
      SYN,
      key(56, 0),
      key(82, 0),
      key(72, 0),
      key(81, 0),
      SYN,
    ];
    expect(typed(new KeyStates().push(alt))).toEqual(['S']);
    expect(typed(new KeyStates().push([key(7, 1), SYN, key(7, 2), SYN, key(7, 2), SYN, key(7, 0), SYN]))).toEqual([
      '6',
    ]);
  });

  it('after an overrun of the queue half a code is none', () => {
    const states = new KeyStates();
    const before = states.push([key(7, 1), SYN, key(7, 0), SYN]);
    const lost = states.push([{ type: 0, code: 3, value: 0 }, key(8, 1), SYN]);
    const after = states.push([key(9, 1), SYN, key(9, 0), SYN]);
    expect(lost.map((report) => report.length)).toEqual([0]);
    expect(typed([...before, ...lost, ...after])).toEqual(['8']);
  });

  it('sets lights by events', () => {
    expect(toHex(encodeInputEvents(ledEvents(0x02), 'bits32'))).toBe(
      '00000000000000001100000000000000' +
        '00000000000000001100010001000000' +
        '00000000000000001100020000000000' +
        '0'.repeat(32),
    );
  });
});

let held: readonly number[] = [];

/** hid-input.c: what changed, releases first within the key array, then one SYN_REPORT. */
function kernel(report: Uint8Array): InputEvent[] {
  const now = [...report.subarray(2)].filter((usage) => usage !== 0);
  const shift = (report[0] ?? 0) & 0x22 ? 1 : 0;
  const ups = held.filter((usage) => !now.includes(usage)).map((usage) => key(CODES[usage] ?? 0, 0));
  const downs = now.filter((usage) => !held.includes(usage)).map((usage) => key(CODES[usage] ?? 0, 1));
  held = now;
  return [key(42, shift), ...ups, ...downs, SYN];
}

/** From linux/input-event-codes.h by name: KEY_A is 30, KEY_B 48, ... */
const CODES: Readonly<Record<number, number>> = Object.fromEntries([
  ...'30 48 46 32 18 33 34 35 23 36 37 38 50 49 24 25 16 19 31 20 22 47 17 45 21 44'
    .split(' ')
    .map((code, n) => [4 + n, Number(code)]),
  ...'2 3 4 5 6 7 8 9 10 11'.split(' ').map((code, n) => [0x1e + n, Number(code)]),
  [0x28, 28],
  [0x2c, 57],
  [0x2d, 12],
  [0x2e, 13],
  [0x2f, 26],
  [0x30, 27],
  [0x38, 53],
]);
