import { fromBase64 } from '../../protocols/bytes/base64.ts';
import { parseTlv, type TlvNode } from '../../protocols/paycode/ber-tlv.ts';
import { gs1 } from '../../protocols/paycode/check-digits.ts';
import { productSymbology } from '../../protocols/paycode/gs1.ts';
import { isIdCard } from '../../protocols/paycode/id-card.ts';
import { channelOf, compileRules } from '../../protocols/paycode/numeric.ts';
import { PAYMENT_CODE_RULES } from '../../protocols/paycode/rules.ts';

// What a gun said, made harmless: a text of the same length and of the same kind that says nothing about the real one. A
// paycode becomes another paycode of its channel. What nobody knows is replaced too: a list of secrets is never complete.

export interface Manner {
  /**
   * Two neighbours that differed still differ: on a keyboard with rollover the second of two equal keys would never be seen
   * to go down.
   */
  readonly keepsNeighbours?: boolean;
  /** only what is certainly somebody's secret: for the till's own words, which are commands */
  readonly onlySecrets?: boolean;
}

/** Also codes of channels that are switched off. */
const everyRule = compileRules({
  ...PAYMENT_CODE_RULES,
  rules: PAYMENT_CODE_RULES.rules.map((rule) => ({ ...rule, enabled: true })),
});

/** What may stand before a code: an AIM identifier, and the known beginning of an address that somebody scanned. */
const HARMLESS_HEAD =
  /^(?:\][A-Za-z][0-9A-Za-z])?(?:wxp:\/\/f2f|weixin:\/\/wxpay\/bizpayurl\?|https?:\/\/qr\.alipay\.com\/|https?:\/\/qr\.95516\.com\/|https?:\/\/)?/i;
/** What is surely a code, wherever it stands: also behind the letter that a gun puts in front of it. */
const CODES = /(hQVDUFYw[A-Za-z0-9+/]*={0,2}|\d{13,}[Xx]?)/;
/** Digits in the forms of UTF-8 and GB 18030 that are as wide as Chinese characters; runs that may be anything. */
const PARTS = /\d+[Xx]?|(?:\xef\xbc[\x90-\x99])+|(?:\xa3[\xb0-\xb9])+|[A-Za-z0-9+/=_-]{16,}/g;
/** Shorter runs of digits among other characters are settings, lengths and versions; alone they may be part of a torn code. */
const SHORT_DIGITS = 6;
const SECRET_DIGITS = 13;
const TRIES = 2_000;
/** EMV tags that say what kind of card it is and nothing of whose. */
const PUBLIC_TAGS: ReadonlySet<string> = new Set(['85', '4F', '50']);

