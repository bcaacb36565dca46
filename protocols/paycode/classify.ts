import { isDigits } from './digits.ts';
import { CPM_START, type CpmError, parseCpm } from './emv-cpm.ts';
import { parseMpm } from './emv-mpm.ts';
import { isBareGs1, isMarkedGs1 } from './gs1.ts';
import { isUrl, merchantChannel } from './merchant-qr.ts';
import { normalise, type Source } from './normalise.ts';
import { type CompiledRules, classifyNumber, compileRules, type Numeric } from './numeric.ts';
import { type Channel, type CpmSummary, Paycode } from './paycode.ts';
import { PAYMENT_CODE_RULES } from './rules.ts';
import { SecretText } from './secret.ts';

export type CodeFlag = 'FULLWIDTH_FOLDED' | 'GROUPING_REMOVED' | 'CAPSLOCK_REPAIRED' | 'DOUBLE_READ' | 'LOOKS_LIKE_PAN';

type Finding =
  | { readonly kind: 'PAYMENT_CODE'; readonly channel: Channel; readonly paycode: Paycode }
  | { readonly kind: 'EMV_CPM'; readonly channel: 'EMV'; readonly paycode: Paycode; readonly summary: CpmSummary }
  | { readonly kind: 'MERCHANT_QR'; readonly channel: Channel }
  | { readonly kind: 'EMV_MPM'; readonly crcOk: boolean }
  | { readonly kind: 'URL' }
  | { readonly kind: 'GS1_LOGISTICS' }
  | { readonly kind: 'PRODUCT_BARCODE'; readonly symbology: string }
  /** `collidesWith`: it could also be that channel's code; the customer refreshes and is scanned again */
  | { readonly kind: 'ID_CARD'; readonly collidesWith?: Channel }
  | { readonly kind: 'BANK_CARD' }
  | { readonly kind: 'FACE_TOKEN'; readonly channel: 'ALIPAY' }
  | { readonly kind: 'MULTIPLE_CODES' }
  | {
      readonly kind: 'LENGTH_MISMATCH';
      readonly channel: Channel;
      readonly length: number;
      readonly expected: readonly [min: number, max: number];
    }
  | { readonly kind: 'GARBLED'; readonly reason?: CpmError }
  | { readonly kind: 'UNKNOWN' }
  | { readonly kind: 'TOO_LONG' }
  | { readonly kind: 'EMPTY' };

/** What a scanned or typed text is. Only PAYMENT_CODE and EMV_CPM may start an attempt. Never holds readable text. */
export type Classification = Finding & { readonly flags: readonly CodeFlag[]; readonly aim?: string };
export type CodeKind = Classification['kind'];

export interface ClassifyOptions {
  readonly source: Source;
  /** AIM identifier, when the gun reported it beside the text */
  readonly aim?: string;
  readonly rules?: CompiledRules;
}

/** Longer than any code of any channel (emv-cpm.json, Antom codeValue). */
const MAX_CODE_CHARACTERS = 512;
/** Prefixes, terminators and zero-width characters a gun may add; beyond, the text is not even looked at. */
const MAX_RAW_CHARACTERS = 8 * MAX_CODE_CHARACTERS;

const builtInRules = compileRules(PAYMENT_CODE_RULES);

/** Total and pure: every text gives exactly one finding, in the order of payment.md 1.3. */
export function classify(input: SecretText | string, options: ClassifyOptions): Classification {
  const raw = typeof input === 'string' ? input : input.reveal();
  if (raw.length > MAX_RAW_CHARACTERS) return { kind: 'TOO_LONG', flags: [] };
  const { text, aim, fullwidthFolded, groupingRemoved } = normalise(raw, options.source, options.aim);
  const flags: CodeFlag[] = [];
  if (fullwidthFolded) flags.push('FULLWIDTH_FOLDED');
  if (groupingRemoved) flags.push('GROUPING_REMOVED');
  const { found, more } = find(text, aim, options.rules ?? builtInRules);
  if (more) flags.push(...more);
  // not { ...found, flags }: V8 adds members to a plain copy fifty times slower, and each has a form of its own then
  const classified = Object.assign({ flags }, found);
  return aim === undefined ? classified : { ...classified, aim };
}

interface Found {
  readonly found: Finding;
  readonly more?: readonly CodeFlag[];
}

function find(text: string, aim: string | undefined, rules: CompiledRules): Found {
  if (text === '') return { found: { kind: 'EMPTY' } };
  if (text.length > MAX_CODE_CHARACTERS) return { found: { kind: 'TOO_LONG' } };
  if (isDigits(text)) return findDigits(text, aim, rules);
  return (
    findAddress(text) ??
    findEmv(text) ??
    findMarked(text, aim) ??
    findNumber(text, aim, rules) ??
    findWreck(text, rules)
  );
}

/** Nearly every code of the day: whatever needs another character is not looked for between the scan and the disk. */
function findDigits(text: string, aim: string | undefined, rules: CompiledRules): Found {
  const marked = findMpm(text) ?? (aim === undefined ? undefined : findMarked(text, aim));
  return marked ?? fromNumber(classifyNumber(text, rules, aim), text.length);
}

function findAddress(text: string): Found | undefined {
  const channel = merchantChannel(text);
  if (channel) return { found: { kind: 'MERCHANT_QR', channel } };
  return isUrl(text) ? { found: { kind: 'URL' } } : undefined;
}

function findEmv(text: string): Found | undefined {
  const merchant = findMpm(text);
  if (merchant) return merchant;
  if (text.startsWith(CPM_START)) return findCpm(text, []);
  if (text.slice(0, CPM_START.length).toUpperCase() !== CPM_START.toUpperCase()) return undefined;
  // A keyboard gun with CapsLock on inverts every letter. A wrong repair cannot parse as TLV to its last byte.
  const repaired = findCpm(swapCase(text), ['CAPSLOCK_REPAIRED']);
  return repaired.found.kind === 'EMV_CPM' ? repaired : { found: { kind: 'GARBLED' } };
}

