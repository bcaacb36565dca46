// What the keys of a keyboard mean, by HID usage (derived from the X keyboard layouts us, de and fr and the fixed place of
// each key). A gun types keys, not characters: set to one layout and read with another, it says something else.
//
//   usage 1C is the key right of T: y in the United States and France, z in Germany

/** plain, with Shift, with AltGr; then the names of dead keys, which type nothing by themselves. */
export type KeyRow = readonly [plain: string | null, shift: string | null, altgr: string | null, ...dead: string[]];

export type KeyboardLayoutName = 'us' | 'de' | 'fr';
export type KeyboardLayout = Readonly<Record<number, KeyRow>>;

const US: KeyboardLayout = {
  0x10: ['m', 'M', null],
  0x11: ['n', 'N', null],
  0x12: ['o', 'O', null],
  0x13: ['p', 'P', null],
  0x14: ['q', 'Q', null],
  0x15: ['r', 'R', null],
  0x16: ['s', 'S', null],
  0x17: ['t', 'T', null],
  0x18: ['u', 'U', null],
  0x19: ['v', 'V', null],
  0x20: ['3', '#', null],
  0x21: ['4', '$', null],
  0x22: ['5', '%', null],
  0x23: ['6', '^', null],
  0x24: ['7', '&', null],
  0x25: ['8', '*', null],
  0x26: ['9', '(', null],
  0x27: ['0', ')', null],
  0x30: [']', '}', null],
  0x31: ['\\', '|', null],
  0x33: [';', ':', null],
  0x34: ["'", '"', null],
  0x35: ['`', '~', null],
  0x36: [',', '<', null],
  0x37: ['.', '>', null],
  0x38: ['/', '?', null],
  0x1e: ['1', '!', null],
  0x1f: ['2', '@', null],
  0x2d: ['-', '_', null],
  0x2e: ['=', '+', null],
  0x1a: ['w', 'W', null],
  0x08: ['e', 'E', null],
  0x1c: ['y', 'Y', null],
  0x0c: ['i', 'I', null],
  0x04: ['a', 'A', null],
  0x07: ['d', 'D', null],
  0x09: ['f', 'F', null],
  0x0a: ['g', 'G', null],
  0x0b: ['h', 'H', null],
  0x0d: ['j', 'J', null],
  0x0e: ['k', 'K', null],
  0x0f: ['l', 'L', null],
  0x1d: ['z', 'Z', null],
  0x1b: ['x', 'X', null],
  0x06: ['c', 'C', null],
  0x05: ['b', 'B', null],
  0x2f: ['[', '{', null],
  0x2c: [' ', ' ', null],
};

const DE: KeyboardLayout = {
  0x10: ['m', 'M', 'µ'],
  0x11: ['n', 'N', null],
  0x12: ['o', 'O', null],
  0x13: ['p', 'P', null],
  0x14: ['q', 'Q', '@'],
  0x15: ['r', 'R', null],
  0x16: ['s', 'S', null],
  0x17: ['t', 'T', null],
  0x18: ['u', 'U', null],
  0x19: ['v', 'V', null],
  0x20: ['3', '§', '³'],
  0x21: ['4', '$', null],
  0x22: ['5', '%', null],
  0x23: ['6', '&', null],
  0x24: ['7', '/', '{'],
  0x25: ['8', '(', '['],
  0x26: ['9', ')', ']'],
  0x27: ['0', '=', '}'],
  0x30: ['+', '*', '~'],
  0x31: ['#', "'", null],
  0x33: ['ö', 'Ö', null],
  0x34: ['ä', 'Ä', null],
  0x35: [null, '°', null, 'dead_circumflex'],
  0x36: [',', ';', null],
  0x37: ['.', ':', null],
  0x38: ['-', '_', null],
  0x64: ['<', '>', '|'],
  0x1e: ['1', '!', null],
  0x1f: ['2', '"', '²'],
  0x2d: ['ß', '?', '\\'],
  0x2e: [null, null, null, 'dead_acute', 'dead_grave'],
  0x1a: ['w', 'W', null],
  0x08: ['e', 'E', '€'],
  0x1c: ['z', 'Z', null],
  0x0c: ['i', 'I', null],
  0x04: ['a', 'A', null],
  0x07: ['d', 'D', null],
  0x09: ['f', 'F', null],
  0x0a: ['g', 'G', null],
  0x0b: ['h', 'H', null],
  0x0d: ['j', 'J', null],
  0x0e: ['k', 'K', null],
  0x0f: ['l', 'L', null],
  0x1d: ['y', 'Y', null],
  0x1b: ['x', 'X', null],
  0x06: ['c', 'C', null],
  0x05: ['b', 'B', null],
  0x2f: ['ü', 'Ü', null],
  0x2c: [' ', ' ', null],
};

