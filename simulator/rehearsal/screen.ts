import type { EventData } from '../../protocols/backend/messages.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import { WALLETS } from '../devices/phone.ts';
import type { SaleNews } from '../sale.ts';

/** Progress for the person who watches: one short line per thing that happened, with the seconds since the start. */
export class Screen {
  readonly #began = process.hrtime.bigint();

  line(who: string, what: string): void {
    const seconds = Number(process.hrtime.bigint() - this.#began) / 1e9;
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${who.padEnd(8)} ${what}`);
  }

  news(news: SaleNews): void {
    switch (news.kind) {
      case 'collecting':
        return this.line('backend', `order ${news.orderId}: collect ${formatYuan(news.amountFen)} yuan`);
      case 'scanned':
        return this.line('gun', `read a code from the customer's phone (${WALLETS[news.wallet].name})`);
      case 'event': {
        const words = tell(news.data);
        if (words) this.line('agent', words);
      }
    }
  }
}

function tell(data: EventData): string | undefined {
  switch (data.type) {
    case 'attempt':
      return data.state === 'SUBMITTED'
        ? 'payment request sent'
        : `${data.state}${data.state === data.category ? '' : ` (${data.category})`}`;
    case 'intent':
      return `intent ${data.state}`;
    case 'slip':
      return `slip ${data.state}`;
    case 'scan-refused':
      return `scan refused: ${data.reason}`;
    case 'refund':
      return `refund ${data.state}${data.state === data.category ? '' : ` (${data.category})`}`;
    case 'resolution':
      return `a person says: ${data.outcome}`;
    case 'settings':
      return 'settings changed';
    case 'terminal-late':
      return `the terminal speaks late: ${data.outcome}`;
    case 'terminal':
      return `terminal ${data.state}${data.asks === undefined ? '' : ', asks the backend'}`;
    case 'notice-ack':
      return `${data.personId} has read a notice`;
    case 'clock':
      return data.trusted ? "the PC's clock is right again" : "the PC's clock is not to be trusted";
  }
}
