import { type CommandEnvelope, expiryOf } from '../../protocols/backend/commands.ts';
import { RefundArgs } from '../../protocols/backend/verbs.ts';
import { isLocalId } from '../backend/command-intake.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Recalled } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { CATEGORIES } from '../payment/categories.ts';
import type { RefundLimits } from '../payment/terminal-state.ts';
import { refundLimits } from '../rules/limits.ts';
import type { CardRefunds } from './card-refunds.ts';
import type { Refund } from './refund.ts';
import type { RefundTerms } from './refund-machine.ts';
import { refundForbidden } from './refund-rules.ts';
import type { RefundRunner } from './refund-runner.ts';

/** Nothing was done, and the same refund may be asked for again. */
const UNSEARCHED = { code: 'JOURNAL_UNAVAILABLE', message: 'the log could not be searched; ask again' } as const;
/** A command taken over waits until somebody has told whether it is too late. */
const CLOCK_POLL_MS = 1_000;

export interface RefundDeskParts {
  readonly book: TillBook;
  readonly runner: RefundRunner;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
  /** backend time; undefined while nobody has told it */
  readonly backendTime: () => number | undefined;
  /** A paid order that memory let go of, looked for in the log; undefined: there is none. Rejects when it cannot be searched. */
  readonly recall: (orderId: string) => Promise<Recalled | undefined>;
  /** the shop's own limits; the backend's may make them stricter, never looser */
  readonly limits: RefundLimits;
  /** refunds of card payments; absent: no terminal here */
  readonly cards?: CardRefunds | undefined;
  /** the money of a refund went back, and that is on disk */
  readonly onRefunded: (refund: Refund) => void;
}

/**
 * The verb `refund`: one refundId is one refund for life. The first command asks for it; one that brings the second person
 * approves it; a repetition is told how it stands; other terms under the same id are a conflict.
 */
export class RefundDesk implements VerbRoom {
  readonly #parts: RefundDeskParts;
  /** the commands that wait for a refund's end */
  readonly #waiting = new Map<string, Set<string>>();
  /** judged and begun one after the other: two partial refunds in one breath cannot both take the rest */
  readonly #queue: VerbQueue;

  constructor(parts: RefundDeskParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  /** What holds now. */
  get limits(): RefundLimits {
    return refundLimits(this.#parts.limits, this.#parts.book.settings);
  }

  refuse(command: CommandEnvelope): CommandRefusal | undefined {
    const args = RefundArgs.safeParse(command.args);
    if (!args.success) return { code: 'BAD_REQUEST', message: 'args: not those of a refund' };
    const refusal = this.#refuse(args.data, command);
    // the log knows more orders than memory: it is asked in turn
    return refusal?.code === 'NOT_FOUND' && !this.#remembers(args.data) ? undefined : refusal;
  }

  execute(command: CommandEnvelope): void {
    const args = RefundArgs.parse(command.args);
    this.#queue.add(command, async () => {
      if (this.#isTooLate(command, args)) return this.#tooLate(command.id, args);
      if (!this.#remembers(args) && !(await this.#lookedUp(args.orderId)))
        return this.#parts.results.fail(command.id, UNSEARCHED);
      // Another refund may have begun since this one was found acceptable: what holds now decides.
      const late = this.#refuse(args, command);
      if (late) return this.#parts.results.fail(command.id, late);
      const known = this.#parts.book.refunds.get(args.refundId);
      if (!known) return this.#begin(args, command);
      if (approves(known, args)) this.#parts.runner.approve(known.refundId, args.approvedBy);
      this.#tellOrWait(command.id, approves(known, args) ? { ...known, state: 'PROCESSING' } : known);
    });
  }

  /** Takes up the wait, or does now what was accepted and not begun. */
  resume(command: CommandEnvelope): void {
    const args = RefundArgs.safeParse(command.args);
    if (!args.success) return;
    const known = this.#parts.book.refunds.get(args.data.refundId);
    if (known && !approves(known, args.data)) return this.#tellOrWait(command.id, known);
    const now = this.#parts.backendTime();
    if (now === undefined) return this.#queue.after(CLOCK_POLL_MS, () => this.resume(command));
    if (now <= expiryOf(command)) return this.execute(command);
    this.#parts.results.fail(command.id, {
      code: 'EXPIRED',
      message: 'the till was down when it was to be carried out',
    });
  }

  /** The runner wrote down a change of a refund. */
  changed(refund: Refund): void {
    const { refundId, orderId, refundFen, state, category } = refund;
    const { zh, en } = CATEGORIES[category];
    this.#parts.log.info({ refundId, orderId, refundFen, state, category, zh, en }, 'refund');
    if (state === 'REFUNDED' && refund.resolvedBy === undefined) this.#parts.onRefunded(refund);
    if (refund.doing.kind !== 'done') return;
    for (const commandId of this.#waiting.get(refundId) ?? [])
      this.#parts.results.conclude(commandId, resultOf(refund));
    this.#waiting.delete(refundId);
  }

  stop(): void {
    this.#queue.stop();
  }

  // --- judging

  /** What the disk did not take was not begun, and money goes back within the command's life or not at all. */
  #isTooLate(command: CommandEnvelope, { refundId }: RefundArgs): boolean {
    const now = this.#parts.backendTime();
    return !this.#parts.book.refunds.has(refundId) && now !== undefined && now > expiryOf(command);
  }

