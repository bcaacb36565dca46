import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidKeyboardDecoder } from '../../agent/decode/hid-keyboard.ts';
import { encodeKeyboard, endWords, type KeyboardEvent, KeyboardReader } from '../../protocols/scanner/hid-keyboard.ts';
import { altCharacter } from '../../protocols/scanner/keyboard-alt.ts';
import { type KeyboardLayoutName, keyboardMistake, misread } from '../../protocols/scanner/keyboard-layouts.ts';
import { cpuMs } from '../cpu-ms.ts';
import { CODE, hex, joined } from './scanner-packets.ts';

const LAYOUTS: readonly KeyboardLayoutName[] = ['us', 'de', 'fr'];
const UP = new Uint8Array(8);
const key = (usage: number, modifiers = 0) => Uint8Array.of(modifiers, 0, usage, 0, 0, 0, 0, 0);

function word(event: KeyboardEvent): string {
  if (event.kind === 'code') return `${event.text.reveal()}${event.end ? ` ${endWords(event.end)}` : ''}`;
  if (event.kind === 'line-end') return endWords(event.end);
  return event.kind === 'leds' ? `leds ${event.bytes[0]}` : `${event.cause} ${event.length}`;
}
const words = (events: readonly KeyboardEvent[]) => events.map(word);

/** Reports `everyMs` apart. */
function typed(reader: KeyboardReader, reports: readonly Uint8Array[], everyMs = 1, from = 0): KeyboardEvent[] {
  return reports.flatMap((report, n) => reader.push(report, from + n * everyMs));
}
const keys = (text: string, layout: KeyboardLayoutName = 'us') => encodeKeyboard(text, layout) ?? [];

describe('a gun in keyboard mode', () => {
  it.each(LAYOUTS)('%s: what is typed is read', (layout) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z/=]{1,60}$/), (text) => {
        const reports = encodeKeyboard(`${text}\r`, layout);
        if (!reports) return;
        expect(words(typed(new KeyboardReader({ layout }), reports))).toEqual([`${text} CR`]);
      }),
    );
  });

  it('a missing all-up report between two keys is no loss unless they are equal', () => {
    const reports = keys('1300\r').filter((report, n) => n % 2 === 0 || report[2] !== 0);
    expect(words(typed(new KeyboardReader(), reports)), 'the second 0 is lost, and nobody can tell').toEqual([
      '130 CR',
    ]);
  });

  it('CapsLock typed by the gun turns letters, and the lights are told', () => {
    const reports = [key(0x39), UP, ...keys('aB1;\r'), key(0x39), UP, ...keys('a\r')];
    expect(words(typed(new KeyboardReader(), reports))).toEqual(['leds 2', 'Ab1; CR', 'leds 0', 'a CR']);
    const french = new KeyboardReader({ layout: 'fr' });
    expect(words(typed(french, [key(0x39), UP, ...keys('1a\r', 'fr')]))).toEqual(['leds 2', '1A CR']);
  });

  it('Alt and digits on the keypad', () => {
    const alt = (...digits: number[]) => [...digits.flatMap((digit) => [key(digit, 4), key(0, 4)]), UP];
    const reports = [...alt(0x62, 0x60, 0x5b), ...alt(0x62, 0x5a, 0x61), ...alt(0x59, 0x5b, 0x62), ...keys('\r')];
    expect(words(typed(new KeyboardReader(), reports))).toEqual(['S\u001d\u0082 CR'.replace('\u0082', 'é')]);
    expect([altCharacter('0128'), altCharacter('0233'), altCharacter('83'), altCharacter('0339')]).toEqual([
      '€',
      'é',
      'S',
      'S',
    ]);
  });

  it('ends: Enter, keypad Enter, Tab, Ctrl+J, Ctrl+M; the LF behind a CR is no code', () => {
    const reader = new KeyboardReader();
    const reports = [...keys('1\r'), key(0x0d, 3), UP, ...keys('2'), key(0x58), UP, ...keys('3'), key(0x2b), UP];
    expect(words(typed(reader, reports))).toEqual([
      '1 CR',
      'LF typed as Ctrl+Shift+J (usage 0D with modifiers 03)',
      '2 CR',
      '3 TAB',
    ]);
    expect(words(typed(reader, [...keys('4'), key(0x0d, 1), UP, ...keys('5'), key(0x10, 1), UP], 1, 100))).toEqual([
      '4 LF typed as Ctrl+J (usage 0D with modifiers 01)',
      '5 CR typed as Ctrl+M (usage 10 with modifiers 01)',
    ]);
  });

  it('silence ends a code of a gun without an end; half a code of a gun with one is no code', () => {
    const reader = new KeyboardReader();
    typed(reader, keys('130012'), 2);
    expect(reader.nextDeadline).toBe(22 + 100);
    expect(words(reader.silence(121))).toEqual([]);
    expect(words(reader.silence(122))).toEqual(['130012']);
    expect(words(typed(reader, keys(`${CODE}\r`), 2, 1000))).toEqual([`${CODE} CR`]);
    typed(reader, keys('6212345'), 2, 2000);
    expect(words(typed(reader, keys(`${CODE}\r`), 2, 3000))).toEqual(['partial-dropped 7', `${CODE} CR`]);
    typed(reader, keys('6212345'), 2, 4000);
    expect(words(reader.reset(4100))).toEqual(['partial-dropped 7']);
    expect(words(typed(new KeyboardReader({ ends: 'key' }), [...keys('12'), UP], 500))[0]).toBe('partial-dropped 1');
  });

  it('a slow gun (Zebra, 80 to 100 ms a key) is not cut', () => {
    const reader = new KeyboardReader();
    const events = typed(reader, keys(CODE), 100);
    expect(words([...events, ...reader.silence(reader.nextDeadline ?? 0)])).toEqual([CODE]);
  });

  it('keys that type nothing, keys with the GUI key, reports of another length', () => {
    const reader = new KeyboardReader();
    expect(words(typed(reader, [key(0x3a), UP, key(0x04, 8), UP, key(0x04, 4), UP, ...keys('1\r')]))).toEqual(['1 CR']);
    expect(words(reader.push(UP.subarray(0, 7), 100))).toEqual(['bad-length 7']);
  });

  it('a dead key makes a code unreadable instead of shorter', () => {
    expect(
      words(typed(new KeyboardReader({ layout: 'de' }), [...keys('1', 'de'), key(0x2e), UP, ...keys('2\r', 'de')])),
    ).toEqual(['1\ufffd2 CR']);
  });

  it('a code without end: 8 Ki characters and no more, and its rest is no code', () => {
    const reader = new KeyboardReader();
    const noise = typed(reader, keys('12'.repeat(5000)));
    expect(words(noise)).toEqual(['overflow 8193']);
    expect(words(typed(reader, keys(`99\r${CODE}\r`), 1, 20_000))).toEqual([`${CODE} CR`]);
  });

  it('never throws, and is quick with garbage', () => {
    const report = fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: 8, maxLength: 8 })
      .map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.array(report, { maxLength: 60 }), fc.constantFrom(...LAYOUTS), (reports, layout) => {
        const reader = new KeyboardReader({ layout });
        typed(reader, reports);
        expect(reader.held).toBeLessThanOrEqual(60);
      }),
    );
    const reader = new KeyboardReader();
    const reports = keys('13');
    expect(cpuMs(() => Array.from({ length: 100_000 }, (_, n) => typed(reader, reports, 0, n)))).toBeLessThan(2000);
  });

  it('a code cannot print itself', () => {
    const events = typed(new KeyboardReader(), keys(`${CODE}\r`));
    for (const text of [inspect(events, false, 9), JSON.stringify(events)]) expect(text).not.toContain('0012');
  });
});

