import type { CompletePreAuthArgs, PreAuthArgs } from '../../protocols/backend/holds.ts';
import type { CommandRefusal } from '../backend/verb-desk.ts';
import { ERRORS } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import { isNamed, ownKey } from './card.ts';
import { type Hold, isStanding } from './hold.ts';
import type { TerminalWish } from './terminal-verb.ts';

// What is asked of a hold, and why not: nothing is written and nothing said here.

export type HoldBook = Pick<TillBook, 'orders' | 'holds' | 'standingHold' | 'attempts'>;

export interface HoldTerms {
  readonly book: HoldBook;
  /** what the till's terminal speaks: another one knows nothing of the hold */
  readonly protocol: string;
  readonly completeUpToPercent: number;
}

/** More are a till that nobody looks after: each stands for a customer's money, and is kept in memory. */
const MOST_STANDING = 500;

/** Why nothing else may be paid for this order now. */
export function holdRefusal(book: Pick<TillBook, 'standingHold'>, orderId: string): CommandRefusal | undefined {
  return book.standingHold(orderId) && refused('HOLD_STANDS');
}

/** 预授权. Whether the order may be collected at all the counter has said. */
export function preAuthWish(args: PreAuthArgs, commandId: string, { book }: HoldTerms): TerminalWish | CommandRefusal {
  const { orderId, amountFen, title } = args;
  const standing = [...book.holds.values()].filter(isStanding).length;
  if (standing >= MOST_STANDING) return { code: 'ORDER_BLOCKED', message: `${standing} holds stand at this till` };
  const named = title === undefined ? {} : { title };
  const before = book.orders.get(orderId);
  const order: Order = { ...before, orderId, amountFen, ...named, commandId, state: 'OPEN' };
  const replaces = before === undefined ? {} : { replaces: before.commandId };
  return { order, command: { kind: 'preAuth', amount: amountFen }, ...replaces };
}

/** 预授权完成 */
export function completeWish(
  { orderId, amountFen }: CompletePreAuthArgs,
  terms: HoldTerms,
): TerminalWish | CommandRefusal {
  const known = standing(orderId, terms, CHARGED);
  if ('code' in known) return known;
  const { order, hold } = known;
  if (amountFen > mostOf(hold, terms)) return refused('HOLD_EXCEEDED');
  const command = { kind: 'completePreAuth', amount: amountFen, original: hold.key, held: hold.amountFen } as const;
  return { order, command, holdId: hold.holdId };
}

/** 预授权撤销 */
export function cancelWish({ orderId }: { readonly orderId: string }, terms: HoldTerms): TerminalWish | CommandRefusal {
  const known = standing(orderId, terms, GIVEN_UP);
  if ('code' in known) return known;
  const { order, hold } = known;
  const command = { kind: 'cancelPreAuth', amount: hold.amountFen, original: hold.key } as const;
  return { order, command, holdId: hold.holdId };
}

/** The most that may be charged of it, fen. */
export function mostOf(
  { amountFen }: Pick<Hold, 'amountFen'>,
  { completeUpToPercent }: Pick<HoldTerms, 'completeUpToPercent'>,
): number {
  return Math.floor((amountFen * completeUpToPercent) / 100);
}

const CHARGED: readonly Order['state'][] = ['OPEN'];
/** of an order that was paid another way, too */
const GIVEN_UP: readonly Order['state'][] = ['OPEN', 'PAID', 'CANCELLED', 'PARTLY_REFUNDED', 'REFUNDED'];

interface Known {
  readonly order: Order;
  readonly hold: Hold & Required<Pick<Hold, 'key'>>;
}

/** The hold of the order that a command may be said about now. */
function standing(
  orderId: string,
  { book, protocol }: HoldTerms,
  states: readonly Order['state'][],
): Known | CommandRefusal {
  const order = book.orders.get(orderId);
  const hold = book.standingHold(orderId);
  if (!order) return { code: 'NOT_FOUND', message: 'this till remembers no such order' };
  if (!hold) return refused('NO_HOLD');
  if (hold.state === 'UNCLEAR' || !states.includes(order.state))
    return { code: 'ORDER_BLOCKED', message: `the hold is ${hold.state}, the order ${order.state}` };
  if (hold.state !== 'HELD') return { code: 'DEVICE_BUSY', message: `the hold is ${hold.state}` };
  if (hold.protocol !== protocol)
    return {
      code: 'UNSUPPORTED',
      message: `it is held at a ${hold.protocol} terminal, and this one speaks ${protocol}`,
    };
  const { key } = hold;
  // a terminal that is told no number takes the hold that it likes
  if (key === undefined || !isNamed(key)) return refused('HOLD_UNNAMED');
  const now = terminalHeard(book, protocol);
  if (ONE_ID.has(protocol) && key.terminalId !== undefined && now !== undefined && now !== key.terminalId)
    return {
      code: 'UNSUPPORTED',
      message: `it is held at terminal ${key.terminalId}, and this one is ${now}: do it there, or at the bank, then register the hold as gone`,
    };
  return { order, hold: { ...hold, key } };
}

/** Where a terminal has one id. In the Link family it may have one for each host: another one says nothing. */
const ONE_ID: ReadonlySet<string> = new Set(['zvt', 'mis']);

/** The id that the terminal said last about something of its own: receipt 12 of another one is another guest's. */
function terminalHeard({ attempts }: HoldBook, protocol: string): string | undefined {
  const heard = [...attempts.values()].map(({ attempt: { card, channel } }) =>
    card?.protocol === protocol && channel === 'CARD' ? ownKey(card.result)?.terminalId : undefined,
  );
  return heard.findLast((id) => id !== undefined);
}

/** Why not, and what to do instead. */
function refused(code: 'HOLD_STANDS' | 'NO_HOLD' | 'HOLD_EXCEEDED' | 'HOLD_UNNAMED'): CommandRefusal {
  const { cause, remedy } = ERRORS[code];
  return { code, message: `${cause.en}: ${remedy.en}` };
}
