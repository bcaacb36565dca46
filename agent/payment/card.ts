import type { FinancialCommand, TerminalResult, TransactionKey } from '../../protocols/terminal/messages.ts';
import { type Attempt, newAttempt } from './attempt.ts';
import type { TerminalReceipt } from './terminal-receipt.ts';

/** A command as the journal keeps it: a paycode that the terminal charges is in none. */
export type KeptCommand = Exclude<FinancialCommand, { readonly kind: 'settle' }> & {
  readonly paycode?: never;
};

/** What an attempt on the card terminal has and a wallet's has not. */
export interface CardFacts {
  /** who asked for it; absent: a scan began it */
  readonly commandId?: string;
  /** of money that goes back: the refund that it is for */
  readonly refundId?: string;
  /** of a charge or cancellation of a hold: that hold */
  readonly holdId?: string;
  /** the protocol; another one's answer is about nothing of this */
  readonly protocol: string;
  /** its reference is on disk before the first byte and never used again */
  readonly command: KeptCommand;
  /** the terminal's last transaction before this one; empty: it had none; absent: it cannot be asked */
  readonly before?: TransactionKey;
  /** its newest word about this command, on disk before the terminal hears that it is */
  readonly result?: TerminalResult;
  /** somebody wants it to stop; whether it did is the terminal's word */
  readonly cancelAsked?: true;
  /** what it had the till print of it */
  readonly receipts?: readonly TerminalReceipt[];
  /** the protocol has a question for what became of it */
  readonly canAsk: boolean;
}

/** What the terminal may say at the end of a sale that is kept with the attempt as evidence, never applied. */
export type LateWord = Omit<TerminalResult, 'command' | 'reference'> & {
  /** of a command that is over already, where the terminal names it */
  readonly reference?: string;
};

/** A sale on the terminal as it is first written down. */
export function newCardAttempt(
  { attemptId, orderId, amountFen }: Pick<Attempt, 'attemptId' | 'orderId' | 'amountFen'>,
  card: CardFacts,
  paycode?: Pick<Attempt, 'channel' | 'maskedPaycode'>,
): Attempt {
  const { channel = 'CARD', maskedPaycode = '' } = paycode ?? {};
  return { ...newAttempt({ attemptId, orderId, amountFen, channel, maskedPaycode }), card };
}

/** The card of an attempt that is the terminal's business. */
export function cardOf(attempt: Attempt): CardFacts {
  if (!attempt.card) throw new Error(`attempt ${attempt.attemptId} is not the terminal's`);
  return attempt.card;
}

/** It takes money for its order; the others hold some, or give back what one of them has taken. */
export function isCharge({ command }: Pick<CardFacts, 'command'>): boolean {
  return command.kind === 'sale' || command.kind === 'completePreAuth';
}

/**
 * How the terminal names what it did for this command. What another amount or an answer to nobody's question names may be the
 * last customer's: it is evidence, and never what a charge or a cancellation is said about.
 */
export function ownKey(result: Pick<TerminalResult, 'key' | 'evidence'> | undefined): TransactionKey | undefined {
  const by = result?.evidence.by;
  return by === 'other-amount' || by === 'cannot-tell' ? undefined : result?.key;
}

/** The terminal can find what has one of these; a date alone names nothing. */
export function isNamed({ receipt, trace, authorisation, rrn }: TransactionKey): boolean {
  return [receipt, trace, authorisation, rrn].some((name) => name !== undefined);
}

/** It is an order's own business: what a refund asks for is the refund's. */
export function isOfOrder({ refundId }: Pick<CardFacts, 'refundId'>): boolean {
  return refundId === undefined;
}

/** What the customer paid or had held has a slip of its own; money that goes back has its refund's. */
export function hasSlip(attempt: Attempt): boolean {
  if (!attempt.card) return attempt.state === 'PAID';
  return isCarriedOut(attempt) && isOfOrder(attempt.card);
}

/** The terminal has certainly done it. */
export function isCarriedOut({ state }: Attempt): boolean {
  return state === 'PAID' || state === 'REVERSED';
}

/** The terminal's yes to a command that it had said no to: money that nobody expects. */
export function isYesBehindNo({ state, card }: Attempt, { reference, outcome, standing }: LateWord): boolean {
  const isAboutIt = card !== undefined && card.command.reference === reference;
  return isAboutIt && state === 'FAILED' && outcome === 'approved' && standing !== 'provisional';
}

/** Still the terminal's business: nobody may begin another one before it is known. */
export function isCardOpen({ attempt }: { readonly attempt: Attempt }): boolean {
  return attempt.card !== undefined && attempt.doing.kind !== 'done';
}
