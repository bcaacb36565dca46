import { isBankCard } from './bank-card.ts';
import { isIdCard } from './id-card.ts';
import { maskPan } from './masking.ts';
import { channelOf, compileRules } from './numeric.ts';
import { maskDigits } from './paycode.ts';
import { PAYMENT_CODE_RULES } from './rules.ts';

// Free text (the channel's own words, error messages, traces) before it is logged, shown or sent: masking.json and
// payment.md 4.6. Works on plain text and on JSON text, where a slash may be `\/` and a code may stand behind `\n`.

/** Also codes of channels that are switched off: they are secrets all the same. */
const everyRule = compileRules({
  ...PAYMENT_CODE_RULES,
  rules: PAYMENT_CODE_RULES.rules.map((rule) => ({ ...rule, enabled: true })),
});

const SLASH = '\\\\?/';
const TOKEN = '[^\\s"\'<>\\\\,;)]*';

/** The name of a secret, and what stands between it and the secret. */
const NAMED =
  '(?:cvv2?|cvn2?|cvc2?|pin|pin_?block|track_?[123]|f2f|tmk|tpk|tak|password|passwd|secret|token|authorization' +
  '|(?:tusn|api|access|private|sign|mac)_?key)\\\\?["\']?\\s*[:=]\\s*';

/** Whole patterns first, digits last: a track holds a card number, a collection code may hold 32 digits. */
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // EMVCo CPM as base64 (letter case inverted by CapsLock too) and as hex of 85 05 "CPV0"
  [/hqvdufyw(?:[A-Za-z0-9+/=_-]|\\\/|%[0-9A-F]{2}|\.{1,3})*/gi, '[EMV_CPM REDACTED]'],
  [/85 ?05 ?43 ?50 ?56 ?30(?: ?[0-9a-f]{2})*/gi, '[EMV_CPM REDACTED]'],
  // track 1 (%B...^...^...?), track 2 as ISO/IEC 7813 (;...=...?) and as tag 57 (...D...)
  [/%?B\d{12,19}\^[^?"\\\n]{2,26}\^[^?"\s\\]*\??/g, '[REDACTED]'],
  [/;?\d{12,19}[D=d]\d{7,}[Ff]?\??/g, '[REDACTED]'],
  // what is named is gone, whatever it looks like (masking.json neverStore); between quotes with its spaces
  [new RegExp(`(${NAMED}\\\\?["'])(?!\\[REDACTED)[^"'\\\\\\n]+`, 'gi'), '$1[REDACTED]'],
  [new RegExp(`(${NAMED})(?!\\[REDACTED)(?:(?:bearer|basic)\\s+)?[^\\s"',;&}\\\\]+`, 'gi'), '$1[REDACTED]'],
  // user and password of an address
  [new RegExp(`(:${SLASH}${SLASH})[^\\s/:@"'\\\\]+:[^\\s/@"'\\\\]+@`, 'g'), '$1[REDACTED]@'],
  [new RegExp(`(wxp:${SLASH}${SLASH}[0-9a-z]{4})${TOKEN}`, 'gi'), '$1****'],
  [new RegExp(`(weixin:${SLASH}${SLASH}wxpay${SLASH}bizpayurl\\?)${TOKEN}`, 'gi'), '$1****'],
  [new RegExp(`(qr\\.alipay\\.com${SLASH}[0-9a-z]{3})${TOKEN}`, 'gi'), '$1****'],
  [new RegExp(`(qr\\.95516\\.com${SLASH})${TOKEN}`, 'gi'), '$1****'],
];

const DIGIT_RUN = /[0-9\uff10-\uff19]{13,}[Xx]?/g;
/** Two or more groups with one space or hyphen between, as cards and codes are written for people. */
const GROUPED = /(?<!\d)\d{2,}(?:[ -]\d+)+/g;
/** Our own attemptId (payment.md 2.2): T, terminal, day, sequence. Sixteen digits that may look like an Alipay code. */
const ATTEMPT_ID_BEFORE = /(?:^|[^0-9A-Za-z])T$/;
const ATTEMPT_ID_DIGITS = /^\d{4}20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}$/;

/** The text without payment codes, card numbers, tracks, CPM payloads, ID numbers and collection tokens. */
export function redact(text: string): string {
  let result = text;
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  result = result.replace(DIGIT_RUN, (run: string, at: number, whole: string) =>
    isAttemptId(run, whole.slice(Math.max(0, at - 2), at)) ? run : (maskNumber(run) ?? run),
  );
  return result.replace(GROUPED, maskGroups);
}

function isAttemptId(run: string, before: string): boolean {
  return ATTEMPT_ID_BEFORE.test(before) && ATTEMPT_ID_DIGITS.test(run);
}

/** The mask of one number, or `undefined` when it is nobody's secret. */
function maskNumber(run: string): string | undefined {
  const number = run.replace(/[\uff10-\uff19]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
  if (isIdCard(number, false) && !channelOf(number, everyRule)) return '[ID_CARD REDACTED]';
  const digits = number.replace(/[Xx]$/, '');
  const tail = number.slice(digits.length);
  if (channelOf(digits, everyRule)) return maskDigits(digits) + tail;
  if (isBankCard(digits)) return maskPan(digits) + tail;
  const parts = gluedCodes(digits);
  return parts && parts.map(maskDigits).join('') + tail;
}

/** Two reads without a terminator between them: both codes. */
function gluedCodes(digits: string): readonly string[] | undefined {
  if (digits.length < 32 || digits.length > 48) return undefined;
  for (let at = 16; at <= digits.length - 16; at++) {
    const parts = [digits.slice(0, at), digits.slice(at)];
    if (parts.every((part) => channelOf(part, everyRule))) return parts;
  }
  return undefined;
}

/** Masks every stretch of groups whose digits together are a secret, the longest first. */
function maskGroups(text: string): string {
  const groups = text.split(/[ -]/);
  let out = '';
  let at = 0;
  for (let from = 0; from < groups.length; ) {
    const secret = longestSecret(groups.slice(from, from + MAX_GROUPS));
    const count = secret?.count ?? 1;
    const length = groups.slice(from, from + count).join(' ').length;
    out += (secret?.mask ?? text.slice(at, at + length)) + text.charAt(at + length);
    at += length + 1;
    from += count;
  }
  return out;
}

/** 24 digits in groups of three, the shortest that {@link isWrittenInGroups} takes. */
const MAX_GROUPS = 8;

function longestSecret(groups: readonly string[]): { mask: string; count: number } | undefined {
  for (let count = groups.length; count >= 2; count--) {
    const stretch = groups.slice(0, count);
    const mask = isWrittenInGroups(stretch) ? maskNumber(stretch.join('')) : undefined;
    if (mask !== undefined) return { mask, count };
  }
  return undefined;
}

/** 4 4 4 4, 4 4 4 4 2, 4 6 5, 6 13: not a date, a phone number or an order number beside an amount. */
function isWrittenInGroups(groups: readonly string[]): boolean {
  const digits = groups.join('').length;
  if (digits < 13 || digits > 24) return false;
  const [first = '', second = ''] = groups;
  if (groups.length === 2) return first.length === 6 && second.length >= 7;
  return (
    groups.slice(0, -1).every((group) => group.length >= 3 && group.length <= 6) && (groups.at(-1)?.length ?? 0) <= 6
  );
}
