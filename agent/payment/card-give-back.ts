import type { TerminalCapabilities } from '../../protocols/terminal/messages.ts';
import type { PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord } from '../journal/records.ts';
import type { Attempt } from './attempt.ts';
import { isCharge, type KeptCommand, ownKey } from './card.ts';
import type { CardRefusal } from './card-refusal.ts';
import type { CardRunner } from './card-runner.ts';

// Money of a card sale that goes back at the same terminal.

export interface CardGiveBackParts {
  readonly book: TillBook;
  readonly runner: Pick<CardRunner, 'begin' | 'ended'>;
  readonly terminal: () => Pick<PaymentTerminal, 'capabilities'>;
  readonly backendNow: () => number;
}

/** One refund is one command for life. */
export class CardGiveBack {
  readonly #parts: CardGiveBackParts;

  constructor(parts: CardGiveBackParts) {
    this.#parts = parts;
  }

  /** Asking again asks how it stands. Resolves when the terminal has said what became of it, or nobody can. */
  async giveBack(wish: GiveBackWish): Promise<Attempt | CardRefusal> {
    const begun = this.givenBack(wish.refundId) ?? (await this.#begin(wish));
    return typeof begun === 'string' ? begun : this.#parts.runner.ended(begun);
  }

  /** Why this money can never go back on this terminal. */
  giveBackRefusal(wish: GiveBackWish): 'UNSUPPORTED' | undefined {
    return this.#command(wish) ? undefined : 'UNSUPPORTED';
  }

  /** The command that a refund became. */
  givenBack(refundId: string): Attempt | undefined {
    return [...this.#parts.book.attempts.values()].find(({ attempt: { card } }) => card?.refundId === refundId)
      ?.attempt;
  }

  async #begin(wish: GiveBackWish): Promise<Attempt | CardRefusal> {
    const order = this.#parts.book.orders.get(wish.orderId);
    const command = this.#command(wish);
    if (!order || !command) return 'UNSUPPORTED';
    return this.#parts.runner.begin(order, command, { refundId: wish.refundId });
  }

  #command(wish: GiveBackWish): UnnamedCommand | undefined {
    const { book, terminal, backendNow } = this.#parts;
    return giveBackCommand(book, wish, terminal().capabilities, backendNow());
  }
}

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
  const record = book.attempts.get(attemptId);
  const { card, channel, late } = record?.attempt ?? {};
  if (!record || !card || !isCharge(card)) return undefined;
  const { amountFen, paidAt } = chargedBy(record);
  const tender = channel === 'CARD' ? 'card' : 'paycode';
  const canVoid = commands.includes('void') && (tenders?.void.includes(tender) ?? true);
  // behind its own no, the yes has the number: the no's is of nothing that was charged
  const original = (late ? late.key : ownKey(card.result)) ?? {};
  const isWholeOfToday = refundFen === amountFen && chineseDay(paidAt) === chineseDay(now);
  const isNamed = original.receipt !== undefined || original.trace !== undefined;
  if (canVoid && isWholeOfToday && isNamed) return { kind: 'void', amount: refundFen, original, tender };
  return commands.includes('refund') ? { kind: 'refund', amount: refundFen } : undefined;
}

/** A yes behind its own no has no time of its own: the sale is of when it was asked for. */
function chargedBy({ attempt, startedAt }: AttemptRecord): Required<Pick<Attempt, 'amountFen' | 'paidAt'>> {
  const { amountFen, paidAt = 0, late } = attempt;
  return late ? { amountFen: late.paidFen ?? amountFen, paidAt: late.paidAt ?? startedAt } : { amountFen, paidAt };
}

/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000;

function chineseDay(at: number): number {
  return Math.floor((at + BEIJING_MS) / 86_400_000);
}