export class SyntheticCodes {
  /** 0 <= x < 1 */
  readonly #random: () => number;
  /** the same code again is the same synthetic one; dies with the process */
  readonly #known = new Map<string, string>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A text of the same length. `text`: Latin-1, one character a byte. */
  of(text: string, manner: Manner = {}): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = this.#make(text, manner);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(text, made);
    return made;
  }

  #make(text: string, manner: Manner): string {
    const head = HARMLESS_HEAD.exec(text)?.[0] ?? '';
    const rest = text.slice(head.length);
    const isTorn = /^\d+$/.test(rest);
    const parts = rest
      .split(CODES)
      .map((part, at) => (at % 2 === 1 ? this.#code(part, manner) : this.#around(part, manner, isTorn)));
    return head + parts.join('');
  }

  #code(part: string, manner: Manner): string {
    return part.startsWith('hQVDUFYw') ? this.#card(part, manner) : this.#digits(part, manner, false);
  }

  #around(text: string, manner: Manner, isTorn: boolean): string {
    return text.replace(PARTS, (part: string) => {
      if (/^\d/.test(part)) return this.#digits(part, manner, isTorn);
      return manner.onlySecrets ? part : this.#scrambled(part, manner);
    });
  }

  #digits(part: string, manner: Manner, isTorn: boolean): string {
    const least = manner.onlySecrets ? SECRET_DIGITS : SHORT_DIGITS;
    if (part.length < least && (!isTorn || manner.onlySecrets)) return part;
    if (!/^\d+$/.test(part)) return this.#scrambled(part, manner);
    if (channelOf(part, everyRule)) return this.#paycode(part, manner);
    const pair = glued(part);
    if (pair) return pair.map((code) => this.#paycode(code, manner)).join('');
    if (productSymbology(part)) return this.#product(part, manner);
    return this.#scrambled(part, manner);
  }

  /** Another code of the same channel and length, that is nothing else besides. */
  #paycode(code: string, manner: Manner): string {
    const channel = channelOf(code, everyRule);
    const kept = code.startsWith('160') ? 3 : 2;
    return this.#until(
      code,
      manner,
      (made) => channelOf(made, everyRule) === channel && !isIdCard(made, false),
      () => code.slice(0, kept) + this.#someDigits(code.length - kept),
    );
  }

  #product(code: string, manner: Manner): string {
    return this.#until(code, manner, gs1, () => this.#someDigits(code.length));
  }

  /**
   * A card's code keeps its tree, and what kind of card it is; whose it is, and its cryptogram, become others. Each character
   * stays a digit, a capital or a small letter, so that a keyboard types it with the same modifiers.
   */
  #card(text: string, manner: Manner): string {
    const tree = cardTree(text);
    if (!tree) return this.#scrambled(text, manner);
    let made = text;
    for (let at = 0; at < text.length; at++) made = this.#otherInCard(text, made, at, tree, manner);
    return made;
  }

  #otherInCard(text: string, made: string, at: number, tree: CardTree, { keepsNeighbours }: Manner): string {
    const char = text.charAt(at);
    const set = CLASSES.find((one) => one.includes(char)) ?? '';
    const from = this.#below(Math.max(1, set.length));
    // the one behind it is still the old one, and may stay
    const taken = [at - 1, at + 1].filter((near) => char !== text.charAt(near)).map((near) => made.charAt(near));
    for (let n = 0; n < set.length; n++) {
      const other = set.charAt((from + n) % set.length);
      if (other === char || (keepsNeighbours && taken.includes(other))) continue;
      const next = made.slice(0, at) + other + made.slice(at + 1);
      if (tree.allows(next)) return next;
    }
    return made;
  }

  /** Each character another one of its class; what is no letter and no ASCII digit keeps its place. */
  #scrambled(text: string, manner: Manner): string {
    let made = '';
    for (let at = 0; at < text.length; at++) made += this.#other(text, at, made, manner);
    return made;
  }

  #other(text: string, at: number, made: string, { keepsNeighbours }: Manner): string {
    const char = text.charAt(at);
    const before = text.charAt(at - 1);
    const set = CLASSES.find((one) => one.includes(char));
    const isWide = (before === '\xbc' && char >= '\x90' && char <= '\x99') || (before === '\xa3' && char >= '\xb0');
    if (isWide) return String.fromCharCode((char < '\xb0' ? 0x90 : 0xb0) + this.#below(10));
    if (set === undefined) return char;
    for (;;) {
      const other = set.charAt(this.#below(set.length));
      if (!keepsNeighbours || before === char || other !== made.at(-1)) return other;
    }
  }

  #until(original: string, { keepsNeighbours }: Manner, isGood: (made: string) => boolean, make: () => string): string {
    for (let tries = 0; tries < TRIES; tries++) {
      const made = make();
      if (made !== original && isGood(made) && (!keepsNeighbours || keeps(original, made))) return made;
    }
    return this.#scrambled(original, { keepsNeighbours: true });
  }

  #someDigits(count: number): string {
    return Array.from({ length: count }, () => this.#below(10)).join('');
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/** Codes remembered in one recording; a busy till reads a thousand a day. */
const MOST_KNOWN = 10_000;
const CLASSES = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** What may be another byte in a card's code. */
interface CardTree {
  allows(text: string): boolean;
}

/** `undefined`: no whole code of a card. */
function cardTree(text: string): CardTree | undefined {
  const bytes = fromBase64(text);
  const parsed = bytes && parseTlv(bytes);
  if (!bytes || !parsed || 'error' in parsed) return undefined;
  const free = new Uint8Array(bytes.length);
  for (const node of parsed.nodes) markFree(node, bytes, free);
  return {
    allows: (other) => fromBase64(other)?.every((byte, at) => mayBe(byte, bytes[at] ?? 0, free[at] ?? FIXED)) === true,
  };
}

const FIXED = 0;
const ANYTHING = 1;
/** two decimal digits, or the separator D and the filling F, which stay */
const DIGITS = 2;

function markFree({ tag, value, children }: TlvNode, bytes: Uint8Array, free: Uint8Array): void {
  for (const child of children ?? []) markFree(child, bytes, free);
  if (children || PUBLIC_TAGS.has(tag)) return;
  const from = value.byteOffset - bytes.byteOffset;
  free.fill(tag === '57' || tag === '5A' ? DIGITS : ANYTHING, from, from + value.length);
}

function mayBe(byte: number, was: number, free: number): boolean {
  if (free === ANYTHING || byte === was) return true;
  const nibble = (now: number, before: number) => now === before || (now < 10 && before < 10);
  return free === DIGITS && nibble(byte >> 4, was >> 4) && nibble(byte & 0x0f, was & 0x0f);
}

/** Two reads without a terminator between them. */
function glued(digits: string): readonly [string, string] | undefined {
  if (digits.length < 32 || digits.length > 48) return undefined;
  for (let at = 16; at <= digits.length - 16; at++) {
    const parts = [digits.slice(0, at), digits.slice(at)] as const;
    if (parts.every((part) => channelOf(part, everyRule))) return parts;
  }
  return undefined;
}

function keeps(original: string, made: string): boolean {
  for (let at = 1; at < made.length; at++)
    if (made[at] === made[at - 1] && original[at] !== original[at - 1]) return false;
  return true;
}
