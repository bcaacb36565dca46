import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { AnswerFate } from '../../simulator/acquirer/customer.ts';
import type { Buyer, IntentPlan } from '../../simulator/acquirer/intents.ts';
import type { NoticePlan } from '../../simulator/backend/notices.ts';
import type { Chance } from './chance.ts';

/** What providers and the backend do with codes beside their best; said in faults.ts. */
export type CodeFault =
  | 'code-not-paid'
  | 'code-paid-late'
  | 'code-paid-twice'
  | 'code-paid-wrong'
  | 'code-refused'
  | 'code-answer-lost'
  | 'code-answer-late'
  | 'code-close-unclear'
  | 'notice-unsigned'
  | 'notice-forged'
  | 'notice-missing';

const WALLETS: readonly [Channel, ...Channel[]] = ['WECHAT', 'ALIPAY', 'UNIONPAY', 'ECNY'];
type Wants = (fault: CodeFault) => boolean;

/** Draws the life of one code at the provider. */
export function drawPlan(chance: Chance, amountFen: number, ttlMs: number, wants: Wants): IntentPlan {
  if (wants('code-paid-late') && chance.happens(0.5)) return brokenWord(chance);
  if (wants('code-answer-late') && chance.happens(0.35)) return slowStart(chance);
  return {
    buyers: wants('code-not-paid') ? [] : drawBuyers(chance, amountFen, ttlMs, wants),
    answers: drawAnswers(chance, wants),
    unclearCloses: wants('code-close-unclear') ? chance.between(1, 7) : 0,
    closesItself: chance.happens(0.3),
    refuses: wants('code-refused'),
  };
}

/** The answer to the create request comes when the code is being given up already. */
function slowStart(chance: Chance): IntentPlan {
  const lost = Array.from({ length: 30 }, (): AnswerFate => ({ kind: 'lose' }));
  const create: AnswerFate = { kind: 'delay', ms: chance.between(14_500, 27_000) };
  return { answers: { create: [create], query: lost }, unclearCloses: chance.pick([0, 0, 3]) };
}

/** Paid in the moment behind the close, while nobody answers what the till asks then. */
function brokenWord(chance: Chance): IntentPlan {
  const query = Array.from({ length: chance.between(0, 20) }, (): AnswerFate => ({ kind: 'deliver' }));
  const lost = Array.from({ length: 40 }, (): AnswerFate => ({ kind: 'lose' }));
  const breaksCloseAfterMs = chance.between(1, 6_000);
  return { breaksCloseAfterMs, closesItself: chance.happens(0.5), answers: { query: [...query, ...lost] } };
}

function drawBuyers(chance: Chance, amountFen: number, ttlMs: number, wants: Wants): Buyer[] {
  const wallet = chance.pick(WALLETS);
  const first = { afterMs: chance.between(500, 40_000), wallet };
  if (wants('code-paid-wrong')) return [{ ...first, paysFen: amountFen + chance.between(1, 500) }];
  if (wants('code-paid-late'))
    return [{ afterMs: chance.between(Math.max(1_000, ttlMs - 5_000), ttlMs + 90_000), wallet, slipsThrough: true }];
  const again = { afterMs: first.afterMs + chance.between(10, 60_000), wallet: chance.pick(WALLETS) };
  if (wants('code-paid-twice')) return [first, { ...again, slipsThrough: true }];
  return chance.happens(0.3) ? [first, again] : [first];
}

function drawAnswers(chance: Chance, wants: Wants): NonNullable<IntentPlan['answers']> {
  const lost = wants('code-answer-lost');
  const late = wants('code-answer-late');
  const draw = (times: number): AnswerFate[] =>
    Array.from({ length: times }, (): AnswerFate => {
      if (lost && chance.happens(0.5)) return { kind: 'lose' };
      return late && chance.happens(0.6) ? { kind: 'delay', ms: chance.between(1_000, 40_000) } : { kind: 'deliver' };
    });
  if (!lost && !late) return {};
  return { create: draw(1), query: draw(chance.between(2, 14)), close: draw(chance.between(1, 4)) };
}

export function drawNotices(chance: Chance, wants: Wants): NoticePlan {
  const afterMs = [chance.between(5, 3_000), chance.between(3_000, 20_000), chance.between(20_000, 60_000)];
  if (wants('notice-missing')) return { manner: 'none', afterMs: [] };
  if (wants('notice-unsigned')) return { manner: 'unsigned', afterMs };
  return { manner: wants('notice-forged') ? 'forged' : 'signed', afterMs };
}