function findMpm(text: string): Found | undefined {
  if (!text.startsWith('000201')) return undefined;
  const parsed = parseMpm(text);
  return { found: { kind: 'EMV_MPM', crcOk: 'mpm' in parsed && parsed.mpm.crcOk } };
}

function findCpm(text: string, flags: readonly CodeFlag[]): Found {
  const parsed = parseCpm(text);
  if ('error' in parsed) return findCpmTwice(text, flags) ?? { found: { kind: 'GARBLED', reason: parsed.error } };
  const { summary } = parsed.cpm;
  return {
    found: { kind: 'EMV_CPM', channel: 'EMV', paycode: new Paycode(text, 'EMV', summary), summary },
    more: flags,
  };
}

function findCpmTwice(text: string, flags: readonly CodeFlag[]): Found | undefined {
  const second = text.indexOf(CPM_START, 1);
  if (second < 0 || 'error' in parseCpm(text.slice(0, second)) || 'error' in parseCpm(text.slice(second)))
    return undefined;
  const twice = text.slice(0, second) === text.slice(second);
  return twice ? findCpm(text.slice(second), [...flags, 'DOUBLE_READ']) : { found: { kind: 'MULTIPLE_CODES' } };
}

/** Things that say themselves what they are. */
function findMarked(text: string, aim: string | undefined): Found | undefined {
  if (isMarkedGs1(text, aim)) return { found: { kind: 'GS1_LOGISTICS' } };
  return text.startsWith('fp') && /^fp[0-9A-Za-z]{33}$/.test(text)
    ? { found: { kind: 'FACE_TOKEN', channel: 'ALIPAY' } }
    : undefined;
}

/** An ID number that ends in X. */
function findNumber(text: string, aim: string | undefined, rules: CompiledRules): Found | undefined {
  if (!/^\d+[Xx]$/.test(text)) return undefined;
  const number = classifyNumber(text, rules, aim);
  return number.is === 'unknown' ? undefined : fromNumber(number, text.length);
}

function fromNumber(number: Numeric, length: number): Found {
  switch (number.is) {
    case 'payment': {
      const { channel, code, twice, panLike } = number;
      const more: CodeFlag[] = [];
      if (twice) more.push('DOUBLE_READ');
      if (panLike) more.push('LOOKS_LIKE_PAN');
      return { found: { kind: 'PAYMENT_CODE', channel, paycode: new Paycode(code, channel) }, more };
    }
    case 'id-card':
      return { found: { kind: 'ID_CARD', ...(number.collidesWith && { collidesWith: number.collidesWith }) } };
    case 'several':
      return { found: { kind: 'MULTIPLE_CODES' } };
    case 'product':
      return { found: { kind: 'PRODUCT_BARCODE', symbology: number.symbology } };
    case 'gs1':
      return { found: { kind: 'GS1_LOGISTICS' } };
    case 'bank-card':
      return { found: { kind: 'BANK_CARD' } };
    case 'wrong-length':
      return { found: { kind: 'LENGTH_MISMATCH', channel: number.channel, length, expected: number.expected } };
    case 'unknown':
      break;
  }
  return { found: { kind: 'UNKNOWN' } };
}

/** What is left: a code spoilt between the gun and us, or something that never was one. */
function findWreck(text: string, rules: CompiledRules): Found {
  if (isBareGs1(text)) return { found: { kind: 'GS1_LOGISTICS' } };
  return findLines(text, rules) ?? { found: { kind: isGarbled(text, rules) ? 'GARBLED' : 'UNKNOWN' } };
}

/** Codes with the gun's terminator between them, when a host glued two reads together. */
function findLines(text: string, rules: CompiledRules): Found | undefined {
  // oxlint-disable-next-line no-control-regex -- terminators are control characters
  const lines = text.split(/[\x00-\x1f]+/);
  if (lines.length < 2 || lines.length > 8) return undefined;
  const codes = lines.map((line) => classifyNumber(line, rules, undefined));
  const [first] = codes;
  if (!codes.every(({ is }) => is === 'payment' || is === 'product') || !first) return undefined;
  const same = lines.every((line) => line === lines[0]);
  if (first.is !== 'payment' || !same) return { found: { kind: 'MULTIPLE_CODES' } };
  return fromNumber({ ...first, twice: true }, text.length);
}

/** The digit row with Shift held down: what a US-layout gun types into a host that has the shift state wrong. */
const SHIFTED_DIGITS = /^[!@#$%^&*()]{12,}$/;
const CJK = /[\u3000-\u9fff]/;
// oxlint-disable-next-line no-control-regex -- a control character inside a code is the sign looked for
const BROKEN_CHARACTER = /[\x00-\x1c\x1e\x1f\x7f-\x9f\ufffd]/;

/** A keyboard gun through an input method or CapsLock, or a wrong baud rate: the beginning of a code, then strangers. */
function isGarbled(text: string, { rules }: CompiledRules): boolean {
  if (BROKEN_CHARACTER.test(text) || SHIFTED_DIGITS.test(text)) return true;
  const digits = text.replace(/\D/g, '');
  if (CJK.test(text) && digits.length >= 4) return true;
  const mostlyDigits = text.length >= 14 && digits.length >= 0.6 * text.length && !text.includes(' ');
  return mostlyDigits && /^\d\d/.test(text) && rules.some(({ begins }) => begins.test(digits));
}

function swapCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (char) => String.fromCharCode(char.charCodeAt(0) ^ 0x20));
}
