import { KEYBOARD_LAYOUTS, type KeyboardLayoutName, type KeyPress, keyFor, LEFT_ALT } from './keyboard-layouts.ts';

// Text as guns type it: the other side of hid-keyboard.ts (captures in scanners.md 4.1).
//
//   plain            key with its modifiers, all up                                 (most guns)
//   modifier-first   Shift alone, Shift with key, Shift alone, all up               (node-hid issue 228)
//   rollover         the next key goes down before the last one is up
//   alt-numpad       04 00 62 60 5B: Alt with 0 8 3, all in one report, then all up  ("S"; any character below U+0080)

export type TypingStyle = 'plain' | 'modifier-first' | 'rollover' | 'alt-numpad';

/** How a gun ends a code. `ctrl-shift-j` is an LF as some type it (node-hid issue 323). */
export const TYPED_ENDS = {
  enter: [{ usage: 0x28, modifiers: 0 }],
  'keypad-enter': [{ usage: 0x58, modifiers: 0 }],
  tab: [{ usage: 0x2b, modifiers: 0 }],
  'enter-ctrl-shift-j': [
    { usage: 0x28, modifiers: 0 },
    { usage: 0x0d, modifiers: 0x03 },
  ],
  none: [],
} as const satisfies Record<string, readonly KeyPress[]>;
export type TypedEnd = keyof typeof TYPED_ENDS;

export interface Typing {
  readonly layout: KeyboardLayoutName;
  readonly style: TypingStyle;
  readonly end: TypedEnd;
}

const CAPS_LOCK: KeyPress = { usage: 0x39, modifiers: 0 };
const KEYPAD_DIGITS = [0x62, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x60, 0x61] as const;
const CTRL = 0x01;

/** Boot reports of 8 bytes; `undefined` when the layout has no key for a character. */
export function typeText(text: string, { layout, style, end }: Typing): Uint8Array[] | undefined {
  if (style === 'alt-numpad') {
    const typed = [...text].map(altReport);
    return typed.every((report) => report !== undefined)
      ? [...typed.flatMap((report) => [report, allUp()]), ...TYPED_ENDS[end].flatMap(plain)]
      : undefined;
  }
  const keys = [...text].map((char) => keyOf(char, layout));
  if (!keys.every((key) => key !== undefined)) return undefined;
  const stroke = style === 'modifier-first' ? modifierFirst : plain;
  return [...(style === 'rollover' ? rollover(keys) : keys.flatMap(stroke)), ...TYPED_ENDS[end].flatMap(stroke)];
}

/** For a gun that turns the host's CapsLock around and back. */
export function typeCapsLock(): Uint8Array[] {
  return plain(CAPS_LOCK);
}

/** A control character is Ctrl and the key that is 40 above it: GS is Ctrl+]. */
function keyOf(char: string, layout: KeyboardLayoutName): KeyPress | undefined {
  const code = char.charCodeAt(0);
  if (code >= 0x20) return keyFor(char, KEYBOARD_LAYOUTS[layout]);
  const key = keyFor(String.fromCharCode(code + 0x40).toLowerCase(), KEYBOARD_LAYOUTS[layout]);
  return key && { usage: key.usage, modifiers: key.modifiers | CTRL };
}

function report(modifiers: number, ...usages: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8);
  bytes.set([modifiers, 0, ...usages.slice(0, 6)]);
  return bytes;
}

function allUp(): Uint8Array {
  return report(0);
}

function plain({ usage, modifiers }: KeyPress): Uint8Array[] {
  return [report(modifiers, usage), allUp()];
}

function modifierFirst({ usage, modifiers }: KeyPress): Uint8Array[] {
  if (modifiers === 0) return [report(0, usage), allUp()];
  return [report(modifiers), report(modifiers, usage), report(modifiers), allUp()];
}

/** Equal keys cannot overlap, nor can keys with other modifiers: there everything goes up in between. */
function rollover(keys: readonly KeyPress[]): Uint8Array[] {
  const reports: Uint8Array[] = [];
  let held: KeyPress | undefined;
  let two = false;
  for (const key of keys) {
    const overlaps = held !== undefined && held.usage !== key.usage && held.modifiers === key.modifiers;
    if (held && overlaps && two) reports.push(report(held.modifiers, held.usage));
    if (held && overlaps) reports.push(report(key.modifiers, held.usage, key.usage));
    else reports.push(...(held ? [allUp()] : []), report(key.modifiers, key.usage));
    two = overlaps;
    held = key;
  }
  return held ? [...reports, allUp()] : reports;
}

/** `0nnn`: with the leading 0 the number is one of code page 1252. */
function altReport(char: string): Uint8Array | undefined {
  const code = char.charCodeAt(0);
  if (char.length !== 1 || code >= 0x80) return undefined;
  const digits = [...String(code).padStart(3, '0')].map((digit) => KEYPAD_DIGITS[Number(digit)] ?? 0);
  return report(LEFT_ALT, ...(code < 100 ? digits : [KEYPAD_DIGITS[0], ...digits]));
}
