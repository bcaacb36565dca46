import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { CardSaleArgs } from '../../protocols/backend/verbs.ts';
import type { CommandRefusal } from '../backend/verb-desk.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { PaymentDesk } from './desk.ts';
import type { TerminalWish } from './terminal-verb.ts';

export interface SaleTerms {
  readonly book: Pick<TillBook, 'orders'>;
  readonly desk: Pick<PaymentDesk, 'refuseCard'>;
}

/** The verb `card-sale`: the order at the counter, or a new one, is taken on the card terminal. */
export function saleWish({ args, id }: CommandEnvelope, { book, desk }: SaleTerms): TerminalWish | CommandRefusal {
  const read = CardSaleArgs.safeParse(args);
  if (!read.success) return { code: 'BAD_REQUEST', message: 'args: not those of a card sale' };
  const refused = desk.refuseCard(read.data);
  if (refused) return refused;
  const order = orderFor(book.orders.get(read.data.orderId), read.data, id);
  return { order, command: { kind: 'sale', amount: order.amountFen } };
}

/** The order at the counter, one that was cancelled, or one that nobody collects yet. */
function orderFor(known: Order | undefined, { orderId, amountFen, title }: CardSaleArgs, commandId: string): Order {
  if (known?.state === 'OPEN') return known;
  const named = title === undefined ? {} : { title };
  return { ...known, orderId, amountFen, ...named, commandId, state: 'OPEN' };
}
