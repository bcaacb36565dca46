import {
  CollectArgs,
  type CommandEnvelope,
  type CommandError,
  type CommandResult,
} from '../../protocols/backend/messages.ts';
import type { Classification } from '../../protocols/paycode/classify.ts';
import { classify } from '../../protocols/paycode/classify.ts';
import type { Paycode } from '../../protocols/paycode/paycode.ts';
import { codeSentence } from '../../protocols/paycode/sentences.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import type { CommandDesk, PublishResult, Requests } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import { type Advice, explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal, newAttempt } from './attempt.ts';
import { CATEGORIES, type Category } from './categories.ts';
import type { Fingerprints } from './fingerprints.ts';
import { COUNTER_FREED_AFTER_MS, PAYCODE_LIFE_MS, POLICIES } from './policy.ts';
import type { AttemptRunner } from './runner.ts';
import { SCAN_REFUSALS, type ScanRefusal } from './scan-refusals.ts';

export interface DeskParts {
  readonly book: TillBook;
  readonly requests: Requests;
  readonly runner: AttemptRunner;
  readonly fingerprints: Fingerprints;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  /** the shop's own limit for one payment, fen */
  readonly maxFen: number;
  readonly publishResult: PublishResult;
  /** a payment is on disk as PAID: its slip is due */
  readonly onPaid: (attempt: Attempt) => void;
}

/**
 * The counter: which order is being collected, and what a scanned code means for it. Decides what may start; the runner
 * carries it out.
 */
export class PaymentDesk implements CommandDesk {
  readonly #parts: DeskParts;
  /** the order in front of the customer */
  #orderId: string | undefined;
  /** scans are judged one after the other, so that two codes in one breath cannot both start */
  #queue: Promise<void> = Promise.resolve();
  /** attempts being reversed: calls off the moment in which the counter is freed without them */
  readonly #reversing = new Map<string, () => void>();
  /** codes ignored because their attempt was running */
  duplicateScans = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Takes up what the journal says was going on: open attempts, the order at the counter, results not yet sent. */
  resume(): void {
    const { book, runner } = this.#parts;
    for (const command of book.unfinishedCommands()) this.#resumeCommand(command);
    for (const record of book.openAttempts()) runner.resume(record);
    for (const { attempt } of book.attempts.values()) if (attempt.state === 'PAID') this.#parts.onPaid(attempt);
  }

