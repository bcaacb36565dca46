import { encodeEndedFrame, endedText } from '../../protocols/terminal/ended-frame.ts';
import { decodeNccc, encodeNccc, type NcccFieldName } from '../../protocols/terminal/nccc/layout.ts';
import { AckedTerminal } from './acked-terminal.ts';
import type { CardTerminal } from './card-terminal.ts';
import type { LedgerEntry } from './ledger.ts';

type Fields = Readonly<Record<NcccFieldName, string>>;

/** A host's no has no code of its own: "call bank". 0001 says that something went wrong, and not what. */
const CODES: Readonly<Record<LedgerEntry['state'], string>> = {
  open: '0000',
  kept: '0000',
  declined: '0002',
  cancelled: '0006',
  reversed: '0001',
  // of holds: this terminal has none
  booked: '0001',
  expired: '0001',
};
const GOOD = '0000';
const ERROR = '0001';
const OPERATION_ERROR = '0004';

/**
 * The terminal's side of NCCC. It keeps no reference of the till: what it hears a second time is a second transaction, and what
 * it did last it cannot be asked. The card's number leaves it whole, as fields 8 and 9 have it.
 */
export class NcccTerminal {
  readonly acked: AckedTerminal;
  readonly #terminal: CardTerminal;

  constructor(terminal: CardTerminal) {
    this.#terminal = terminal;
    this.acked = new AckedTerminal(terminal, { knowsRepeats: false });
  }

  /** A whole frame; its acknowledgement is the mouth's business. */
  hear(frame: Uint8Array): void {
    const text = endedText(frame);
    const asked = text && decodeNccc(text);
    if (!asked || this.acked.isDeaf || this.acked.isBusy) return;
    switch (asked.trans_type) {
      case '01':
        return this.#money('sale', frame, asked);
      case '02':
        return this.#money('refund', frame, asked);
      case '30':
        return this.#void(asked);
      case '50':
        return this.#settle(asked);
      case '99':
        return this.acked.restart();
    }
  }

  #money(kind: 'sale' | 'refund', frame: Uint8Array, asked: Fields): void {
    const { needsSettlement, faults } = this.#terminal;
    if (needsSettlement || faults.take('settlement-needed')) {
      this.#terminal.needsSettlement = true;
      return this.#answer(asked, { ecr_response: OPERATION_ERROR });
    }
    this.acked.pay(kind, Number(asked.amount), frame, {
      progress: [],
      opened: () => undefined,
      result: (entry, named) => frameOf(asked, this.#result(entry, named)),
    });
  }

  /** By the receipt number, for the same amount; what was given back is given back once. */
  #void(asked: Fields): void {
    const entry = this.#terminal.ledger.find(Number(asked.receipt_no));
    const isGood = entry?.state === 'kept' && entry.kind === 'sale' && entry.amount === Number(asked.amount);
    if (!isGood) return this.#answer(asked, { ecr_response: ERROR });
    this.#terminal.reverse(entry);
    this.#answer(asked, { ...this.#result(entry, entry.amount), ecr_response: GOOD });
  }

  #settle(asked: Fields): void {
    this.#terminal.ledger.settle();
    this.#terminal.needsSettlement = false;
    this.#answer(asked, { ecr_response: GOOD });
  }

  #result(entry: LedgerEntry, amount: number): Partial<Record<NcccFieldName, string>> {
    const { card, personality } = this.#terminal;
    const isGood = CODES[entry.state] === GOOD;
    const { date, time } = this.#terminal.shows(entry.at);
    return {
      ecr_response: CODES[entry.state],
      receipt_no: String(entry.receipt).padStart(6, '0'),
      card_no: card.pan,
      expiry: card.expiry,
      amount: String(amount).padStart(12, '0'),
      date: date.slice(2),
      time,
      approval: isGood ? String(entry.trace).padStart(6, '0') : '',
      merchant_id: personality.merchantId,
      terminal_id: personality.terminalId,
      card_type: VISA,
      batch: String(entry.batch).padStart(6, '0'),
    };
  }

  #answer(asked: Fields, fields: Partial<Record<NcccFieldName, string>>): void {
    this.acked.answer(frameOf(asked, fields));
  }
}

const VISA = '02';

/** The request comes back, with what the terminal has to say in it. */
function frameOf(asked: Fields, fields: Partial<Record<NcccFieldName, string>>): Uint8Array {
  return encodeEndedFrame(encodeNccc({ ...asked, ...fields }));
}