describe('a wrong layout is recognised, and never repaired', () => {
  const CPM = 'hQVDUFYwMWE/+=9yz';

  it.each(LAYOUTS.flatMap((gun) => LAYOUTS.filter((host) => host !== gun).map((host) => [gun, host] as const)))(
    'the gun types %s, the host reads %s',
    (gun, host) => {
      for (const text of [CODE, CPM, `]C0${CODE}`]) {
        const read = misread(text, gun, host);
        if (read === text) expect(keyboardMistake(read, host)).toBeUndefined();
        else expect(keyboardMistake(read, host), read).toMatchObject({ kind: 'layout', host });
      }
    },
  );

  it('names the layout where only one fits', () => {
    expect(keyboardMistake(misread(CODE, 'fr', 'us'))).toEqual({ kind: 'layout', gun: 'fr', host: 'us' });
    expect(keyboardMistake(misread(CPM, 'de', 'us'))).toEqual({ kind: 'layout', gun: 'de', host: 'us' });
  });

  it('CapsLock of the host turns base64 over', () => {
    expect(keyboardMistake('HqvdufyWmwe=')).toEqual({ kind: 'caps-lock' });
  });

  it.each([CODE, CPM, '6957842208856', 'hello', 'SIP-4-1', ''])('%s is no mistake', (text) => {
    expect(keyboardMistake(text)).toBeUndefined();
  });
});

describe('tillwire decode hid-keyboard', () => {
  it('reads the reports, masked, and tells a wrong layout', () => {
    const shown = (bytes: Uint8Array, unmask = false) => hidKeyboardDecoder.explain(bytes, { unmask });
    const reports = joined(keys(`${CODE}\r`));
    expect(shown(reports)).toMatchObject({ ok: true, fields: { text: '13************1234', terminators: ['CR'] } });
    expect(shown(reports, true).fields).toMatchObject({ text: CODE });
    const french = shown(joined(keys(`${CODE}\r`, 'fr')));
    expect(french.fields).toMatchObject({ text: '[18 characters]', wrongLayout: 'fr' });
    expect(shown(hex('00 00 1e')).ok).toBe(false);
  });
});
