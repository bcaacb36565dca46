import type { TillBook } from '../../agent/journal/book.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { CardMoney } from './card-box.ts';
import type { Invariant } from './judge.ts';
import type { Witness, Written, WrittenAttempt } from './witness.ts';

// Holds on cards, by the terminal's memory and the disk. A hold is no money: what is charged of it is judged with the other
// charges (card-judge.ts).

export interface HoldJudgeParts {
  readonly witness: Witness;
  readonly find: (invariant: Invariant, detail: string) => void;
  readonly found: () => Written;
}

/** What the terminal holds, and the attempt that asked for it. */
interface Held {
  readonly money: CardMoney;
  readonly attempt: WrittenAttempt | undefined;
  /** the cancellation that gave it up */
  givenUpBy?: WrittenAttempt | undefined;
  isGoneByHand: boolean;
}

/** What the records of its attempts come to. */
type Journaled = 'asked' | 'refused' | 'held' | 'charged' | 'given-up' | 'unclear' | 'said-by-a-person';

const OF_HOLDS: ReadonlySet<string> = new Set(['preAuth', 'completePreAuth', 'cancelPreAuth']);

export function isOfHold({ card }: WrittenAttempt): boolean {
  return card !== undefined && OF_HOLDS.has(card.command.kind);
}

export class HoldJudge {
  readonly #parts: HoldJudgeParts;
  readonly #held: Held[] = [];
  /** what was asked for, to be held and to be charged */
  readonly #asked = new Map<string, Set<number>>();

  constructor(parts: HoldJudgeParts) {
    this.#parts = parts;
  }

  asked(orderId: string, fen: number): void {
    this.#asked.set(orderId, (this.#asked.get(orderId) ?? new Set()).add(fen));
  }

  // --- the terminal's memory

  booked(money: CardMoney, attempt: WrittenAttempt | undefined): void {
    this.#held.push({ money, attempt, isGoneByHand: false });
    if (!attempt) return;
    const standing = this.#ofOrder(attempt.orderId).filter((one) => isThere(one.money));
    if (standing.length > 1)
      this.#parts.find('net-charges', `order ${attempt.orderId} has ${standing.length} holds that stand`);
  }

  /** true: it was one of these that was given up */
  givenUp(money: CardMoney, cancellation: WrittenAttempt | undefined): boolean {
    const held = this.#held.find((one) => one.money === money);
    if (!held) return false;
    held.givenUpBy = cancellation;
    if (cancellation?.card?.holdId !== held.attempt?.attemptId)
      this.#parts.find('wrong-amount', `the hold ${held.attempt?.attemptId} was given up for another`);
    return true;
  }

  /** Somebody gives up at the terminal, by hand, what is held for an order. */
  giveUpByHand(orderId: string): boolean {
    const held = this.#ofOrder(orderId).find(({ money }) => money.state() === 'stands');
    if (!held) return false;
    held.isGoneByHand = true;
    held.money.undo();
    return true;
  }

  /** What a person sees who looks the order up at the terminal; `undefined`: nobody ever asked for a hold. */
  lookUp(orderId: string): 'stands' | 'gone' | undefined {
    if (!this.#asked.has(orderId)) return undefined;
    return this.#ofOrder(orderId).some(({ money }) => isThere(money)) ? 'stands' : 'gone';
  }

  #ofOrder(orderId: string): readonly Held[] {
    return this.#held.filter(({ attempt }) => attempt?.orderId === orderId);
  }

  // --- what is written and said

  written(attempt: WrittenAttempt): void {
    const { attemptId, orderId, amountFen, state } = attempt;
    const { find } = this.#parts;
    if (this.#asked.get(orderId)?.has(amountFen) !== true)
      find('wrong-amount', `${attemptId} of a hold: ${amountFen} fen, nobody asked for that`);
    if (state === 'REVERSED' && !this.isCarriedOut(attempt))
      find('success-without-charge', `${attemptId} (${attempt.card?.command.kind}) is called done`);
    if (state === 'PAID' && attempt.card?.command.kind !== 'completePreAuth')
      find('hold-is-no-money', `${attemptId} is called paid`);
  }

  /** A hold was held, a given up one is gone, as far as the terminal goes. */
  isCarriedOut({ attemptId, card }: WrittenAttempt): boolean {
    if (card?.command.kind === 'cancelPreAuth')
      return this.#held.some(({ givenUpBy }) => givenUpBy?.attemptId === attemptId);
    return this.#held.some(
      ({ attempt, money, isGoneByHand }) =>
        attempt?.attemptId === attemptId && (isGoneByHand || money.state() !== 'none'),
    );
  }

  /** Another way of paying the order begins: then nothing of it is held, for all that is known. */
  begun(id: string, orderId: string): void {
    for (const hold of this.#holdsOf(orderId)) {
      const state = this.#journaled(hold);
      if (state === 'held' || state === 'asked' || state === 'unclear')
        this.#parts.find('hold-beside-money', `${id} begins, and the hold ${hold.attemptId} is ${state}`);
    }
  }

