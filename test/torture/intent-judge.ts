import type { Request } from '../../protocols/backend/requests.ts';
import type { IntentCounter } from '../../simulator/acquirer/intents.ts';
import type { Ledger } from '../../simulator/acquirer/ledger.ts';
import type { Invariant } from './judge.ts';
import { FINALS, type Witness, type WrittenIntent } from './witness.ts';
import type { World } from './world.ts';

// What must never be otherwise with codes that customers scan (payment.md 3.2, the last invariant of order-states.json).

export interface IntentJudgeParts {
  readonly witness: Witness;
  readonly ledger: Ledger;
  readonly counter: IntentCounter;
  /** amount of each order that was asked for */
  readonly orders: ReadonlyMap<string, number>;
  readonly find: (invariant: Invariant, detail: string) => void;
  /** another way of paying the order begins */
  readonly begun: (intentId: string, orderId: string) => void;
  /** what the process that runs found on the disk */
  readonly found: (intentId: string) => WrittenIntent | undefined;
}

/** Where a final state may still go: money that nobody expects. */
const LEFT: Readonly<Record<string, string>> = { EXPIRED: 'DISPUTED', CLOSED: 'DISPUTED' };

export class IntentJudge {
  readonly #parts: IntentJudgeParts;
  readonly #created = new Map<string, number>();
  latest = new Map<string, WrittenIntent>();
  /** of this life */
  #asked = new Set<string>();
  #born = new Set<string>();

  constructor(parts: IntentJudgeParts) {
    this.#parts = parts;
  }

  newLife(): void {
    this.latest = this.#parts.witness.current().intents;
    this.#asked = new Set();
    this.#born = new Set();
  }

