import { countedBody, encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import {
  decodeLinkBody,
  encodeLinkBody,
  type LinkBody,
  type LinkField,
  linkField,
} from '../../protocols/terminal/link/body.ts';
import type { LinkDialect } from '../../protocols/terminal/link/dialects.ts';
import { AckedTerminal } from './acked-terminal.ts';
import type { CardTerminal } from './card-terminal.ts';
import type { LedgerEntry } from './ledger.ts';

const DECLINED = 'ND';
const NO_BATCH = 'NB';

/** The terminal's side of the Link family, in one dialect. */
export class LinkTerminal {
  readonly acked: AckedTerminal;
  readonly #terminal: CardTerminal;
  readonly #dialect: LinkDialect;
  /** what the till called each entry: its reference, or the number in its head */
  readonly #names = new Map<LedgerEntry, string>();

  constructor(terminal: CardTerminal, dialect: LinkDialect) {
    this.#terminal = terminal;
    this.#dialect = dialect;
    this.acked = new AckedTerminal(terminal);
  }

  /** A whole frame; its acknowledgement is the mouth's business. */
  hear(frame: Uint8Array): void {
    const inside = countedBody(frame);
    const body = inside && decodeLinkBody(this.#dialect.head, inside);
    if (body === undefined || typeof body === 'string' || this.acked.isDeaf || this.acked.isBusy) return;
    const { transactions } = this.#dialect;
    switch (valueOf(body, 'tx')) {
      case transactions.sale:
        return this.#money('sale', frame, body);
      case transactions.refund:
        return this.#money('refund', frame, body);
      case transactions.void:
        return this.#void(body);
      case transactions.settle:
        return this.#settle(body);
      case transactions.inquiry:
        return this.#inquiry(body);
      default:
        // a transaction that this terminal does not know gets no answer
        return;
    }
  }

  #money(kind: 'sale' | 'refund', frame: Uint8Array, asked: LinkBody): void {
    this.acked.pay(kind, Number(linkField(asked, '40') ?? 0), frame, {
      progress: [],
      opened: (entry) => void this.#names.set(entry, this.#nameIn(asked)),
      result: (entry, named) => this.#frame(asked, codeOf(entry), this.#fields(entry, named)),
    });
  }

  #void(asked: LinkBody): void {
    const entry = this.#terminal.ledger.entries.findLast(({ trace }) => trace === Number(linkField(asked, '65')));
    const isGood = entry?.state === 'kept';
    if (isGood) this.#terminal.reverse(entry);
    this.#answer(asked, isGood ? '00' : DECLINED, entry ? this.#fields(entry, entry.amount, this.#nameIn(asked)) : []);
  }

  #settle(asked: LinkBody): void {
    const isEmpty = this.#terminal.ledger.unsettled.length === 0;
    this.#terminal.ledger.settle();
    this.#terminal.needsSettlement = false;
    this.#answer(asked, isEmpty ? NO_BATCH : '00', []);
  }

  #inquiry(asked: LinkBody): void {
    const name = this.#nameIn(asked);
    const entry = this.#terminal.ledger.entries.findLast((one) => this.#names.get(one) === name);
    if (entry && codeOf(entry) === '00') this.#answer(asked, '00', this.#fields(entry, entry.amount));
    else this.#answer(asked, DECLINED, this.#named(name));
  }

  #nameIn(body: LinkBody): string {
    const { reference } = this.#dialect;
    return ('ecn' in reference ? valueOf(body, 'ecn') : linkField(body, reference.field)) ?? '';
  }

  #named(name: string): LinkField[] {
    const { reference } = this.#dialect;
    return 'ecn' in reference || name === '' ? [] : [[reference.field, name]];
  }

  #fields(entry: LedgerEntry, amount: number, name = this.#names.get(entry) ?? ''): LinkField[] {
    const { card, personality } = this.#terminal;
    const { date, time } = this.#terminal.shows(entry.at);
    const trace = String(entry.trace).padStart(6, '0');
    return [
      ['02', (codeOf(entry) === '00' ? 'APPROVED' : 'DECLINED').padEnd(40)],
      ['03', date.slice(2)],
      ['04', time],
      ['01', codeOf(entry) === '00' ? trace : ''.padEnd(6)],
      ['65', trace],
      ['16', personality.terminalId.padStart(8, '0')],
      ['D1', personality.merchantId.padStart(15, '0')],
      ['D2', card.name.padEnd(10)],
      ['30', `************${card.pan.slice(-4)}`],
      ['31', '****'],
      ['50', String(entry.batch).padStart(6, '0')],
      ['D3', trace.padStart(12, '0')],
      ['40', String(amount).padStart(12, '0')],
      ...this.#named(name),
    ];
  }

  #answer(asked: LinkBody, code: string, fields: readonly LinkField[]): void {
    this.acked.answer(this.#frame(asked, code, fields));
  }

  #frame(asked: LinkBody, code: string, fields: readonly LinkField[]): Uint8Array {
    const answers = { req_resp: '1', [this.#dialect.responseIn]: code };
    const known = Object.entries(answers).filter(([name]) => Object.hasOwn(asked.head, name));
    const head = { ...asked.head, ...Object.fromEntries(known) } as LinkBody['head'];
    return encodeCountedFrame(encodeLinkBody(this.#dialect.head, { head, fields }));
  }
}

function valueOf({ head }: LinkBody, name: string): string | undefined {
  const values: Readonly<Record<string, string>> = head;
  return values[name];
}

function codeOf({ state }: LedgerEntry): string {
  return state === 'open' || state === 'kept' ? '00' : DECLINED;
}
