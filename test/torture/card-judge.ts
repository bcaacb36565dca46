import type { TillBook } from '../../agent/journal/book.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { Ledger } from '../../simulator/acquirer/ledger.ts';
import type { Allowed } from './back-office.ts';
import type { Begun, CardMoney } from './card-box.ts';
import { HoldJudge, isOfHold } from './hold-judge.ts';
import type { Invariant } from './judge.ts';
import type { Witness, Written, WrittenAttempt } from './witness.ts';

export interface CardJudgeParts {
  readonly witness: Witness;
  readonly ledger: Ledger;
  /** money that nobody asked for: somebody's task already */
  readonly isUnexpected: (transactionId: string) => boolean;
  readonly find: (invariant: Invariant, detail: string) => void;
  /** what persons with authority allowed to be given back */
  readonly allowed: () => ReadonlyMap<string, Allowed>;
  /** what the process that runs found on the disk: as good as written */
  readonly found: () => Written;
}

/** Money of the terminal, and the attempt that asked for it. */
interface Booked {
  readonly money: CardMoney;
  readonly attempt: WrittenAttempt | undefined;
}

/** Judges what the card terminal did, by its own memory, the disk and the line. */
export class CardJudge {
  readonly #parts: CardJudgeParts;
  readonly #booked: Booked[] = [];
  /** a void, and the sale it gave back */
  readonly #voids: { readonly sale: Booked; readonly attempt: WrittenAttempt | undefined }[] = [];
  /** words kept as evidence when the last money was booked */
  #lateWords = 0;
  readonly #begun = new Set<string>();
  /** the attempt whose command the terminal heard last, and whether it was asked since what became of it */
  #last: { readonly attemptId: string; wasAsked: boolean } | undefined;

  readonly holds: HoldJudge;

  constructor(parts: CardJudgeParts) {
    this.#parts = parts;
    this.holds = new HoldJudge(parts);
  }

  /** card sales that were begun */
  get sales(): number {
    return this.#begun.size;
  }

  // --- the line

  /** The till hands what it says to the line: what it is about is on disk now, and not over. What stands before it leaves first. */
  begins(): Begun {
    return { attemptId: this.#open()?.attemptId };
  }

  /** The terminal has heard a command to its end. Returns the attempt that it is of. */
  commanded(kind: 'money' | 'question', { attemptId } = this.begins()): string | undefined {
    if (kind === 'question') {
      if (this.#last) this.#last.wasAsked = true;
      return this.#last?.attemptId;
    }
    if (attemptId !== undefined) this.#saidFor(attemptId);
    else this.#parts.find('spoke-before-writing', 'the terminal is asked for money, and no attempt is on disk');
    return attemptId;
  }

  #saidFor(attemptId: string): void {
    const before = this.#last;
    if (before?.attemptId === attemptId) return;
    this.#last = { attemptId, wasAsked: false };
    if (!before || before.wasAsked) return;
    if (this.#isInDoubt(before.attemptId))
      this.#parts.find(
        'asked-before-money',
        `${attemptId} is said, and nobody asked what became of ${before.attemptId}`,
      );
  }

  /** On disk, the terminal's, and not over: there is one at most. */
  #open(): WrittenAttempt | undefined {
    const { witness, found } = this.#parts;
    const isKept = (attemptId: string) => witness.durable.attempts.has(attemptId) || found().attempts.has(attemptId);
    return [...witness.current().attempts.values()].findLast(
      ({ attemptId, card, doing }) => card !== undefined && doing.kind !== 'done' && isKept(attemptId),
    );
  }

