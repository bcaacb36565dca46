import type { Attempt } from './attempt.ts';
import { cardOf, hasSlip, isCharge } from './card.ts';
import { receiptBytes, type TerminalReceipt, tooLongNotice } from './terminal-receipt.ts';

/** Receipts of one payment: the merchant's, the customer's, what some make has besides, and further parts of a long one. */
const RECEIPTS = 8;
/**
 * All of them together as the journal keeps them. An entry of it may have 256 KiB (agent/journal/journal.ts), and the end of what was
 * no payment has each of them twice: as the attempt's, and as a job to be printed.
 */
const BYTES = 96 * 1024;

/** What the terminal had the till print of one payment: on disk with its end, and not on paper before. */
export class KeptReceipts {
  readonly #kept: { readonly receipt: TerminalReceipt; readonly isOfYes: boolean }[] = [];
  #bytes = 0;

  get all(): readonly TerminalReceipt[] {
    return this.#kept.map(({ receipt }) => receipt);
  }

  /** `isOfYes`: the terminal had approved the payment when it sent this. Else than 'kept' it is not, or a notice is instead. */
  add(receipt: TerminalReceipt, isOfYes: boolean): 'kept' | 'too-many' | 'too-long' {
    if (this.#kept.length >= RECEIPTS) return 'too-many';
    const bytes = receiptBytes(receipt);
    const hasRoom = this.#bytes + bytes <= BYTES;
    this.#kept.push({ receipt: hasRoom ? receipt : tooLongNotice(receipt), isOfYes });
    if (hasRoom) this.#bytes += bytes;
    return hasRoom ? 'kept' : 'too-long';
  }

  /**
   * To be printed behind an end that is no payment's: a refusal, money that went back. The receipt of a yes that did not stand
   * says that somebody has paid who has not, or has money back that he has not: it stays in the journal.
   */
  toPrint(ended: Attempt): readonly TerminalReceipt[] {
    if (hasSlip(ended)) return [];
    const stands = ended.state === 'REVERSED' && !isCharge(cardOf(ended));
    return this.#kept.flatMap(({ receipt, isOfYes }) => (stands || !isOfYes ? receipt : []));
  }
}
