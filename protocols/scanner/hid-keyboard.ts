import { SecretText } from '../paycode/secret.ts';
import type { GunNoise } from './gun-event.ts';
import { altCharacter } from './keyboard-alt.ts';
import {
  ALT,
  CTRL,
  charOf,
  GUI,
  KEYBOARD_LAYOUTS,
  KEYPAD,
  type KeyboardLayout,
  type KeyboardLayoutName,
  type KeyPress,
  keyFor,
  SHIFT,
} from './keyboard-layouts.ts';

// A gun in keyboard mode, from its boot reports (scanners.md 4.1). The worst mode for money: a lost all-up report between
// two equal digits loses one of them, and nobody can tell.
//
//   00 00 23 00 00 00 00 00      key down: 6
//   00 00 00 00 00 00 00 00      all up
//   03 00 0D 00 00 00 00 00      Ctrl+Shift+J: an LF, as some guns type it (captured, node-hid issue 323)
//   04 00 62 60 5B 00 00 00      Alt with 0 8 3 on the keypad: S. The order in the array is the order of typing
//   01 in every place            too many keys at once: the report says nothing
//   mods 00 k1 k2 k3 k4 k5 k6

/** What ended a code, and how it was typed where that is not the plain key. */
export interface KeyboardEnd {
  readonly name: 'CR' | 'LF' | 'TAB';
  readonly typedAs?: string;
  readonly usage: number;
  readonly modifiers: number;
}

export interface KeyboardCode {
  readonly kind: 'code';
  readonly text: SecretText;
  /** absent: silence ended it */
  readonly end?: KeyboardEnd;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** An end behind an end: the LF of a gun that ends with CR LF. */
export interface KeyboardLineEnd {
  readonly kind: 'line-end';
  readonly end: KeyboardEnd;
  readonly at: number;
}

/** The lights that a keyboard's host would set now: a gun that toggles CapsLock waits for them. Output report, without id. */
export interface KeyboardLeds {
  readonly kind: 'leds';
  readonly bytes: Uint8Array;
}

export type KeyboardEvent = KeyboardCode | KeyboardLineEnd | KeyboardLeds | GunNoise;

export interface KeyboardConfig {
  /** the layout that the gun is set to; default us */
  readonly layout?: KeyboardLayoutName;
  /**
   * `key`: the gun is known to end with Enter or Tab, and what silence ends is dropped. `either` (default): silence ends a
   * code too, until the gun has ended one with a key; from then on, and until it is unplugged, half a code is no code.
   */
  readonly ends?: 'key' | 'either';
  /** default {@link IDLE_MS}, and longer for a slow gun */
  readonly idleMs?: number;
}

/** A code is over when so much time has passed without a report ... */
const IDLE_MS = 100;
/** ... but guns of 80 to 100 ms a key exist (Zebra): no less than three times the longest gap of this code. */
const GAPS = 3;
/** ... and nothing is known of the pace before two keys. */
const FIRST_IDLE_MS = 300;
/** A gun that always ends with a key stopped in the middle. */
const CUT_OFF_MS = 500;
/** Largest QR symbol. */
const MAX_CHARS = 8192;
/** Four are the most that mean anything. */
const MAX_ALT_DIGITS = 9;
const REPORT_BYTES = 8;
const ROLL_OVER = 0x01;
const CAPS_LOCK = 0x39;
const CAPS_LED = 0x02;
const ENDS: Readonly<Record<number, KeyboardEnd['name']>> = { 0x28: 'CR', 0x58: 'CR', 0x2b: 'TAB' };
const CONTROL_ENDS: Readonly<Record<number, KeyboardEnd['name']>> = { 0x0d: 'CR', 0x0a: 'LF', 0x09: 'TAB' };
/** stands for a dead key: a code with it is no code */
const UNREADABLE = '\ufffd';

/** Reports to codes. Pure: time is an argument; memory is bounded by the longest code. */
export class KeyboardReader {
  readonly #layoutName: KeyboardLayoutName;
  readonly #layout: KeyboardLayout;
  readonly #config: KeyboardConfig;
  readonly #idleMs: number;
  #endsByKey: boolean;
  #previous: readonly number[] = [];
  #altDigits = '';
  #capsLock = false;
  #text = '';
  #keys = 0;
  #startedAt = 0;
  #lastAt = 0;
  #longestGap = 0;
  #overflowing = false;
  #out: KeyboardEvent[] = [];

