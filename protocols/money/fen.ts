// Money is integer fen; yuan text exists only at the border and is read by one strict pattern (amounts.json). There is no
// multiplication with a fraction anywhere: 1.15 * 100 is 114.99999999999999.

/** 0.01 yuan: nothing smaller can be paid. */
export const MIN_FEN = 1;
/** 100,000,000.00 yuan: Alipay's total_amount ends there (amounts.json, evidence V). */
export const MAX_FEN = 10_000_000_000;

/** No sign, no leading zeros, no grouping, at most two decimals, ASCII digits only. */
export const YUAN_PATTERN = '^(0|[1-9]\\d{0,9})(?:\\.(\\d{1,2}))?$';
const YUAN = new RegExp(YUAN_PATTERN);

/** Fen of a well-formed yuan text, whatever the policy says about the amount: "0.1" is 10, "0" is 0. */
export function yuanTextToFen(text: string): number | undefined {
  const match = YUAN.exec(text);
  if (!match) return undefined;
  const [, whole = '', decimals = ''] = match;
  // at most 10 + 2 digits: far below 2^53
  return Number.parseInt(whole + decimals.padEnd(2, '0'), 10);
}

/** Fen of a yuan text that can be collected: the strict pattern and {@link MIN_FEN} to {@link MAX_FEN}. */
export function parseYuan(text: string): number | undefined {
  const fen = yuanTextToFen(text);
  return fen !== undefined && isCollectableFen(fen) ? fen : undefined;
}

export function isCollectableFen(fen: number): boolean {
  return Number.isInteger(fen) && fen >= MIN_FEN && fen <= MAX_FEN;
}

/** `1250` is "12.50", always two decimals; refunds and differences may be negative. */
export function formatYuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError('money is integer fen');
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
