import { describe, expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { lateYes } from '../world/late-yes.ts';
import { CardShop } from './card-shop.ts';

// The terminal refuses to give a part back, and its yes to that very command comes behind its no: the money went back. It counts
// as that from then on, whatever a person says of the order.

const PAID = 12_000;
/** the simulated host refuses amounts that end in 51 */
const PART = 2_051;

const command = ({ shop }: CardShop, verb: string, args: object) => shop.command(verb, { ...args }, BACKEND_KEY);
const giveBack = (card: CardShop, refundId: string, refundFen: number) => {
  const words = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };
  return command(card, 'refund', { refundId, orderId: 'A', refundFen, ...words });
};

async function refused() {
  const card = await CardShop.open('zvt');
  await card.sale('A', PAID);
  await giveBack(card, 'F1', PART);
  await card.shop.untilRefund('F1', 'REJECTED');
  await card.shop.pass(1_000);
  const { book } = card.shop.process.till;
  const asked = [...book.attempts.values()].find(({ attempt }) => attempt.card?.refundId === 'F1');
  if (!asked) throw new Error('nothing was asked of the terminal');
  return { card, attemptId: asked.attempt.attemptId };
}

describe('a part that the terminal refused to give back, and gave back', () => {
  it('and the process died behind its word: listed as gone back, and no more than the rest can go back', async () => {
    const { card, attemptId } = await refused();
    await lateYes(card.shop.process.till.book, attemptId, card.shop.clock.now());
    expect(card.orderState('A')).toBe('DISPUTED');
    await card.restart();
    await card.ready();
    await card.shop.untilRefund('F1', 'REFUNDED');
    const doubt = { orderId: 'A', outcome: 'paid', personId: 'manager.1', reason: 'looked at the terminal' };
    await command(card, 'resolve', doubt);
    await card.shop.passUntil('the end of the doubt', () => card.orderState('A') !== 'DISPUTED', 60_000);
    const seen = card.shop.consoleParts?.view.order('A');
    expect(seen).toMatchObject({ remainingFen: PAID - PART, refunds: [{ refundId: 'F1', state: 'REFUNDED' }] });
    const more = await giveBack(card, 'F2', PAID - PART + 1);
    await card.shop.pass(1_000);
    expect(card.shop.backend.resultsOf(more).at(-1)).toMatchObject({ status: 'failed', code: 'REFUND_AMOUNT' });
  });

  it('and the process died before the no of the refund was written, with the yes on disk: gone back', async () => {
    const { card, attemptId } = await refused();
    const { book } = card.shop.process.till;
    await lateYes(book, attemptId, card.shop.clock.now());
    const refund = book.refunds.get('F1');
    if (!refund) throw new Error('no refund');
    const doing = { kind: 'asking', exp: card.shop.clock.now() } as const;
    await book.write({ type: 'REFUND', refund: { ...refund, state: 'PROCESSING', doing } });
    await card.restart();
    await card.ready();
    await card.shop.pass(10_000);
    expect(card.shop.refundState('F1')).toBe('REFUNDED');
  });

  it('and a person has found out: no start takes that back', async () => {
    const { card, attemptId } = await refused();
    const { book } = card.shop.process.till;
    await lateYes(book, attemptId, card.shop.clock.now());
    const refund = book.refunds.get('F1');
    if (!refund) throw new Error('no refund');
    await book.write({ type: 'REFUND', refund: { ...refund, resolvedBy: 'm1', category: 'NEEDS_MANUAL_CHECK' } });
    await card.restart();
    await card.ready();
    await card.shop.pass(10_000);
    expect(card.shop.process.till.book.refunds.get('F1')).toMatchObject({ state: 'REJECTED', resolvedBy: 'm1' });
  });
});
