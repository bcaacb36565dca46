// Keys as Linux tells them (/dev/input/event*, linux/input.h), turned into the boot reports that hid-keyboard.ts reads.
//
//   64-bit: seconds 8, microseconds 8, type 2, code 2, value 4; 32-bit: the first two have 4 bytes each
//
//   .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..  01 00  07 00  01 00 00 00      EV_KEY, KEY_6, pressed
//   .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..  00 00  00 00  00 00 00 00      EV_SYN, SYN_REPORT: that was one report
//
// What is lost on the way: two presses of one key in a single report (Alt with 0 8 0) are one here.

export const EVENT_BYTES = { bits32: 16, bits64: 24 } as const;
export type EvdevWidth = keyof typeof EVENT_BYTES;

const EV_SYN = 0x00;
const EV_KEY = 0x01;
const EV_LED = 0x11;
const SYN_REPORT = 0;
/** The kernel's queue of 64 events ran over: what came before cannot be told any more. */
const SYN_DROPPED = 3;
const RELEASED = 0;
const PRESSED = 1;

/** HID usage to key code, as the kernel's hid-input.c maps them; 0 where a usage has no key. */
const KEY_CODES: readonly number[] = (
  '0 0 0 0 30 48 46 32 18 33 34 35 23 36 37 38 50 49 24 25 16 19 31 20 22 47 17 45 21 44 2 3 ' +
  '4 5 6 7 8 9 10 11 28 1 14 15 57 12 13 26 27 43 43 39 40 41 51 52 53 58 59 60 61 62 63 64 ' +
  '65 66 67 68 87 88 99 70 119 110 102 104 111 107 109 106 105 108 103 69 98 55 74 78 96 79 80 81 75 76 77 71 ' +
  '72 73 82 83 86'
)
  .split(' ')
  .map(Number);
const FIRST_MODIFIER = 0xe0;
/** LCtrl, LShift, LAlt, LGUI, RCtrl, RShift, RAlt, RGUI */
const MODIFIER_CODES: readonly number[] = [29, 42, 56, 125, 97, 54, 100, 126];

const USAGES: ReadonlyMap<number, number> = new Map([
  // usages 31 and 32 are both key 43: the first one is meant
  ...KEY_CODES.map((code, usage) => [code, usage] as const).reverse(),
  ...MODIFIER_CODES.map((code, n) => [code, FIRST_MODIFIER + n] as const),
]);

export interface InputEvent {
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

/** Whole events only: the kernel never gives half of one. */
export function parseInputEvents(bytes: Uint8Array, width: EvdevWidth): InputEvent[] {
  const size = EVENT_BYTES[width];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: InputEvent[] = [];
  for (let end = size; end <= bytes.length; end += size) {
    const at = end - 8;
    events.push({
      type: view.getUint16(at, true),
      code: view.getUint16(at + 2, true),
      value: view.getInt32(at + 4, true),
    });
  }
  return events;
}

export function encodeInputEvents(events: readonly InputEvent[], width: EvdevWidth): Uint8Array {
  const size = EVENT_BYTES[width];
  const bytes = new Uint8Array(size * events.length);
  const view = new DataView(bytes.buffer);
  for (const [n, { type, code, value }] of events.entries()) {
    const at = size * (n + 1) - 8;
    view.setUint16(at, type, true);
    view.setUint16(at + 2, code, true);
    view.setInt32(at + 4, value, true);
  }
  return bytes;
}

/** The lights of an output report, as events to be written to the device. Bits: NumLock, CapsLock, ScrollLock. */
export function ledEvents(leds: number): InputEvent[] {
  const lights = [0, 1, 2].map((code) => ({ type: EV_LED, code, value: (leds >> code) & 1 }));
  return [...lights, { type: EV_SYN, code: SYN_REPORT, value: 0 }];
}

/** A boot report has room for six keys. */
const MOST_KEYS = 6;
const REPORT_BYTES = 8;
/** Stands for keys that were lost: what is half typed is no code. */
const LOST = new Uint8Array();

/** Events to boot reports, one for each change of a key. Pure. */
export class KeyStates {
  #modifiers = 0;
  #pressed: readonly number[] = [];
  #dropping = false;

  push(events: readonly InputEvent[]): Uint8Array[] {
    return events.flatMap((event) => this.#take(event) ?? []);
  }

  #take({ type, code, value }: InputEvent): Uint8Array | undefined {
    if (type === EV_SYN) return this.#sync(code);
    // 2 is the kernel's own repetition of a held key
    if (type !== EV_KEY || this.#dropping || (value !== PRESSED && value !== RELEASED)) return undefined;
    const usage = USAGES.get(code);
    if (usage === undefined || usage === 0) return undefined;
    if (usage >= FIRST_MODIFIER) this.#modify(1 << (usage - FIRST_MODIFIER), value);
    else this.#press(usage, value);
    return this.#report();
  }

  #sync(code: number): Uint8Array | undefined {
    if (code === SYN_REPORT) this.#dropping = false;
    if (code !== SYN_DROPPED) return undefined;
    this.#dropping = true;
    this.#pressed = [];
    this.#modifiers = 0;
    return LOST;
  }

  #modify(bit: number, value: number): void {
    this.#modifiers = value === PRESSED ? this.#modifiers | bit : this.#modifiers & ~bit;
  }

  #press(usage: number, value: number): void {
    const others = this.#pressed.filter((held) => held !== usage);
    this.#pressed = value === PRESSED ? [...others, usage].slice(-MOST_KEYS) : others;
  }

  #report(): Uint8Array {
    const report = new Uint8Array(REPORT_BYTES);
    report.set([this.#modifiers, 0, ...this.#pressed]);
    return report;
  }
}