  #mustNot(condition: boolean, invariant: Invariant, detail: () => string): void {
    if (condition) this.#parts.find(invariant, detail());
  }

  /** Open ways to pay this order, beside the named one. */
  openBeside(orderId: string, id: string): string | undefined {
    return [...this.latest.values()].find(
      (one) => one.orderId === orderId && one.intentId !== id && !FINALS.has(one.state),
    )?.intentId;
  }

  // --- the journal

  written(intent: WrittenIntent): void {
    const { intentId, orderId, amountFen, state, doing } = intent;
    const before = this.latest.get(intentId);
    this.latest.set(intentId, intent);
    const amount = this.#parts.orders.get(orderId);
    this.#mustNot(amount !== amountFen, 'wrong-amount', () => `intent of ${amountFen}, asked ${amount}`);
    if (!before) this.#bear(intent);
    else this.#changed(before, intent);
    if (state === 'PAID') this.#paid(intent);
    const free = (state === 'EXPIRED' || state === 'CLOSED') && doing.kind === 'done';
    if (free && before?.state === 'WAITING') this.#freed(intent);
  }

  #bear({ intentId, orderId }: WrittenIntent): void {
    this.#born.add(intentId);
    this.#parts.begun(intentId, orderId);
    const other = this.openBeside(orderId, intentId);
    this.#mustNot(other !== undefined, 'two-open-attempts', () => `${intentId} beside ${other}`);
    for (const attempt of this.#parts.witness.current().attempts.values())
      this.#mustNot(
        attempt.orderId === orderId && !FINALS.has(attempt.state),
        'two-open-attempts',
        () => `${intentId} beside the attempt ${attempt.attemptId}`,
      );
  }

  #changed(before: WrittenIntent, { intentId, orderId, amountFen, state }: WrittenIntent): void {
    const same = before.orderId === orderId && before.amountFen === amountFen;
    this.#mustNot(!same, 'final-left', () => `intent ${intentId} became another`);
    const left = FINALS.has(before.state) && before.state !== state && LEFT[before.state] !== state;
    this.#mustNot(left, 'final-left', () => `intent ${intentId}: ${before.state} -> ${state}`);
  }

  #paid({ intentId, amountFen, payment }: WrittenIntent): void {
    const { ledger } = this.#parts;
    const has = ledger.entries.some(
      (one) => one.attemptId === intentId && one.kind === 'charge' && one.amountFen === amountFen,
    );
    this.#mustNot(!has, 'success-without-charge', () => `intent ${intentId} is written as PAID`);
    this.#mustNot(
      payment?.paidFen !== amountFen,
      'wrong-amount',
      () => `intent ${intentId} PAID with ${payment?.paidFen}`,
    );
  }

  /** The provider's own word, or proof that it never heard of it. */
  #freed({ intentId, queries, closes }: WrittenIntent): void {
    const { counter } = this.#parts;
    const never = counter.stateOf(intentId) === undefined && queries === 0 && closes === 0;
    this.#mustNot(!counter.wasClosed(intentId) && !never, 'freed-uncertain', () => `intent ${intentId}`);
  }

  // --- what the agent says

  requested(request: Extract<Request, { op: 'intent' }>): void {
    const { attemptId: intentId, orderId, args } = request;
    const written = this.#parts.witness.durable.intents.get(intentId) ?? this.#parts.found(intentId);
    this.#mustNot(!written, 'spoke-before-writing', () => `${args.action} of intent ${intentId}, not on disk`);
    const amount = this.#parts.orders.get(orderId);
    this.#mustNot(amount !== args.amountFen, 'wrong-amount', () => `${args.action} of ${args.amountFen}`);
    if (args.action === 'create') this.#createRequested(intentId, orderId);
    const counted = Math.max(written?.closes ?? 0, this.#parts.found(intentId)?.closes ?? 0);
    this.#mustNot(args.action === 'close' && counted === 0, 'spoke-before-writing', () => `close of ${intentId}`);
    const isFirst = !this.#asked.has(intentId) && !this.#born.has(intentId);
    this.#asked.add(intentId);
    this.#mustNot(isFirst && args.action !== 'query', 'resumed-without-asking', () => `${args.action} of ${intentId}`);
  }

  #createRequested(intentId: string, orderId: string): void {
    const times = (this.#created.get(intentId) ?? 0) + 1;
    this.#created.set(intentId, times);
    this.#mustNot(times > 1, 'pay-sent-twice', () => `intent ${intentId} was asked for again`);
    this.mustBeAlone(orderId, intentId);
  }

  /** A pay or a create leaves: no other way to pay this order is open. */
  mustBeAlone(orderId: string, id: string): void {
    const other = this.openBeside(orderId, id);
    this.#mustNot(other !== undefined, 'two-open-attempts', () => `${id} leaves while ${other} is open`);
  }

  // --- the end

  atEnd(world: World): void {
    const { durable } = world.witness;
    for (const intent of durable.intents.values()) {
      const { intentId, state, doing } = intent;
      this.#mustNot(doing.kind !== 'done', 'not-final-in-time', () => `intent ${intentId} is ${state} (${doing.kind})`);
      this.#accountedFor(intent, durable.orders.get(intent.orderId)?.state);
    }
    for (const orderId of durable.orders.keys()) this.#paidOnce(world, orderId);
  }

  /** Every payment the provider took is the order's, or a person's task. */
  #accountedFor({ intentId, state, task, secondPayment }: WrittenIntent, order: string | undefined): void {
    const { counter } = this.#parts;
    const charges = counter.charges.filter((charge) => charge.intentId === intentId).length;
    const open = counter.stateOf(intentId) === 'open';
    this.#mustNot(open, 'freed-uncertain', () => `intent ${intentId} is ${state} and can still be paid`);
    const known = (state === 'PAID' ? 1 : 0) + (task === undefined ? 0 : 1);
    const missing =
      charges > 0 && (state === 'EXPIRED' || state === 'CLOSED' || (state === 'PAID' && charges > 1 && !secondPayment));
    this.#mustNot(missing, 'charge-without-end', () => `intent ${intentId} is ${state}, paid ${charges} times`);
    this.#mustNot(known > 0 && charges === 0, 'success-without-charge', () => `intent ${intentId} is ${state}`);
    const disputed = task === undefined || order === 'DISPUTED' || order === 'PARTLY_REFUNDED' || order === 'REFUNDED';
    this.#mustNot(!disputed, 'charge-without-end', () => `intent ${intentId} has a task, its order is ${order}`);
    if (state === 'PAID')
      this.#mustNot(
        order !== 'PAID' && order !== 'DISPUTED' && order !== 'PARTLY_REFUNDED' && order !== 'REFUNDED',
        'charge-without-end',
        () => `${intentId} is paid, its order ${order}`,
      );
  }

  /** However many ways were tried. */
  #paidOnce({ witness }: World, orderId: string): void {
    const attempts = [...witness.durable.attempts.values()].filter(
      (one) => one.orderId === orderId && one.state === 'PAID',
    );
    const intents = [...witness.durable.intents.values()].filter(
      (one) => one.orderId === orderId && one.state === 'PAID',
    );
    const ways = attempts.length + intents.length;
    this.#mustNot(ways > 1, 'net-charges', () => `order ${orderId} is paid by ${ways} attempts and intents`);
  }
}
