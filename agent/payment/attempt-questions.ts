import type { OutgoingRequest, RequestOutcome, Requests } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import { type ReverseReason, walletOf } from './attempt.ts';
import type { Fact } from './machine.ts';
import { outcomeOf } from './outcome.ts';
import { PAYCODE_LIFE_MS } from './policy.ts';
import type { Running } from './running.ts';

/** A query or reverse the broker holds back longer than this is answered by nobody. */
const ASKING_LIFE_MS = 60_000;

export interface QuestionParts {
  readonly requests: Requests;
  readonly clock: Clock;
}

/** The three requests about an attempt, each with the fact that comes of it. Nothing is sent twice by itself. */
export class AttemptQuestions {
  readonly #parts: QuestionParts;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
  }

  /** Leaves before this returns; the attempt's axis begins now, and the paycode is held no longer. */
  async pay(running: Running): Promise<Fact> {
    const { clock, requests } = this.#parts;
    const { paycode } = running;
    running.paycode = undefined;
    running.zero = clock.mono();
    if (!paycode) return { kind: 'pay-unanswered' };
    const { amountFen, currency, channel } = moneyOf(running);
    const { attemptId, orderId } = idsOf(running);
    const { source, terminal } = running;
    // one literal each: V8 takes much longer to add members to a copy
    const args = { amountFen, currency, channel, paycode: paycode.reveal(), source, ...terminal };
    const validForMs = PAYCODE_LIFE_MS - (clock.mono() - (running.scannedAt ?? clock.mono()));
    const outcome = await requests.send(
      { op: 'pay', attemptId, orderId, args, validForMs },
      running.policy.payTimeoutMs,
      () => {
        running.publishedAt = clock.mono();
      },
    );
    if (outcome.kind === 'reply') return { kind: 'pay-answered', outcome: meant(outcome.reply, running) };
    if (outcome.kind === 'no-reply') return { kind: 'pay-unanswered' };
    return { kind: 'pay-not-sent', category: outcome.cause === 'EXPIRED' ? 'CODE_EXPIRED' : 'NETWORK_DOWN' };
  }

  /** A restart asks before it does anything else, and what did not leave was not asked; `goesOn`: somebody still waits. */
  async query(running: Running, goesOn: () => boolean): Promise<Fact> {
    const args = moneyOf(running);
    const question = { op: 'query', ...idsOf(running), args, validForMs: ASKING_LIFE_MS } as const;
    let outcome = await this.#ask(question, running.policy.queryTimeoutMs);
    while (outcome.kind === 'not-sent' && running.owesQuestion && goesOn())
      outcome = await this.#ask(question, running.policy.queryTimeoutMs);
    running.owesQuestion = false;
    if (outcome.kind !== 'reply') return { kind: 'query-unanswered' };
    return { kind: 'query-answered', outcome: meant(outcome.reply, running) };
  }

  async reverse(running: Running, reason: ReverseReason): Promise<Fact> {
    const args = { ...moneyOf(running), reason };
    const outcome = await this.#ask(
      { op: 'reverse', ...idsOf(running), args, validForMs: ASKING_LIFE_MS },
      running.policy.reverseTimeoutMs,
    );
    if (outcome.kind !== 'reply') return { kind: 'reverse-unanswered' };
    return { kind: 'reverse-answered', outcome: meant(outcome.reply, running) };
  }

  /** Offline, a query or reverse is as good as unanswered: it takes its time-out, so that nobody asks in a tight loop. */
  async #ask(request: OutgoingRequest, timeoutMs: number): Promise<RequestOutcome> {
    const { clock, requests } = this.#parts;
    const outcome = await requests.send(request, timeoutMs);
    if (outcome.kind === 'not-sent') await new Promise<void>((resolve) => clock.after(timeoutMs, resolve));
    return outcome;
  }
}

type Answered = Extract<RequestOutcome, { kind: 'reply' }>['reply'];

function meant(reply: Answered, { record }: Running) {
  return outcomeOf(reply, walletOf(record.attempt));
}

function idsOf({ record }: Running): { attemptId: string; orderId: string } {
  const { attemptId, orderId } = record.attempt;
  return { attemptId, orderId };
}

function moneyOf({ record: { attempt } }: Running) {
  return { amountFen: attempt.amountFen, currency: 'CNY' as const, channel: walletOf(attempt) };
}