  /** Nobody knew what became of it, its terminal has a question for that, and has not answered it another way. */
  #isInDoubt(attemptId: string): boolean {
    const { card, doing } = this.#parts.witness.durable.attempts.get(attemptId) ?? {};
    if (!card?.canAsk) return false;
    const isOpen = doing?.kind !== 'done';
    return isOpen || (card.result?.outcome === 'unknown' && !KNOWN_DOUBT.has(card.result.evidence.by));
  }

  // --- the terminal's memory

  booked(money: CardMoney): void {
    const { find } = this.#parts;
    const said = this.#parts.witness.current().attempts.get(money.attemptId ?? '');
    const attempt = said ?? this.#attemptOf(money.command, money.askedFen);
    this.#booked.push({ money, attempt });
    this.#lateWords = this.#parts.witness.durable.lateWords;
    if (!attempt)
      return find('spoke-before-writing', `the terminal booked ${money.askedFen} fen that nobody wrote down`);
    if (money.kind === 'hold') return this.holds.booked(money, attempt);
    if (money.kind === 'sale') this.#mustBeAlone(attempt.orderId);
    else this.#mustNotBeMore(attempt.orderId);
  }

  /** The till tells the terminal that it has its word: then the disk has it. */
  acknowledged(): void {
    const { witness, found, find } = this.#parts;
    const { attemptId = '' } = this.#booked.at(-1)?.attempt ?? {};
    const said = [witness.durable.attempts.get(attemptId), found().attempts.get(attemptId)];
    const isKept = said.some((attempt) => attempt && (attempt.card?.result || attempt.doing.kind === 'done'));
    if (!isKept && witness.durable.lateWords === this.#lateWords)
      find('spoke-before-writing', `the terminal's word about ${attemptId} is taken and not on disk`);
  }

  voided(money: CardMoney): void {
    if (this.holds.givenUp(money, this.#attemptOf('cancelPreAuth', money.amountFen()))) return;
    const sale = this.#booked.find((one) => one.money === money);
    const attempt = this.#attemptOf('void', money.askedFen);
    if (!sale) return;
    this.#voids.push({ sale, attempt });
    if (!attempt || attempt.orderId !== sale.attempt?.orderId)
      this.#parts.find('wrong-amount', `the sale of ${sale.attempt?.orderId} was made void for ${attempt?.orderId}`);
    this.#mustNotBeMore(sale.attempt?.orderId);
  }

  /** The newest that is not over, else the newest: what the terminal is at was asked for by one of them. */
  #attemptOf(kind: string, fen: number): WrittenAttempt | undefined {
    const same = [...this.#parts.witness.current().attempts.values()].filter(
      ({ card }) => card?.command.kind === kind && card.command.amount === fen,
    );
    return same.findLast(({ doing }) => doing.kind !== 'done') ?? same.at(-1);
  }

  /** Never two charges for one order, here and at the acquirer. */
  #mustBeAlone(orderId: string): void {
    const [here, there] = [this.standing(orderId).length, this.#atAcquirer(orderId)];
    if (here + there > 1)
      this.#parts.find('net-charges', `order ${orderId} is charged ${here} times by card, ${there} at the acquirer`);
  }

  #atAcquirer(orderId: string): number {
    const asked = this.#parts.ledger.entries.filter(
      (entry) => entry.orderId === orderId && !this.#parts.isUnexpected(entry.transactionId),
    );
    const count = (wanted: string) => asked.filter(({ kind }) => kind === wanted).length;
    return count('charge') - count('reversal');
  }

  /** Sales of an order whose money is at the terminal, or may stay there. */
  standing(orderId: string): readonly CardMoney[] {
    return this.#booked
      .filter(({ attempt, money }) => attempt?.orderId === orderId && money.kind === 'sale')
      .map(({ money }) => money)
      .filter((money) => money.state() === 'open' || money.state() === 'stands');
  }

  /** Somebody looks an order up at the terminal. What is not the amount that was asked for goes back there and then. */
  lookUp(orderId: string): boolean {
    for (const money of this.standing(orderId)) if (money.amountFen() !== money.askedFen) money.undo();
    return this.standing(orderId).length > 0;
  }

  #mustNotBeMore(orderId: string | undefined): void {
    const sum = (kind: string, fenOf: (money: CardMoney) => number) =>
      this.#booked
        .filter(({ attempt, money }) => attempt?.orderId === orderId && money.kind === kind)
        .filter(({ money }) => money.state() !== 'none')
        .reduce((fen, { money }) => fen + fenOf(money), 0);
    const came = sum('sale', (money) => money.amountFen());
    // a terminal that gives back more than it was asked for does that by itself: what the till asks for is the till's
    const refunded = sum('refund', ({ askedFen }) => askedFen);
    const voids = this.#voids.filter(({ sale }) => sale.attempt?.orderId === orderId);
    const back = refunded + voids.reduce((fen, { sale }) => fen + sale.money.amountFen(), 0);
    if (back > came) this.#parts.find('over-refunded', `order ${orderId}: ${came} fen came by card, ${back} went back`);
  }

  // --- the disk

  written(attempt: WrittenAttempt, isNew: boolean): void {
    const { attemptId, orderId, card, state } = attempt;
    const { find, allowed } = this.#parts;
    if (!card && isNew) this.holds.begun(attemptId, orderId);
    if (!card) return;
    const { refundId, command } = card;
    if (refundId === undefined) this.#begun.add(attemptId);
    if (refundId !== undefined && isNew) {
      const word = allowed().get(refundId);
      if (word?.orderId !== orderId || !word.fen.has(command.amount))
        find('refund-unauthorised', `${refundId}: ${command.amount} fen of ${orderId}, nobody allowed that`);
    }
    if (isOfHold(attempt)) return this.holds.written(attempt);
    if (isNew && refundId === undefined) this.holds.begun(attemptId, orderId);
    if (state === 'REVERSED' && !this.#wentBack(attemptId))
      find('success-without-charge', `${attemptId} gave nothing back and is called done`);
  }

  /** The terminal has, or had until it was given back, the money of this attempt. */
  isCharged(attemptId: string): boolean {
    return this.#of(attemptId).some(
      ({ money }) => money.kind === 'sale' && (money.state() === 'stands' || money.state() === 'void'),
    );
  }

  #of(attemptId: string): Booked[] {
    return this.#booked.filter(({ attempt }) => attempt?.attemptId === attemptId);
  }

  #wentBack(attemptId: string): boolean {
    const isVoid = this.#voids.some(({ attempt }) => attempt?.attemptId === attemptId);
    return isVoid || this.#of(attemptId).some(({ money }) => money.kind === 'refund' && money.state() === 'stands');
  }

  /** The money of this refund went back on the terminal. */
  gaveBack(refundId: string): boolean {
    return [...this.#parts.witness.current().attempts.values()].some(
      ({ attemptId, card }) => card?.refundId === refundId && this.#wentBack(attemptId),
    );
  }

  // --- the end

  /** Approved at the terminal and not given back is confirmed in the journal, or with a person who has the evidence. */
  atEnd(events: readonly EventEnvelope[], book: TillBook | undefined): void {
    const { witness, find } = this.#parts;
    this.holds.atEnd(events, book);
    for (const { money, attempt } of this.#booked)
      if (money.kind !== 'hold') this.#judgeMoney(money, attempt?.attemptId ?? '');
    for (const { sale, attempt } of this.#voids) this.#judgeBack(attempt?.attemptId ?? '', sale.money);
    for (const { attemptId, state, card } of witness.durable.attempts.values()) {
      if (!card || state !== 'NEEDS_MANUAL_CHECK') continue;
      const told = events.some(
        ({ data }) =>
          (data.type === 'attempt' || data.type === 'hold') &&
          data.attemptId === attemptId &&
          data.evidence !== undefined,
      );
      if (!told) find('doubt-not-told', `${attemptId} is a person's, and the backend has no evidence of it`);
    }
  }

  #judgeMoney(money: CardMoney, attemptId: string): void {
    const { find, witness } = this.#parts;
    const state = money.state();
    if (state === 'none' || state === 'void') return;
    if (state === 'open') return find('charge-without-end', `${attemptId}: the terminal still waits for its till`);
    if (money.kind === 'refund') return this.#judgeBack(attemptId, money);
    const attempt = witness.durable.attempts.get(attemptId);
    const order = witness.durable.orders.get(attempt?.orderId ?? '')?.state;
    const isTold = attempt?.state === 'PAID' || attempt?.state === 'NEEDS_MANUAL_CHECK' || order === 'DISPUTED';
    if (!isTold && !witness.durable.settled.has(attemptId))
      find(
        'charge-without-end',
        `${attemptId} is charged by card, and the till says ${attempt?.state}, order ${order}`,
      );
    if (attempt?.state === 'PAID' && money.amountFen() !== attempt.amountFen)
      find('wrong-amount', `${attemptId} of ${attempt.amountFen} fen is paid with ${money.amountFen()}`);
  }

  #judgeBack(attemptId: string, money: CardMoney): void {
    const { find, witness } = this.#parts;
    const attempt = witness.durable.attempts.get(attemptId);
    const refund = witness.durable.refunds.get(attempt?.card?.refundId ?? '');
    const isTold = attempt?.state === 'REVERSED' || attempt?.state === 'NEEDS_MANUAL_CHECK';
    if (!isTold || refund === undefined || refund.state === 'REJECTED' || refund.state === 'REQUESTED')
      find(
        'refund-lost',
        `${money.amountFen()} fen went back on the terminal: ${attemptId} ${attempt?.state}, ${refund?.state}`,
      );
  }
}

/** The terminal's own word, which no question makes better. */
const KNOWN_DOUBT: ReadonlySet<string> = new Set(['other-amount', 'cannot-tell', 'answer', 'query']);
