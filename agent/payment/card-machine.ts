import type { EvidenceBy, TerminalResult } from '../../protocols/terminal/messages.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { type CardFacts, cardOf, isCharge } from './card.ts';
import { cardCategory } from './card-codes.ts';
import type { Category } from './categories.ts';
import { answered, asked, type Exchanges, NO_ANSWER, NOT_SENT } from './exchanges.ts';

// The life of an attempt on the card terminal, pure: (attempt, fact) -> attempt and orders. Every (doing, fact) cell is
// decided in card-cells.ts. The protocol's own dialogue repeats bytes and knows time-outs; here is only what money means.
//
//   created --submitted--> paying --result--> done
//                            \--nobody knows--> querying <--> resting ----> done
//
// - A yes pays when it is final; a provisional one (ZVT before 06 0F) is on disk and waits. A no counts when the dialogue is over.
// - `unknown` is asked after by the protocol's own question, and only then may anything else begin. A terminal that cannot be
//   asked, or cannot tell, leaves it to a person, with what was heard as evidence.
// - There is no reverse: a sale that nobody knows is never sent again and never made void blindly.

/** What happened. */
export type CardFact =
  | { readonly kind: 'submitted' }
  /** the terminal's word about this very command, or that nobody knows */
  | { readonly kind: 'result'; readonly result: TerminalResult }
  /** the dialogue said nothing to the terminal: proof that no byte of this one left */
  | { readonly kind: 'refused'; readonly why: string }
  /** the dialogue is over, and brought no result */
  | { readonly kind: 'ended' }
  /** the link stands and the terminal may be asked */
  | { readonly kind: 'ready' }
  | { readonly kind: 'woken' }
  | { readonly kind: 'clerk-cancelled' }
  /** a new process took it over from the journal */
  | { readonly kind: 'restarted' };

/** What to do, in this order, after the new attempt is on disk. */
export type CardOrder =
  | { readonly kind: 'send' }
  | { readonly kind: 'ask'; readonly n: number }
  | { readonly kind: 'abort' }
  | { readonly kind: 'wake'; readonly at: number };

export interface CardStep {
  readonly attempt: Attempt;
  readonly orders: readonly CardOrder[];
}

/** Waits before question 2, 3, ... */
const ASK_DELAYS_MS = [2_000, 5_000, 10_000, 30_000] as const;
/** A terminal that was not heard for so long since somebody began to ask is a person's business. */
export const ASK_FOR_MS = 600_000;

/** The next step, or `undefined` when the fact changes nothing. `t`: ms since the attempt was begun, or taken over. */
export function cardStep(attempt: Attempt, fact: CardFact, t: number): CardStep | undefined {
  if (isFinal(attempt)) return undefined;
  const { kind } = attempt.doing;
  const at: Moment = { attempt: { ...attempt, exchanges: heard(attempt.exchanges, fact, Math.round(t)) }, t };
  switch (fact.kind) {
    case 'submitted':
      return kind === 'created' ? send(at) : undefined;
    case 'result':
      return kind === 'created' ? undefined : decided(at, fact.result);
    case 'refused':
      return refused(at);
    case 'ended':
      return ended(at);
    case 'ready':
      return kind === 'resting' ? ask(at) : undefined;
    case 'woken':
      return woken(at);
    case 'clerk-cancelled':
      return cancelled(at);
    case 'restarted':
      return unsure(at);
    default:
      return fact satisfies never;
  }
}

interface Moment {
  readonly attempt: Attempt;
  readonly t: number;
}

function to({ attempt, t }: Moment, change: Partial<Attempt>, ...orders: CardOrder[]): CardStep {
  const exchanges = orders.reduce((all, order) => leaving(all, order, Math.round(t)), attempt.exchanges);
  return { attempt: { ...attempt, ...change, exchanges }, orders };
}

function send(at: Moment): CardStep {
  return to(at, { state: 'SUBMITTED', doing: { kind: 'paying' } }, { kind: 'send' });
}

// --- the terminal's word

function decided(at: Moment, result: TerminalResult): CardStep {
  const card: CardFacts = { ...cardOf(at.attempt), result };
  const change = { ...facts(at.attempt, result), card };
  const seen: Moment = { ...at, attempt: { ...at.attempt, ...change } };
  switch (result.outcome) {
    case 'approved':
      // on disk, but the terminal may still take it back
      return result.standing === 'provisional' ? to(seen, {}) : carriedOut(seen, card);
    case 'declined':
    case 'cancelled':
      // until the dialogue is over, the question's too, it may have been the last customer's no, and this one's yes comes behind it
      return seen.attempt.doing.kind === 'resting' ? finish(seen, 'FAILED', cardCategory(result)) : to(seen, {});
    case 'unknown':
      return needsAPerson(result.evidence.by, card) ? manual(seen) : inDoubt(seen);
    default:
      return result.outcome satisfies never;
  }
}

/** A charge is paid. All else leaves the shop without money of it: given back, or only held for it (hold.ts). */
function carriedOut(at: Moment, card: CardFacts): CardStep {
  return isCharge(card) ? finish(at, 'PAID', 'PAID') : finish(at, 'REVERSED', 'REVERSED');
}

/** The terminal has said all that it knows, or cannot be asked. */
function needsAPerson(by: EvidenceBy, { canAsk }: CardFacts): boolean {
  return !canAsk || by === 'other-amount' || by === 'cannot-tell';
}

