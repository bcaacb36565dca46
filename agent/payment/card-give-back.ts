import type { TerminalCapabilities } from '../../protocols/terminal/messages.ts';
import type { TillBook } from '../journal/book.ts';
import { isCharge, type KeptCommand } from './card.ts';

// Money of a card sale that goes back at the same terminal.

export interface GiveBackWish {
  readonly refundId: string;
  readonly orderId: string;
  /** the sale */
  readonly attemptId: string;
  readonly refundFen: number;
}

type Unnamed<C> = C extends KeptCommand ? Omit<C, 'reference'> : never;
/** Before it has the reference that it keeps for life. */
export type UnnamedCommand = Unnamed<KeptCommand>;

/**
 * All of a sale of today is made void, which needs its number; anything else is a refund to the card. `undefined`: this
 * terminal can do neither, or nobody knows the sale.
 */
export function giveBackCommand(
  book: Pick<TillBook, 'attempts'>,
  { attemptId, refundFen }: GiveBackWish,
  { commands, tenders }: TerminalCapabilities,
  now: number,
): UnnamedCommand | undefined {
  const sale = book.attempts.get(attemptId)?.attempt;
  const { card, channel, amountFen, paidAt = 0 } = sale ?? {};
  if (!card || !isCharge(card)) return undefined;
  const tender = channel === 'CARD' ? 'card' : 'paycode';
  const canVoid = commands.includes('void') && (tenders?.void.includes(tender) ?? true);
  const original = card.result?.key ?? {};
  const isWholeOfToday = refundFen === amountFen && chineseDay(paidAt) === chineseDay(now);
  const isNamed = original.receipt !== undefined || original.trace !== undefined;
  if (canVoid && isWholeOfToday && isNamed) return { kind: 'void', amount: refundFen, original, tender };
  return commands.includes('refund') ? { kind: 'refund', amount: refundFen } : undefined;
}

/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000;

function chineseDay(at: number): number {
  return Math.floor((at + BEIJING_MS) / 86_400_000);
}
