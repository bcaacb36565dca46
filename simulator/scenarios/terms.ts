import { z } from 'zod';
import { MAX_FEN, YUAN_PATTERN, yuanTextToFen } from '../../protocols/money/fen.ts';

// The small words that steps and expectations share: amounts, durations, names.

/** 1250 fen is "12.50" */
export const Yuan = z
  .string()
  .regex(new RegExp(YUAN_PATTERN), 'yuan such as "12.50"')
  .refine((text) => (yuanTextToFen(text) ?? MAX_FEN + 1) <= MAX_FEN, 'at most 100,000,000.00')
  .describe('yuan, such as "12.50"');

const UNITS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|min|h|d)$/;

export const Duration = z
  .string()
  .regex(DURATION, 'a duration such as "300ms", "3s", "2min", "1h" or "7d"')
  .describe('"300ms", "3s", "2min", "1h" or "7d"');

/** What a customer does not do at all. */
export const DurationOrNever = z.union([z.literal('never'), Duration]);

/** An order's name in the story, and its number on the till. */
export const OrderName = z
  .string()
  .regex(/^[A-Z][A-Z0-9-]{0,19}$/, 'capital letters, digits and -, such as "A" or "DOOR-1"')
  .describe('an order of the story; "A" when nothing is said');

export const FIRST_ORDER = 'A';

export function fenOf(yuan: string): number {
  const fen = yuanTextToFen(yuan);
  if (fen === undefined) throw new RangeError(`not yuan: ${yuan}`);
  return fen;
}

export function msOf(duration: string): number {
  const [, number = '', unit = ''] = DURATION.exec(duration) ?? [];
  const factor = Object.entries(UNITS).find(([name]) => name === unit)?.[1];
  if (factor === undefined) throw new RangeError(`not a duration: ${duration}`);
  return Number(number) * factor;
}
