import { encodeEndedFrame, endedText } from '../../protocols/terminal/ended-frame.ts';
import { decodeTransbank, encodeTransbank, transbankFields } from '../../protocols/terminal/transbank/commands.ts';
import { AckedTerminal } from './acked-terminal.ts';
import type { CardTerminal } from './card-terminal.ts';
import type { LedgerEntry } from './ledger.ts';

/** Read the card, confirm the amount, type the PIN, ask the host. */
const STEPS = ['78', '79', '81', '82'];
const CODES: Readonly<Record<LedgerEntry['state'], string>> = {
  open: '00',
  kept: '00',
  declined: '01',
  cancelled: '07',
  reversed: '04',
  // of holds: this terminal has none
  booked: '05',
  expired: '05',
};
const NO_SUCH_SALE = '11';
const NO_SUCH_TRANSACTION = '05';

/** The terminal's side of POS Integrado. */
export class TransbankTerminal {
  readonly acked: AckedTerminal;
  readonly #terminal: CardTerminal;
  readonly #tickets = new Map<LedgerEntry, string>();

  constructor(terminal: CardTerminal) {
    this.#terminal = terminal;
    this.acked = new AckedTerminal(terminal);
  }

  /** A whole frame; its acknowledgement is the mouth's business. */
  hear(frame: Uint8Array): void {
    const text = endedText(frame);
    const message = text && decodeTransbank(text);
    if (!message || this.acked.isDeaf || this.acked.isBusy) return;
    const fields = transbankFields(message);
    switch (message.code) {
      case '0200':
        return this.#sale(frame, Number(fields['amount'] ?? 0), fields);
      case '0250':
        return this.#say('0260', this.#lastSale());
      case '1200':
        return this.#say('1210', this.#refund(fields['operation_number'] ?? ''));
      case '0500':
        return this.#close();
      case '0700':
        return this.#say('0710', ['00', ...this.#totals()]);
      case '0800':
        return this.#say('0810', ['00', this.#merchant, this.#terminalId]);
      // 0100 and 0300: the acknowledgement was the answer
    }
  }

  get #merchant(): string {
    return this.#terminal.personality.merchantId;
  }

  get #terminalId(): string {
    return this.#terminal.personality.terminalId;
  }

  #sale(asked: Uint8Array, amount: number, fields: Readonly<Record<string, string>>): void {
    this.acked.pay('sale', amount, asked, {
      progress: fields['status'] === '1' ? STEPS.map((step) => frameOf('0900', [step])) : [],
      opened: (entry) => void this.#tickets.set(entry, fields['ticket'] ?? ''),
      result: (entry, named) => frameOf('0210', this.#result(entry, named)),
    });
  }

  #result(entry: LedgerEntry, amount: number): string[] {
    const isGood = CODES[entry.state] === '00';
    const { card } = this.#terminal;
    const { date, time } = this.#terminal.shows(entry.at);
    return [
      CODES[entry.state],
      this.#merchant,
      this.#terminalId,
      this.#tickets.get(entry) ?? '',
      isGood ? `A${String(entry.trace).padStart(5, '0')}` : '',
      String(amount),
      '0',
      '0',
      card.pan.slice(-4),
      operationOf(entry),
      'CR',
      '',
      '',
      card.name.slice(0, 2),
      `${date.slice(6)}${date.slice(4, 6)}${date.slice(0, 4)}`,
      time,
      '1',
      '0',
      '',
    ];
  }

  #lastSale(): string[] {
    const last = this.#terminal.ledger.entries.findLast(({ kind }) => kind === 'sale');
    return last ? this.#result(last, last.amount) : [NO_SUCH_SALE, this.#merchant, this.#terminalId];
  }

  #refund(operation: string): string[] {
    const entry = this.#terminal.ledger.find(Number(operation));
    const isGood = entry?.state === 'kept';
    const code = isGood ? '00' : entry?.state === 'reversed' ? CODES.reversed : NO_SUCH_TRANSACTION;
    if (isGood) this.#terminal.reverse(entry);
    const authorisation = isGood ? `R${String(entry.trace).padStart(5, '0')}` : '';
    return [code, this.#merchant, this.#terminalId, authorisation, operation.padStart(6, '0')];
  }

  #totals(): string[] {
    const standing = this.#terminal.ledger.unsettled.filter(({ state }) => state === 'kept');
    return [String(standing.length), String(this.#terminal.ledger.total(standing))];
  }

  #close(): void {
    this.#terminal.ledger.settle();
    this.#terminal.needsSettlement = false;
    this.#say('0510', ['00', this.#merchant, this.#terminalId, '']);
  }

  #say(code: string, values: readonly string[]): void {
    this.acked.answer(frameOf(code, values));
  }
}

function operationOf({ receipt }: LedgerEntry): string {
  return String(receipt).padStart(6, '0');
}

function frameOf(code: string, values: readonly string[]): Uint8Array {
  return encodeEndedFrame(encodeTransbank({ code, values }));
}
