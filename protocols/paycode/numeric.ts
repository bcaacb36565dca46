import { isBankCard, looksLikePan } from './bank-card.ts';
import { isDigits } from './digits.ts';
import { isBareGs1, productSymbology, productWithAddOn } from './gs1.ts';
import { isIdCard } from './id-card.ts';
import type { Channel } from './paycode.ts';
import { LONGEST_NUMERIC_CODE, type PaymentCodeRule, type PaymentCodeRules } from './rules.ts';

// Step 11 of payment.md 1.3: what a string of digits is. The order decides: an ID number can look like a WeChat code, a card
// number like an Alipay or UnionPay code, and a payment code passes Luhn one time in ten.

export type Numeric =
  | { readonly is: 'id-card'; readonly collidesWith?: Channel }
  | {
      readonly is: 'payment';
      readonly channel: Channel;
      readonly code: string;
      readonly twice: boolean;
      readonly panLike: boolean;
    }
  | { readonly is: 'several' }
  | { readonly is: 'product'; readonly symbology: string }
  | { readonly is: 'gs1' }
  | { readonly is: 'bank-card' }
  | { readonly is: 'wrong-length'; readonly channel: Channel; readonly expected: readonly [number, number] }
  | { readonly is: 'unknown' };

interface CompiledRule extends PaymentCodeRule {
  readonly matches: RegExp;
  readonly begins: RegExp;
}

/** The switched-on rules of one table, ready to match. Compile once, classify often. */
export interface CompiledRules {
  readonly version: number;
  readonly rules: readonly CompiledRule[];
}

export function compileRules(table: PaymentCodeRules): CompiledRules {
  const rules = table.rules
    .filter(({ enabled }) => enabled)
    .map((rule) => ({ ...rule, matches: new RegExp(rule.pattern), begins: new RegExp(rule.prefix) }));
  return { version: table.version, rules };
}

export function channelOf(code: string, { rules }: CompiledRules): Channel | undefined {
  return rules.find(({ matches }) => matches.test(code))?.channel;
}

/** Of a text of digits, or of 17 digits and X. */
export function classifyNumber(text: string, rules: CompiledRules, aim: string | undefined): Numeric {
  const channel = channelOf(text, rules);
  if (isIdCard(text, channel !== undefined)) return { is: 'id-card', ...(channel && { collidesWith: channel }) };
  if (!isDigits(text)) return { is: 'unknown' };
  const addOn = aim === ']E3' ? productWithAddOn(text) : undefined;
  if (addOn) return { is: 'product', symbology: addOn };
  if (channel) return payment(channel, text, false);
  return severalCodes(text, rules) ?? otherNumber(text, rules);
}

function payment(channel: Channel, code: string, twice: boolean): Numeric {
  return { is: 'payment', channel, code, twice, panLike: looksLikePan(code) };
}

/** A trigger bounce or a missing terminator: the same code twice is one code, two different ones are none. */
function severalCodes(text: string, rules: CompiledRules): Numeric | undefined {
  const half = text.slice(0, text.length / 2);
  const channel = half + half === text ? channelOf(half, rules) : undefined;
  if (channel) return payment(channel, half, true);
  return text.length > LONGEST_NUMERIC_CODE && splits(text, rules) ? { is: 'several' } : undefined;
}

/** Whether the digits are payment codes glued together, one product code allowed among them. */
function splits(text: string, rules: CompiledRules): boolean {
  // what stands before an offset can be cut into: payment codes only, or payment codes and one product code
  const codesOnly = new Set([0]);
  const withProduct = new Set<number>();
  for (let from = 0; from < text.length; from++) {
    if (!codesOnly.has(from) && !withProduct.has(from)) continue;
    for (let to = from + SHORTEST_PART; to <= Math.min(text.length, from + LONGEST_NUMERIC_CODE); to++) {
      const part = text.slice(from, to);
      const isCode = channelOf(part, rules) !== undefined;
      if (isCode && codesOnly.has(from)) codesOnly.add(to);
      if (isCode && withProduct.has(from)) withProduct.add(to);
      if (codesOnly.has(from) && productSymbology(part)) withProduct.add(to);
    }
  }
  return codesOnly.has(text.length) || withProduct.has(text.length);
}

/** An EAN-8. Longer than {@link LONGEST_NUMERIC_CODE} in all, at least one part is a payment code. */
const SHORTEST_PART = 8;

function otherNumber(text: string, rules: CompiledRules): Numeric {
  const symbology = productSymbology(text);
  if (symbology) return { is: 'product', symbology };
  if (isBareGs1(text)) return { is: 'gs1' };
  if (isBankCard(text)) return { is: 'bank-card' };
  return wrongLength(text, rules) ?? { is: 'unknown' };
}

/** Shorter is a phone number (11) or an order number, longer than two of the longest codes is no read of a code. */
const INCOMPLETE_READ = { min: 12, max: 2 * LONGEST_NUMERIC_CODE };

function wrongLength(text: string, { rules }: CompiledRules): Numeric | undefined {
  if (text.length < INCOMPLETE_READ.min || text.length > INCOMPLETE_READ.max) return undefined;
  const rule = rules.find(
    ({ begins, digits: [min, max] }) => begins.test(text) && (text.length < min || text.length > max),
  );
  return rule && { is: 'wrong-length', channel: rule.channel, expected: rule.digits };
}