  constructor(config: KeyboardConfig = {}) {
    this.#layoutName = config.layout ?? 'us';
    this.#layout = KEYBOARD_LAYOUTS[this.#layoutName];
    this.#config = config;
    this.#endsByKey = config.ends === 'key';
    this.#idleMs = config.idleMs ?? IDLE_MS;
  }

  get layout(): KeyboardLayoutName {
    return this.#layoutName;
  }

  /** characters of a code that is not whole yet */
  get held(): number {
    return this.#text.length;
  }

  get nextDeadline(): number | undefined {
    if (this.#text === '' && !this.#overflowing) return undefined;
    return this.#lastAt + this.#waitMs();
  }

  /** One report of 8 bytes; a report id before it is the caller's. */
  push(report: Uint8Array, at: number): KeyboardEvent[] {
    this.#expire(at);
    if (report.length !== REPORT_BYTES) this.#noise('bad-length', report.length, at);
    else if (!report.subarray(2).includes(ROLL_OVER)) this.#take(report, at);
    return this.#taken();
  }

  /** Nothing came until `at`; a call too early does no harm. */
  silence(at: number): KeyboardEvent[] {
    this.#expire(at);
    return this.#taken();
  }

  /** At every open and close: keys and locks are forgotten, and half a code is no code. */
  reset(at: number): KeyboardEvent[] {
    this.#drop('partial-dropped', at);
    this.#forgetKeys();
    this.#capsLock = false;
    this.#overflowing = false;
    this.#endsByKey = this.#config.ends === 'key';
    return this.#taken();
  }

  #taken(): KeyboardEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #waitMs(): number {
    if (this.#endsByKey) return CUT_OFF_MS;
    if (this.#keys < 2) return Math.max(this.#idleMs, FIRST_IDLE_MS);
    return Math.max(this.#idleMs, GAPS * this.#longestGap);
  }

  #expire(at: number): void {
    if (at - this.#lastAt >= CUT_OFF_MS) this.#forgetKeys();
    const deadline = this.nextDeadline;
    if (deadline === undefined || at < deadline) return;
    if (this.#overflowing) this.#overflowing = false;
    else if (this.#endsByKey) this.#drop('partial-dropped', at);
    else this.#emit(undefined, this.#lastAt);
  }

  /** No gun holds a key so long: its all-up report was lost, and the next code may begin with the same key. */
  #forgetKeys(): void {
    this.#previous = [];
    this.#altDigits = '';
  }

  #take(report: Uint8Array, at: number): void {
    const modifiers = report[0] ?? 0;
    const keys = [...report.subarray(2)].filter((usage) => usage !== 0);
    if (this.#text !== '') this.#longestGap = Math.max(this.#longestGap, at - this.#lastAt);
    this.#lastAt = at;
    const pressed = keys.filter((usage) => !this.#previous.includes(usage));
    this.#previous = keys;
    if ((modifiers & ALT) === 0) this.#endAlt(at);
    for (const usage of pressed) this.#press({ usage, modifiers }, at);
  }

  #press(key: KeyPress, at: number): void {
    const end = ENDS[key.usage];
    if (key.usage === CAPS_LOCK) this.#toggleCapsLock();
    else if (end) this.#end({ name: end, ...key }, at);
    else if (key.modifiers & GUI) return;
    else if (key.modifiers & ALT && /^[0-9]$/.test(KEYPAD[key.usage] ?? '')) this.#altDigit(KEYPAD[key.usage] ?? '');
    else this.#type(key, at);
  }

  #altDigit(digit: string): void {
    if (this.#altDigits.length < MAX_ALT_DIGITS) this.#altDigits += digit;
  }

  #toggleCapsLock(): void {
    this.#capsLock = !this.#capsLock;
    this.#out.push({ kind: 'leds', bytes: Uint8Array.of(this.#capsLock ? CAPS_LED : 0) });
  }

  #endAlt(at: number): void {
    const digits = this.#altDigits;
    this.#altDigits = '';
    if (digits !== '') this.#append(altCharacter(digits), at);
  }

  #type(key: KeyPress, at: number): void {
    const char = KEYPAD[key.usage] ?? charOf(key, this.#layout);
    if (char === undefined) return;
    if (key.modifiers & CTRL && !(key.modifiers & ALT)) return this.#control(key, at);
    if (key.modifiers & 0x04 && !(key.modifiers & CTRL)) return;
    this.#append(char === null ? UNREADABLE : this.#capsLock ? this.#caps(key, char) : char, at);
  }

  /** CapsLock turns letters only. */
  #caps(key: KeyPress, char: string): string {
    const other = charOf({ ...key, modifiers: key.modifiers ^ 0x02 }, this.#layout) ?? char;
    const isLetter = char.toLowerCase() === other.toLowerCase() && char !== other;
    return isLetter && !(key.modifiers & ~SHIFT) ? other : char;
  }

  /** Ctrl with a letter or one of `@[\]^_` is the control character of that number. */
  #control(key: KeyPress, at: number): void {
    const char = charOf({ usage: key.usage, modifiers: 0 }, this.#layout) ?? '';
    if (!/^[a-z@[\\\]^_]$/.test(char)) return;
    const code = char.toUpperCase().charCodeAt(0) & 0x1f;
    const end = CONTROL_ENDS[code];
    const typedAs = `Ctrl+${key.modifiers & SHIFT ? 'Shift+' : ''}${char.toUpperCase()}`;
    if (end) this.#end({ name: end, typedAs, ...key }, at);
    else this.#append(String.fromCharCode(code), at);
  }

  #append(char: string, at: number): void {
    if (this.#overflowing) return;
    if (this.#text === '') {
      this.#startedAt = at;
      this.#keys = 0;
      this.#longestGap = 0;
    }
    this.#text += char;
    this.#keys += 1;
    if (this.#text.length <= MAX_CHARS) return;
    this.#drop('overflow', at);
    this.#overflowing = true;
  }

  #end(end: KeyboardEnd, at: number): void {
    if (this.#text !== '') return this.#emit(end, at);
    if (!this.#overflowing) this.#out.push({ kind: 'line-end', end, at });
    this.#overflowing = false;
  }

  #emit(end: KeyboardEnd | undefined, endedAt: number): void {
    if (end) this.#endsByKey = true;
    const text = new SecretText(this.#text);
    this.#text = '';
    this.#out.push({ kind: 'code', text, ...(end && { end }), startedAt: this.#startedAt, endedAt });
  }

  #drop(cause: GunNoise['cause'], at: number): void {
    const length = this.#text.length;
    this.#text = '';
    if (length > 0) this.#noise(cause, length, at);
  }

  #noise(cause: GunNoise['cause'], length: number, at: number): void {
    this.#out.push({ kind: 'noise', cause, length, at });
  }
}

/** As a technician and the vectors name it: `LF typed as Ctrl+Shift+J (usage 0D with modifiers 03)`. */
export function endWords({ name, typedAs, usage, modifiers }: KeyboardEnd): string {
  const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');
  return typedAs === undefined
    ? name
    : `${name} typed as ${typedAs} (usage ${hex(usage)} with modifiers ${hex(modifiers)})`;
}

/** A text as a gun types it: each key down, then all up. `undefined` when the layout has no key for a character. */
export function encodeKeyboard(text: string, layoutName: KeyboardLayoutName = 'us'): Uint8Array[] | undefined {
  const reports: Uint8Array[] = [];
  for (const char of text) {
    const key = char === '\r' ? { usage: 0x28, modifiers: 0 } : keyFor(char, KEYBOARD_LAYOUTS[layoutName]);
    if (!key) return undefined;
    reports.push(Uint8Array.of(key.modifiers, 0, key.usage, 0, 0, 0, 0, 0), new Uint8Array(REPORT_BYTES));
  }
  return reports;
}
