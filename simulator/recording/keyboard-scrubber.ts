import { altCharacter } from '../../protocols/scanner/keyboard-alt.ts';
import {
  ALT,
  CTRL,
  charOf,
  GUI,
  KEYBOARD_LAYOUTS,
  KEYPAD,
  type KeyboardLayout,
  type KeyboardLayoutName,
  keyFor,
  SHIFT,
} from '../../protocols/scanner/keyboard-layouts.ts';
import { type Cell, Lane } from './lane.ts';
import { OVER_MS, type Scrubber, type Settled } from './scrubber.ts';
import type { SyntheticCodes } from './synthetic.ts';

// Codes that a gun types (boot reports of 8 bytes, or 9 with a report id). Whatever country the gun is set to, the keys of the
// upper row are digits to us, shifted or not, and the keys of letters are letters: nothing is missed because the layout is
// another one. A key keeps its modifiers and the reports in which it is held; only its usage becomes another one.

/** Places of one press: it stands in every report until the key is up. */
interface Press {
  usage: number;
  readonly places: (readonly [report: Uint8Array, place: number])[];
}

const ROW = '1234567890';
const ROW_FIRST = 0x1e;
const A = 0x04;
const ENTER = 0x28;
const KEYPAD_ENTER = 0x58;
const TAB = 0x2b;
const ROLL_OVER = 0x01;
const KEYPAD_USAGES = new Map(Object.entries(KEYPAD).map(([usage, char]) => [char, Number(usage)]));

export class KeyboardScrubber implements Scrubber {
  readonly #layout: KeyboardLayout;
  readonly #lane: Lane;
  #held: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #down = new Map<number, Press>();
  /** digits that are typed while Alt is held */
  #alt: Press[] = [];

  constructor(codes: SyntheticCodes, layout: KeyboardLayoutName = 'us') {
    this.#layout = KEYBOARD_LAYOUTS[layout];
    this.#lane = new Lane(codes, { keepsNeighbours: true });
  }

  push(report: Uint8Array, at: number): readonly Settled[] {
    const settled = this.silence(at);
    const bytes = report.slice();
    this.#held.push({ at, bytes });
    if (bytes.length === 8 || bytes.length === 9) this.#take(bytes, bytes.length - 8);
    // nobody knows what stands in any other report
    else bytes.fill(0);
    return [...settled, ...this.#settle()];
  }

  silence(at: number): readonly Settled[] {
    const last = this.#held.at(-1);
    if (last && at - last.at >= OVER_MS) this.#over();
    return this.#settle();
  }

  end(): readonly Settled[] {
    this.#over();
    return this.#settle();
  }

  #take(bytes: Uint8Array, front: number): void {
    const modifiers = bytes[front] ?? 0;
    if (bytes.subarray(front + 2).includes(ROLL_OVER)) return;
    if ((modifiers & ALT) === 0) this.#endAlt();
    const down = new Map<number, Press>();
    for (let place = front + 2; place < front + 8; place++) {
      const usage = bytes[place] ?? 0;
      if (usage === 0) continue;
      const before = this.#down.get(usage);
      const press = before ?? { usage, places: [] };
      press.places.push([bytes, place]);
      // held on behind the end of its code, which has been replaced
      if (press.usage !== usage) bytes[place] = press.usage;
      down.set(usage, press);
      if (!before) this.#press(press, modifiers);
    }
    this.#down = down;
  }

  #press(press: Press, modifiers: number): void {
    const { usage } = press;
    const keypad = KEYPAD[usage];
    if (usage === ENTER || usage === KEYPAD_ENTER || usage === TAB) return this.#lane.flush();
    if (modifiers & ALT && /^\d$/.test(keypad ?? '')) return void this.#alt.push(press);
    if (modifiers & (CTRL | GUI)) return this.#lane.flush();
    const char = keypad ?? charOfKey(usage, modifiers, this.#layout);
    if (char === undefined || char.length !== 1) return;
    this.#lane.add({
      char,
      write: (other) => move(press, keypad === undefined ? usageOf(other, this.#layout) : KEYPAD_USAGES.get(other)),
    });
  }

  #endAlt(): void {
    const presses = this.#alt;
    this.#alt = [];
    if (presses.length === 0) return;
    const digits = presses.map(({ usage }) => KEYPAD[usage] ?? '0').join('');
    const cell: Cell = {
      char: altCharacter(digits),
      write: (other) => {
        const number = String(other.charCodeAt(0)).padStart(presses.length, '0');
        for (const [at, press] of presses.entries()) move(press, KEYPAD_USAGES.get(number.charAt(at)));
      },
    };
    if (cell.char < ' ') this.#lane.flush();
    else this.#lane.add(cell);
  }

  #over(): void {
    this.#endAlt();
    this.#lane.flush();
    // no gun holds a key so long: its report of all keys up was lost
    this.#down.clear();
  }

  #settle(): readonly Settled[] {
    return this.#lane.isEmpty && this.#alt.length === 0 ? this.#held.splice(0) : [];
  }
}

/** By the layout where it says a digit or a letter; else the upper row is digits and what is a letter in one country is one. */
function charOfKey(usage: number, modifiers: number, layout: KeyboardLayout): string | undefined {
  const char = charOf({ usage, modifiers }, layout) ?? undefined;
  if (char !== undefined && ALPHANUMERIC.test(char)) return char;
  if (usage >= ROW_FIRST && usage < ROW_FIRST + ROW.length) return ROW.charAt(usage - ROW_FIRST);
  const letter = usage >= A && usage < A + 26 ? String.fromCharCode(0x61 + usage - A) : char;
  return letter !== undefined && modifiers & SHIFT ? letter.toUpperCase() : letter;
}

const ALPHANUMERIC = /^[0-9A-Za-z]$/;

/** The key of a digit or a letter; what is neither is never replaced. */
function usageOf(char: string, layout: KeyboardLayout): number | undefined {
  return ALPHANUMERIC.test(char) ? keyFor(char, layout)?.usage : undefined;
}

function move(press: Press, usage: number | undefined): void {
  if (usage === undefined) throw new RangeError('there is no such key');
  press.usage = usage;
  for (const [report, place] of press.places) report[place] = usage;
}