  #resumeCommand(command: CommandEnvelope): void {
    const args = CollectArgs.safeParse(command.args);
    if (!args.success) return;
    const order = this.#parts.book.orders.get(args.data.orderId);
    if (!order) return this.execute(command);
    if (order.state === 'OPEN' || order.state === 'IN_PAYMENT') this.#orderId = order.orderId;
    else this.#concludeOrder(order, attemptOf(this.#parts.book, order));
  }

  // --- commands

  refuse(command: CommandEnvelope): { readonly code: CommandError; readonly message: string } | undefined {
    if (command.type !== 'collect') return { code: 'UNSUPPORTED', message: `no verb ${command.type}` };
    const args = CollectArgs.safeParse(command.args);
    if (!args.success) return { code: 'BAD_REQUEST', message: firstIssue(args.error.issues) };
    return this.#refuseOrder(args.data);
  }

  #refuseOrder(args: CollectArgs): { readonly code: CommandError; readonly message: string } | undefined {
    const known = this.#parts.book.orders.get(args.orderId);
    if (known && known.amountFen !== args.amountFen)
      return { code: 'IDEMPOTENCY_CONFLICT', message: 'the order is known with another amount' };
    if (known && known.state !== 'OPEN' && known.state !== 'CANCELLED')
      return { code: 'ORDER_BLOCKED', message: `the order is ${known.state}` };
    if (args.amountFen > this.#parts.maxFen) return { code: 'BAD_REQUEST', message: CATEGORIES.AMOUNT_OVER_LIMIT.en };
    if (this.#running()) return { code: 'DEVICE_BUSY', message: 'another payment is running at this counter' };
    return undefined;
  }

  /** Opens the order. An order that nobody tried to pay gives way to the new one and is cancelled. */
  execute(command: CommandEnvelope): void {
    const { orderId, amountFen, title } = CollectArgs.parse(command.args);
    const order: Order = {
      orderId,
      amountFen,
      ...(title === undefined ? {} : { title }),
      commandId: command.id,
      state: 'OPEN',
    };
    this.#serially(async () => {
      await this.#giveWay(orderId);
      await this.#parts.book.write({ type: 'ORDER', order });
      this.#orderId = orderId;
      this.#parts.log.info({ orderId, amountFen }, 'collecting, waiting for a paycode');
    });
  }

  async #giveWay(orderId: string): Promise<void> {
    const before = this.#order();
    if (!before || before.orderId === orderId || before.state !== 'OPEN') return;
    const cancelled: Order = { ...before, state: 'CANCELLED' };
    await this.#parts.book.write({ type: 'ORDER', order: cancelled });
    this.#concludeOrder(cancelled, undefined);
  }

  // --- scans

  /** A gun read something. */
  scanned(scan: Scan): void {
    this.#serially(async () => {
      const verdict = this.#judge(scan);
      if ('refusal' in verdict) return this.#refuseScan(scan, verdict.refusal, verdict.advice);
      await this.#begin(verdict.paycode, verdict.order, scan);
    });
  }

  #judge(scan: Scan): { paycode: Paycode; order: Order } | { refusal: ScanRefusal; advice?: Advice } {
    const order = this.#order();
    if (!order) return { refusal: 'NO_OPEN_ORDER' };
    const { fingerprints } = this.#parts;
    const classified = classify(scan.text, { source: 'scanner', ...(scan.aim === undefined ? {} : { aim: scan.aim }) });
    const fingerprint = paycodeOf(classified) && fingerprints.of(paycodeOf(classified) ?? scan.text);
    if (this.#running())
      return {
        refusal: fingerprint !== undefined && fingerprints.knows(fingerprint) ? 'SAME_CODE_AGAIN' : 'ATTEMPT_OPEN',
      };
    if (order.state !== 'OPEN') return { refusal: 'NO_OPEN_ORDER' };
    const paycode = paycodeOf(classified);
    if (!paycode) return wrongKind(classified);
    return this.#judgePaycode(paycode, order, scan);
  }

  #judgePaycode(
    paycode: Paycode,
    order: Order,
    scan: Scan,
  ): { paycode: Paycode; order: Order } | { refusal: ScanRefusal } {
    const { fingerprints, clock, requests } = this.#parts;
    const fingerprint = fingerprints.of(paycode);
    if (fingerprints.knows(fingerprint)) return { refusal: 'CODE_USED' };
    if (!POLICIES[paycode.channel]) return { refusal: 'METHOD_NOT_SUPPORTED' };
    if (order.amountFen > this.#parts.maxFen) return { refusal: 'AMOUNT_OVER_LIMIT' };
    if (clock.mono() - scan.startedAt > PAYCODE_LIFE_MS) return { refusal: 'CODE_EXPIRED' };
    if (!requests.online) return { refusal: 'NETWORK_DOWN' };
    fingerprints.remember(fingerprint);
    return { paycode, order };
  }

  async #begin(paycode: Paycode, order: Order, scan: Scan): Promise<void> {
    const { runner, newId, log } = this.#parts;
    const { orderId, amountFen } = order;
    const attempt = newAttempt({
      attemptId: newId(),
      orderId,
      amountFen,
      channel: paycode.channel,
      maskedPaycode: paycode.masked,
    });
    try {
      await runner.start(attempt, order, paycode, scan.endedAt);
    } catch (error) {
      log.error({ orderId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    }
  }

  /** Nothing was sent and nothing is kept of what was read. */
  #refuseScan(scan: Scan, refusal: ScanRefusal, advice: Advice | undefined): void {
    if (refusal === 'SAME_CODE_AGAIN') this.duplicateScans++;
    const row = SCAN_REFUSALS[refusal];
    const { zh, en } = advice ?? row;
    this.#parts.log.warn({ refusal, length: scan.text.length, zh, en }, 'scan refused');
  }

  // --- attempts

  /** The runner wrote down a change of an attempt. */
  attemptChanged(attempt: Attempt, order: Order): void {
    const { zh, en } = CATEGORIES[attempt.category];
    this.#parts.log.info({ ...facts(attempt), zh, en }, 'attempt');
    if (attempt.state === 'REVERSING') this.#freeCounterLater(attempt);
    if (!isFinal(attempt)) return;
    this.#reversing.get(attempt.attemptId)?.();
    this.#reversing.delete(attempt.attemptId);
    if (attempt.state === 'PAID') this.#parts.onPaid(attempt);
    if (order.state === 'PAID' || order.state === 'DISPUTED') this.#concludeOrder(order, attempt);
    else this.#progress(order, attempt);
  }

  /** 60 s unsure: the next customer is served; the order stays blocked and goes on reversing. */
  #freeCounterLater(attempt: Attempt): void {
    if (this.#reversing.has(attempt.attemptId)) return;
    const free = () => {
      if (this.#orderId === attempt.orderId) this.#orderId = undefined;
      this.#parts.log.warn(facts(attempt), 'counter freed, the reversal goes on');
    };
    this.#reversing.set(attempt.attemptId, this.#parts.clock.after(COUNTER_FREED_AFTER_MS, free));
  }

  /** Calls off what this desk still waits for. */
  stop(): void {
    for (const callOff of this.#reversing.values()) callOff();
    this.#reversing.clear();
  }

  #concludeOrder(order: Order, attempt: Attempt | undefined): void {
    if (this.#orderId === order.orderId) this.#orderId = undefined;
    const known = this.#parts.book.recall(order.commandId);
    if (!known || known.result) return;
    const result = this.#result(order, attempt, 'final');
    this.#serially(async () => {
      await this.#parts.book.write({ type: 'COMMAND_RESULT', result });
      this.#parts.publishResult(result);
    });
  }

  /** The attempt ended without money; the order is open for a fresh code. */
  #progress(order: Order, attempt: Attempt): void {
    this.#parts.publishResult(this.#result(order, attempt, 'progress'));
  }

  #result(order: Order, attempt: Attempt | undefined, phase: 'progress' | 'final'): CommandResult {
    const { boot, backendNow } = this.#parts;
    const head = { v: 1 as const, id: order.commandId, phase, boot, ts: backendNow() };
    if (!attempt) return { ...head, status: 'cancelled', code: 'CANCELLED' };
    const { zh, en, next } = CATEGORIES[attempt.category];
    const status = attempt.state === 'PAID' ? 'ok' : attempt.state === 'NEEDS_MANUAL_CHECK' ? 'unknown' : 'declined';
    return { ...head, status, code: attempt.category, clerk: { zh, en, action: next }, attempt: attempt.attemptId };
  }

  // --- what is at the counter

  #order(): Order | undefined {
    return this.#orderId === undefined ? undefined : this.#parts.book.orders.get(this.#orderId);
  }

  /** The counter's order has an attempt that is not final. */
  #running(): boolean {
    return this.#order()?.state === 'IN_PAYMENT';
  }

  #serially(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#parts.log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    });
  }
}

function paycodeOf(classified: Classification): Paycode | undefined {
  return classified.kind === 'PAYMENT_CODE' || classified.kind === 'EMV_CPM' ? classified.paycode : undefined;
}

function wrongKind(classified: Classification): { refusal: ScanRefusal; advice?: Advice } {
  const advice = codeSentence(classified);
  return { refusal: 'WRONG_CODE_KIND', ...(advice === undefined ? {} : { advice }) };
}

function attemptOf(book: TillBook, order: Order): Attempt | undefined {
  return [...book.attempts.values()].map(({ attempt }) => attempt).findLast(({ orderId }) => orderId === order.orderId);
}

function facts(attempt: Attempt): {
  attemptId: string;
  orderId: string;
  state: string;
  category: Category;
  channel: string;
  amountFen: number;
} {
  const { attemptId, orderId, state, category, channel, amountFen } = attempt;
  return { attemptId, orderId, state, category, channel, amountFen };
}

function firstIssue(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [issue] = issues;
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'not valid';
}