const FR: KeyboardLayout = {
  0x10: [',', '?', null],
  0x11: ['n', 'N', null],
  0x12: ['o', 'O', null],
  0x13: ['p', 'P', null],
  0x14: ['a', 'A', null],
  0x15: ['r', 'R', null],
  0x16: ['s', 'S', 'ß'],
  0x17: ['t', 'T', null],
  0x18: ['u', 'U', null],
  0x19: ['v', 'V', null],
  0x20: ['"', '3', '#'],
  0x21: ["'", '4', '{'],
  0x22: ['(', '5', '['],
  0x23: ['-', '6', '|'],
  0x24: ['è', '7', '`'],
  0x25: ['_', '8', '\\'],
  0x26: ['ç', '9', '^'],
  0x27: ['à', '0', '@'],
  0x30: ['$', '£', null],
  0x31: ['*', 'µ', null],
  0x33: ['m', 'M', 'µ'],
  0x34: ['ù', '%', null],
  0x35: ['²', '~', null],
  0x36: [';', '.', null],
  0x37: [':', '/', null],
  0x38: ['!', '§', null],
  0x1e: ['&', '1', null],
  0x1f: ['é', '2', '~'],
  0x2d: [')', '°', ']'],
  0x2e: ['=', '+', '}'],
  0x1a: ['z', 'Z', null],
  0x08: ['e', 'E', '€'],
  0x1c: ['y', 'Y', null],
  0x0c: ['i', 'I', null],
  0x04: ['q', 'Q', '@'],
  0x07: ['d', 'D', null],
  0x09: ['f', 'F', null],
  0x0a: ['g', 'G', null],
  0x0b: ['h', 'H', null],
  0x0d: ['j', 'J', null],
  0x0e: ['k', 'K', null],
  0x0f: ['l', 'L', null],
  0x1d: ['w', 'W', null],
  0x1b: ['x', 'X', null],
  0x06: ['c', 'C', null],
  0x05: ['b', 'B', null],
  0x2f: [null, null, null, 'dead_circumflex', 'dead_diaeresis'],
  0x2c: [' ', ' ', null],
};

export const KEYBOARD_LAYOUTS: Readonly<Record<KeyboardLayoutName, KeyboardLayout>> = { us: US, de: DE, fr: FR };

/** The keypad with NumLock on: the same everywhere. */
export const KEYPAD: Readonly<Record<number, string>> = {
  0x54: '/',
  0x55: '*',
  0x56: '-',
  0x57: '+',
  0x58: 'Enter',
  0x59: '1',
  0x60: '8',
  0x61: '9',
  0x62: '0',
  0x63: '.',
  0x5a: '2',
  0x5b: '3',
  0x5c: '4',
  0x5d: '5',
  0x5e: '6',
  0x5f: '7',
};

export const SHIFT = 0x22;
export const CTRL = 0x11;
export const LEFT_ALT = 0x04;
const RIGHT_ALT = 0x40;
export const ALT = LEFT_ALT | RIGHT_ALT;
export const GUI = 0x88;

/** A key and the modifiers that are held with it. */
export interface KeyPress {
  readonly usage: number;
  readonly modifiers: number;
}

/** The key for a character, or `undefined` when the layout has none. */
export function keyFor(char: string, layout: KeyboardLayout): KeyPress | undefined {
  for (const [usage, row] of Object.entries(layout)) {
    const level = row.slice(0, 3).indexOf(char);
    if (level >= 0) return { usage: Number(usage), modifiers: [0, 0x02, RIGHT_ALT][level] ?? 0 };
  }
  return undefined;
}

/** The character of a key; `null` for a dead key, `undefined` for a key that types nothing. */
export function charOf({ usage, modifiers }: KeyPress, layout: KeyboardLayout): string | null | undefined {
  const row = layout[usage];
  if (!row) return undefined;
  if (modifiers & RIGHT_ALT || (modifiers & CTRL && modifiers & LEFT_ALT)) return row[2];
  return modifiers & SHIFT ? row[1] : row[0];
}

/** What a host with one layout reads when a gun with another types; `?` where a dead key or none is struck. */
export function misread(text: string, gun: KeyboardLayoutName, host: KeyboardLayoutName): string {
  return [...text]
    .map((char) => {
      const key = keyFor(char, KEYBOARD_LAYOUTS[gun]);
      return (key && charOf(key, KEYBOARD_LAYOUTS[host])) ?? '?';
    })
    .join('');
}

/** Why a typed text is no code, in a word that a technician can act on. */
export type KeyboardMistake =
  | { readonly kind: 'layout'; readonly gun: KeyboardLayoutName; readonly host: KeyboardLayoutName }
  | { readonly kind: 'caps-lock' };

/** Digits of a payment code, the head of an EMVCo CPM code in base64, or an AIM id: what a gun at a counter would type. */
const LIKELY = /^(?:[0-9]{13,24}$|hQVDUFYw|\][A-Za-z][0-9](?:[0-9]|hQVD))/;

/**
 * Would the text be a code if the gun had been read with the layout it is set to? It is not corrected: what the money
 * depends on is scanned again, with the gun set right.
 */
export function keyboardMistake(text: string, host: KeyboardLayoutName = 'us'): KeyboardMistake | undefined {
  if (LIKELY.test(text)) return undefined;
  const guns = (Object.keys(KEYBOARD_LAYOUTS) as KeyboardLayoutName[]).filter((gun) => gun !== host);
  const gun = guns.find((name) => LIKELY.test(retyped(text, host, name)));
  if (gun) return { kind: 'layout', gun, host };
  return LIKELY.test(caseInverted(text)) ? { kind: 'caps-lock' } : undefined;
}

/** As the gun meant it. A first character that the host has no key for was the bracket of an AIM id. */
function retyped(text: string, host: KeyboardLayoutName, gun: KeyboardLayoutName): string {
  const meant = misread(text, host, gun);
  return /^[?\ufffd]/.test(text) ? `]${meant.slice(1)}` : meant;
}

function caseInverted(text: string): string {
  return [...text].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join('');
}
