import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { ResolveArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from '../payment/attempt.ts';
import { isCharge } from '../payment/card.ts';
import { isIntentOpen } from '../payment/intent.ts';
import { lateOnes } from '../payment/order-dispute.ts';
import { answersOf } from './answers-of.ts';
import type { Charge } from './charge.ts';
import { inDoubt, isOfHoldAlone, refuseOfHold } from './hold-resolution.ts';
import { PASSED_ON_MS, REFUND_REQUEST_LIFE_MS } from './refund-policy.ts';
import type { RefundRunner } from './refund-runner.ts';
import { gaveBackFen } from './remaining.ts';
import type { Resolution } from './resolution.ts';

export interface ResolveParts {
  readonly book: TillBook;
  readonly refunds: Pick<RefundRunner, 'settle'>;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
}

/**
 * The verb `resolve`: a manager has found out what the till could not, and answers for it with a name and a reason. Only
 * for what is in doubt, and never while the till itself is still finding out.
 */
export class ResolveRoom implements VerbRoom {
  readonly #parts: ResolveParts;
  readonly #queue: VerbQueue;

  constructor(parts: ResolveParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  refuse({ args }: CommandEnvelope): CommandRefusal | undefined {
    const parsed = ResolveArgs.safeParse(args);
    if (!parsed.success) return { code: 'BAD_REQUEST', message: 'args: not those of a resolution' };
    return parsed.data.refundId === undefined ? this.#refuseOrder(parsed.data) : this.#refuseRefund(parsed.data);
  }

  execute(command: CommandEnvelope): void {
    const args = ResolveArgs.parse(command.args);
    this.#queue.add(command, async () => {
      const late = this.refuse(command);
      if (late) return this.#parts.results.fail(command.id, late);
      await (args.refundId === undefined ? this.#resolveOrder(args) : this.#resolveRefund(args));
      this.#parts.results.conclude(command.id, { status: 'ok', code: 'RESOLVED' });
    });
  }

  /** Done twice it would be refused the second time: what was written down is told as done. */
  resume(command: CommandEnvelope): void {
    const args = ResolveArgs.safeParse(command.args);
    if (args.success && this.#isDone(args.data)) {
      return this.#parts.results.conclude(command.id, { status: 'ok', code: 'RESOLVED' });
    }
    this.execute(command);
  }

  stop(): void {
    this.#queue.stop();
  }

  #isDone({ orderId, refundId, hold, personId }: ResolveArgs): boolean {
    const { book } = this.#parts;
    if (refundId !== undefined) return book.refunds.get(refundId)?.resolvedBy === personId;
    const order = book.orders.get(orderId);
    if (hold === 'gone' && book.standingHold(orderId)) return false;
    return order?.settled !== undefined && order.state !== 'DISPUTED';
  }

  // --- an order

  #refuseOrder(args: ResolveArgs): CommandRefusal | undefined {
    const { orderId, outcome } = args;
    const order = this.#parts.book.orders.get(orderId);
    if (!order) return { code: 'NOT_FOUND', message: 'this till remembers no such order' };
    const ofHold = refuseOfHold(this.#parts.book, order, args);
    if (ofHold) return ofHold;
    if (isOfHoldAlone(this.#parts.book, order, args)) return undefined;
    if (order.state !== 'DISPUTED') return { code: 'ORDER_BLOCKED', message: `the order is ${order.state}` };
    if (this.#isStillAsked(orderId))
      return { code: 'DEVICE_BUSY', message: 'the till is still finding out what became of an attempt' };
    if (outcome === 'paid' && !this.#hasCharge(order))
      return { code: 'BAD_REQUEST', message: 'outcome: nothing in doubt is a payment; a hold or a refund never is' };
    if (outcome === 'unpaid' && this.#parts.book.charge(orderId))
      return { code: 'ORDER_BLOCKED', message: 'one payment of this order is certain: it cannot be unpaid' };
    return undefined;
  }

  #isStillAsked(orderId: string): boolean {
    const { attempts, intents } = this.#parts.book;
    return (
      [...attempts.values()].some(({ attempt }) => attempt.orderId === orderId && !isFinal(attempt)) ||
      [...intents.values()].some((intent) => intent.orderId === orderId && isIntentOpen(intent))
    );
  }

  async #resolveOrder(args: ResolveArgs): Promise<void> {
    const { orderId, outcome, hold, personId, reason } = args;
    const { book, newId, boot, backendNow, log, results } = this.#parts;
    const order = book.orders.get(orderId);
    if (!order) return;
    const isAlone = isOfHoldAlone(book, order, args);
    const runs = book.standingHold(orderId)?.runs;
    const about = inDoubt(book, order);
    const charge = outcome === 'paid' ? this.#newCharge(order) : undefined;
    const resolution: Resolution = {
      orderId,
      outcome,
      personId,
      reason,
      about,
      at: backendNow(),
      ...(hold === undefined ? {} : { hold }),
      ...(charge === undefined ? {} : { charge }),
    };
    const data = { type: 'resolution' as const, orderId, about, outcome, ...(hold && { hold }), personId, reason };
    await book.write({ type: 'RESOLUTION', resolution, event: book.event(data, newId(), boot, backendNow()) });
    log.warn({ orderId, outcome, personId, about }, 'a person settled what the till could not');
    const said = { outcome, hold, charge: book.charge(orderId)?.attemptId };
    const asked = new Set(runs === undefined ? about : [...about, runs]);
    const attempts = [...asked].flatMap((id) => book.attempts.get(id)?.attempt ?? []);
    for (const [commandId, answer] of answersOf(isAlone ? undefined : order, attempts, said))
      await results.resolve(commandId, answer);
  }

  /**
   * The money that a person accepts as this order's payment, so that it can be given back; none when one is known, unless all of
   * that has gone back: then the shop can only have what turned up late.
   */
  #newCharge(order: Order): Charge | undefined {
    if (this.#standingCharge(order)) return undefined;
    const known = this.#parts.book.charge(order.orderId);
    const [id = ''] = this.#perhapsPaid(order);
    // a code that was paid twice is one number at the channel: its second payment goes back there
    return id === known?.attemptId ? undefined : (this.#attemptCharge(id) ?? this.#intentCharge(id));
  }

  /** The order has money that a person may call its payment. */
  #hasCharge(order: Order): boolean {
    return this.#standingCharge(order) !== undefined || this.#perhapsPaid(order).length > 0;
  }

  /** What the order is paid with, unless all of it has gone back. */
  #standingCharge({ orderId }: Order): Charge | undefined {
    const { book } = this.#parts;
    const known = book.charge(orderId);
    return known && gaveBackFen(known, book.refunds.values()) < known.amountFen ? known : undefined;
  }

  /** Of what is in doubt, all that could have paid the order beside a charge that is known. */
  #perhapsPaid(order: Order): readonly string[] {
    const { book } = this.#parts;
    const asked = book.charge(order.orderId) ? lateOnes(order) : inDoubt(book, order);
    return asked.filter((one) => this.#isPayment(one));
  }

  /** What gives money back, or holds some, took none: it is nothing that an order is paid with. */
  #isPayment(id: string): boolean {
    const card = this.#parts.book.attempts.get(id)?.attempt.card;
    return card === undefined || isCharge(card);
  }

  #attemptCharge(attemptId: string): Charge | undefined {
    const record = this.#parts.book.attempts.get(attemptId);
    if (!record) return undefined;
    const { attempt, startedAt } = record;
    const { orderId, reverses, card, late } = attempt;
    const { transactionId = attempt.transactionId, paidAt = attempt.paidAt ?? Math.round(startedAt) } = late ?? {};
    // the last reverse that left may still be carried out: until it cannot, nothing is given back
    const reverseUntil = this.#parts.backendNow() + REFUND_REQUEST_LIFE_MS + PASSED_ON_MS;
    return {
      orderId,
      attemptId,
      channel: card ? 'CARD' : attempt.channel,
      amountFen: late?.paidFen ?? chargedFen(attempt),
      paidAt,
      ...(transactionId === undefined ? {} : { transactionId }),
      ...(reverses > 0 ? { reverseUntil } : {}),
    };
  }

  #intentCharge(intentId: string): Charge | undefined {
    const intent = this.#parts.book.intents.get(intentId);
    const payment = intent?.payment;
    if (!intent || !payment?.channel) return undefined;
    const { orderId } = intent;
    // other money than asked for is what it is: only so much can go back
    const { channel, transactionId, paidAt, paidFen: amountFen } = payment;
    const known = transactionId === undefined ? {} : { transactionId };
    return { orderId, attemptId: intentId, channel, amountFen, paidAt, ...known };
  }

  // --- a refund

  #refuseRefund({ orderId, refundId = '', outcome }: ResolveArgs): CommandRefusal | undefined {
    const refund = this.#parts.book.refunds.get(refundId);
    if (refund?.orderId !== orderId) return { code: 'NOT_FOUND', message: 'no such refund of this order' };
    if (outcome === 'paid') return { code: 'BAD_REQUEST', message: 'outcome: a refund is refunded or unpaid' };
    if (refund.state === 'NEEDS_MANUAL_CHECK') return undefined;
    return { code: 'ORDER_BLOCKED', message: `the refund is ${refund.state}` };
  }

  async #resolveRefund({ orderId, refundId = '', outcome, personId, reason }: ResolveArgs): Promise<void> {
    const { book, refunds, newId, boot, backendNow } = this.#parts;
    const refund = book.refunds.get(refundId);
    if (!refund || outcome === 'paid') return;
    const about = [refund.attemptId];
    const data = { type: 'resolution' as const, orderId, refundId, about, outcome, personId, reason };
    // who and why first: should the refund's own record be lost to a crash, the command is carried out again
    await book.write({ type: 'EVENT', event: book.event(data, newId(), boot, backendNow()) });
    await refunds.settle(refund, personId, outcome);
  }
}

/** What the terminal says itself that it charged; what it was asked about later may be another customer's. */
function chargedFen({ amountFen, paidFen = amountFen, queries, card }: Attempt): number {
  return card?.result?.evidence.by === 'other-amount' && queries === 0 ? Math.abs(paidFen) : amountFen;
}