  #tooLate(commandId: string, { refundId }: RefundArgs): void {
    this.#waiting.get(refundId)?.delete(commandId);
    const message = 'its time was over before the disk took it';
    this.#parts.results.fail(commandId, { code: 'EXPIRED', message });
  }

  #refuse(args: RefundArgs, { id }: CommandEnvelope): CommandRefusal | undefined {
    const known = this.#parts.book.refunds.get(args.refundId);
    if (!known && isLocalId(id) && args.approvedBy !== undefined)
      return { code: 'SECOND_PERSON_REQUIRED', message: 'one program cannot speak for both: ask first, approve then' };
    if (!known) return this.#forbidden(args);
    if (!isSame(known, args))
      return { code: 'IDEMPOTENCY_CONFLICT', message: 'the refundId was used with other arguments' };
    return approves(known, args) ? this.#forbidden(args) : undefined;
  }

  #forbidden({ refundId, orderId, refundFen, requestedBy, approvedBy }: RefundArgs): CommandRefusal | undefined {
    const { book, backendTime, cards } = this.#parts;
    return refundForbidden({
      cards,
      order: book.orders.get(orderId),
      charge: book.charge(orderId),
      others: [...book.refunds.values()].filter((other) => other.refundId !== refundId),
      settings: book.settings,
      limits: this.limits,
      now: backendTime(),
      refundFen,
      requestedBy,
      approvedBy,
    });
  }

  // --- orders of long ago

  #remembers({ refundId, orderId }: RefundArgs): boolean {
    const { orders, refunds } = this.#parts.book;
    return orders.has(orderId) || refunds.has(refundId);
  }

  /** Remembers an order of long ago again, if the log has one. False: the log could not be searched. */
  async #lookedUp(orderId: string): Promise<boolean> {
    const { recall, book, log } = this.#parts;
    const found = await recall(orderId).catch((error: unknown) => {
      log.error({ orderId, detail: String(error) }, 'the log could not be searched for an order');
      return 'unsearched' as const;
    });
    if (found === 'unsearched') return false;
    if (found) await book.write({ type: 'RECALL', recalled: found });
    return true;
  }

  // --- beginning

  async #begin(args: RefundArgs, { id }: CommandEnvelope): Promise<void> {
    const terms = this.#terms(args);
    if (!terms) return this.#parts.results.fail(id, { code: 'NOT_FOUND', message: 'no such payment' });
    if (args.approvedBy !== undefined) this.#wait(args.refundId, id);
    await this.#parts.runner.begin(terms, args.approvedBy);
    const begun = this.#parts.book.refunds.get(args.refundId);
    if (begun) this.#tellOrWait(id, begun);
  }

  #terms({ refundId, orderId, refundFen, reason, requestedBy }: RefundArgs): RefundTerms | undefined {
    const { book, backendTime } = this.#parts;
    const charge = book.charge(orderId);
    const requestedAt = backendTime();
    if (!charge || requestedAt === undefined) return undefined;
    const { attemptId, channel, amountFen, transactionId } = charge;
    return {
      refundId,
      orderId,
      attemptId,
      channel,
      amountFen,
      refundFen,
      reason,
      requestedBy,
      requestedAt,
      ...(transactionId === undefined ? {} : { transactionId }),
    };
  }

  /** One that waits for a second person has done what it was sent for; one that was approved waits for its end. */
  #tellOrWait(commandId: string, refund: Refund): void {
    if (refund.state === 'REQUESTED') return this.#parts.results.conclude(commandId, resultOf(refund));
    const now = this.#parts.book.refunds.get(refund.refundId) ?? refund;
    if (now.doing.kind === 'done') return this.#parts.results.conclude(commandId, resultOf(now));
    this.#wait(refund.refundId, commandId);
    this.#parts.results.progress(commandId, resultOf(refund));
  }

  #wait(refundId: string, commandId: string): void {
    this.#waiting.set(refundId, (this.#waiting.get(refundId) ?? new Set()).add(commandId));
  }
}

function isSame(known: Refund, { orderId, refundFen, reason, requestedBy }: RefundArgs): boolean {
  return (
    known.orderId === orderId &&
    known.refundFen === refundFen &&
    known.reason === reason &&
    known.requestedBy === requestedBy
  );
}

/** The command brings the second person that the refund waits for. */
function approves(known: Refund, args: RefundArgs): args is RefundArgs & { readonly approvedBy: string } {
  return known.state === 'REQUESTED' && args.approvedBy !== undefined;
}

const STATUS = {
  REQUESTED: 'ok',
  PROCESSING: 'unknown',
  REFUNDED: 'ok',
  REJECTED: 'declined',
  NEEDS_MANUAL_CHECK: 'unknown',
} as const satisfies Record<Refund['state'], ResultBody['status']>;

function resultOf({ refundId, state, category, refundFen, attemptId, code }: Refund): ResultBody {
  const { zh, en, next } = CATEGORIES[category];
  const clerk = state === 'REQUESTED' ? {} : { clerk: { zh, en, action: next } };
  const data = { refundId, refundFen, state, ...(code === undefined ? {} : { channelCode: code }) };
  return {
    status: STATUS[state],
    code: state === 'REQUESTED' ? 'REFUND_REQUESTED' : category,
    attempt: attemptId,
    data,
    ...clerk,
  };
}