  #holdsOf(orderId: string): readonly WrittenAttempt[] {
    return [...this.#parts.witness.current().attempts.values()].filter(
      ({ orderId: of, card }) => of === orderId && card?.command.kind === 'preAuth',
    );
  }

  /** A program was told that it is held, or given up: the terminal knows of it. */
  answered(code: string, attemptId: string | undefined): void {
    const attempt =
      this.#parts.witness.durable.attempts.get(attemptId ?? '') ?? this.#parts.found().attempts.get(attemptId ?? '');
    // a manager said so who had given it up by hand
    const isByHand = this.#held.some(
      (one) => one.isGoneByHand && one.attempt?.attemptId === attempt?.card?.holdId && code === 'RELEASED',
    );
    if (attempt && !isByHand && !this.isCarriedOut(attempt))
      this.#parts.find('success-without-charge', `${attemptId} is ${code}`);
  }

  // --- the end

  atEnd(events: readonly EventEnvelope[], book: TillBook | undefined): void {
    for (const held of this.#held) this.#judgeHeld(held);
    for (const attempt of this.#parts.witness.durable.attempts.values())
      if (attempt.card?.command.kind === 'preAuth') this.#judgeJournal(attempt, book);
    for (const { data } of events) {
      if (data.type !== 'attempt' || data.state !== 'PAID') continue;
      const kind = this.#parts.witness.durable.attempts.get(data.attemptId)?.card?.command.kind;
      if (kind === 'preAuth' || kind === 'cancelPreAuth')
        this.#parts.find('hold-is-no-money', `the backend was told that ${data.attemptId} is paid`);
    }
  }

  /** What the terminal has of it, the journal has, or a person. */
  #judgeHeld({ money, attempt, isGoneByHand }: Held): void {
    const { find } = this.#parts;
    const state = money.state();
    if (state === 'open') return find('hold-lost', `${attempt?.attemptId}: the terminal still waits for its till`);
    const journaled = attempt ? this.#journaled(attempt) : 'nobody asked';
    const expected = TRUTH[state];
    if (journaled === 'unclear' || journaled === 'said-by-a-person' || expected.includes(journaled) || isGoneByHand)
      return;
    find('hold-lost', `${attempt?.attemptId}: at the terminal ${state}, in the journal ${journaled}`);
  }

  /** And the other way round: what the journal calls held or charged is so. */
  #judgeJournal(attempt: WrittenAttempt, book: TillBook | undefined): void {
    const { find } = this.#parts;
    const { attemptId } = attempt;
    const journaled = this.#journaled(attempt);
    const lived = book?.holds.get(attemptId)?.state;
    if (book && !LIVED[journaled].includes(lived ?? ''))
      find('hold-lost', `${attemptId}: the records say ${journaled}, the till ${lived}`);
    if (journaled === 'asked') return find('not-final-in-time', `the hold ${attemptId} is still asked for`);
    const there = this.#held.find((one) => one.attempt?.attemptId === attemptId);
    const state = there?.money.state() ?? 'none';
    const isSo = journaled === 'held' ? state === 'stands' || there?.isGoneByHand === true : state === 'used';
    if ((journaled === 'held' || journaled === 'charged') && !isSo)
      find('hold-lost', `${attemptId} is ${journaled} in the journal, and ${state} at the terminal`);
  }

  #journaled({ attemptId, orderId, state }: WrittenAttempt): Journaled {
    const { durable } = this.#parts.witness;
    const known = durable.attempts.get(attemptId)?.state ?? state;
    if (durable.resolved.has(orderId)) return 'said-by-a-person';
    const later = [...durable.attempts.values()].filter(
      ({ card }) => card?.holdId === attemptId && card.refundId === undefined,
    );
    if (durable.surprised.has(attemptId) || later.some((one) => durable.surprised.has(one.attemptId))) return 'unclear';
    if (known === 'FAILED') return 'refused';
    if (known === 'NEEDS_MANUAL_CHECK') return 'unclear';
    if (known !== 'REVERSED') return 'asked';
    const states = new Set(later.map((one) => one.state));
    if (states.has('NEEDS_MANUAL_CHECK')) return 'unclear';
    if (states.has('PAID')) return 'charged';
    return states.has('REVERSED') ? 'given-up' : 'held';
  }
}

function isThere(money: CardMoney): boolean {
  return money.state() === 'open' || money.state() === 'stands';
}

const TRUTH: Readonly<Record<ReturnType<CardMoney['state']>, readonly string[]>> = {
  open: [],
  stands: ['held'],
  used: ['charged'],
  void: ['given-up'],
  none: ['refused'],
};

const LIVED: Readonly<Record<Journaled, readonly string[]>> = {
  asked: ['ASKED'],
  refused: ['REFUSED'],
  held: ['HELD', 'COMPLETING', 'RELEASING'],
  charged: ['COMPLETED'],
  'given-up': ['RELEASED'],
  unclear: ['UNCLEAR'],
  'said-by-a-person': ['HELD', 'RELEASED', 'COMPLETED', 'UNCLEAR', 'REFUSED'],
};