function facts({ maskedPaycode }: Attempt, { evidence, amount, key, card }: TerminalResult): Partial<Attempt> {
  const transactionId = key.rrn ?? key.receipt ?? key.trace;
  return {
    ...(evidence.code === undefined ? {} : { code: evidence.code }),
    ...(amount === undefined ? {} : { paidFen: amount }),
    ...(transactionId === undefined ? {} : { transactionId }),
    maskedPaycode: maskedPaycode === '' ? (card?.pan ?? '') : maskedPaycode,
  };
}

/** Not a byte left. A question that could not be asked settles nothing. */
function refused(at: Moment): CardStep | undefined {
  const { kind } = at.attempt.doing;
  if (kind === 'querying') return rest(at);
  return kind === 'paying' && cardOf(at.attempt).result === undefined
    ? finish(at, 'FAILED', 'CHANNEL_UNAVAILABLE')
    : undefined;
}

function ended(at: Moment): CardStep | undefined {
  const { kind } = at.attempt.doing;
  if (kind !== 'paying' && kind !== 'querying') return undefined;
  const { result } = cardOf(at.attempt);
  if (isNo(result)) return finish(at, 'FAILED', cardCategory(result));
  return kind === 'querying' ? rest(at) : unsure(at);
}

function isNo(result: TerminalResult | undefined): result is TerminalResult {
  return result?.outcome === 'declined' || result?.outcome === 'cancelled';
}

// --- what nobody knows

const UNKNOWN = { state: 'UNKNOWN', category: 'RESULT_UNKNOWN' } as const;

function unsure(at: Moment): CardStep {
  const { canAsk } = cardOf(at.attempt);
  const since = { ...at, attempt: { ...at.attempt, unsureSince: Math.round(at.t) } };
  return canAsk ? ask(since) : manual(since);
}

/** A question that brought no certain word is one more round: what the ten minutes are counted from stays. */
function inDoubt(at: Moment): CardStep {
  return at.attempt.doing.kind === 'paying' ? unsure(at) : rest(at);
}

function ask(at: Moment): CardStep {
  const n = at.attempt.queries + 1;
  const card = withoutNo(cardOf(at.attempt));
  return to(at, { ...UNKNOWN, card, queries: n, doing: { kind: 'querying', last: false } }, { kind: 'ask', n });
}

/** A no whose dialogue was never over is no answer to the question that leaves now; the exchanges keep it. */
function withoutNo({ result, ...card }: CardFacts): CardFacts {
  return result === undefined || isNo(result) ? card : { ...card, result };
}

function rest(at: Moment): CardStep {
  const { unsureSince = at.t, queries } = at.attempt;
  if (at.t - unsureSince >= ASK_FOR_MS) return manual(at);
  const delay = ASK_DELAYS_MS[Math.min(queries, ASK_DELAYS_MS.length) - 1] ?? ASK_DELAYS_MS[0];
  const until = at.t + delay;
  return to(at, { ...UNKNOWN, doing: { kind: 'resting', until } }, { kind: 'wake', at: until });
}

function woken(at: Moment): CardStep | undefined {
  const { doing } = at.attempt;
  return doing.kind === 'resting' && at.t >= doing.until ? ask(at) : undefined;
}

/** The person at the terminal decides; whether it stopped is the terminal's word. */
function cancelled(at: Moment): CardStep | undefined {
  const card = cardOf(at.attempt);
  if (at.attempt.doing.kind !== 'paying' || card.cancelAsked) return undefined;
  return to(at, { reason: 'CLERK_CANCEL', card: { ...card, cancelAsked: true } }, { kind: 'abort' });
}

// --- ends

function manual(at: Moment): CardStep {
  return finish(at, 'NEEDS_MANUAL_CHECK', 'NEEDS_MANUAL_CHECK');
}

function finish(
  at: Moment,
  state: 'PAID' | 'REVERSED' | 'FAILED' | 'NEEDS_MANUAL_CHECK',
  category: Category,
): CardStep {
  return to(at, { state, category, doing: { kind: 'done' } });
}

// --- evidence

function leaving(exchanges: Exchanges, order: CardOrder, t: number): Exchanges {
  if (order.kind === 'send') return asked(exchanges, { op: 'pay', n: 0, asked: t });
  return order.kind === 'ask' ? asked(exchanges, { op: 'query', n: order.n, asked: t }) : exchanges;
}

function heard(exchanges: Exchanges, fact: CardFact, t: number): Exchanges {
  if (fact.kind === 'restarted') return asked(exchanges, { op: 'restart', n: 0, asked: t });
  const code = codeOf(fact);
  if (code === undefined) return exchanges;
  const op = exchanges.kept.findLast(({ answered: at }) => at === undefined)?.op ?? 'pay';
  return answered(exchanges, op === 'query' ? 'query' : 'pay', t, code);
}

function codeOf(fact: CardFact): string | undefined {
  if (fact.kind === 'refused') return NOT_SENT;
  if (fact.kind === 'ended') return NO_ANSWER;
  if (fact.kind !== 'result') return undefined;
  const { outcome, evidence } = fact.result;
  return [outcome, evidence.by, evidence.code ?? []].flat().join(' ').slice(0, 64);
}
