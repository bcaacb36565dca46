import { describe, expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { CardShop } from './card-shop.ts';

const giveBack = (card: CardShop, refundId: string, refundFen: number) => {
  const words = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };
  return card.shop.command('refund', { refundId, orderId: 'A', refundFen, ...words }, BACKEND_KEY);
};

describe('money of a card payment goes back on the terminal', () => {
  it.each(['zvt', 'transbank', 'nccc'] as const)(
    '%s: all of it on the same day is a void of that very sale',
    async (protocol) => {
      const card = await CardShop.open(protocol);
      await card.sale('A', 12_000);
      await card.sale('B', 500);
      const id = await giveBack(card, 'F1', 12_000);
      await card.shop.untilRefund('F1', 'REFUNDED');
      expect(card.shop.backend.resultsOf(id).at(-1)).toMatchObject({ phase: 'final', status: 'ok' });
      expect(card.terminal.ledger.total()).toBe(500);
      expect(card.orderState('A')).toBe('REFUNDED');
      expect(card.orderState('B')).toBe('PAID');
      expect(card.shop.requests('refund')).toHaveLength(0);
    },
  );

  it('a part is a refund to the card, and no more than was paid', async () => {
    const card = await CardShop.open('zvt');
    await card.sale('A', 12_000);
    await giveBack(card, 'F1', 2_000);
    await card.shop.untilRefund('F1', 'REFUNDED');
    expect(card.orderState('A')).toBe('PARTLY_REFUNDED');
    expect(card.terminal.ledger.total()).toBe(10_000);
    const more = await giveBack(card, 'F2', 11_000);
    await card.shop.pass(1_000);
    expect(card.shop.backend.resultsOf(more).at(-1)).toMatchObject({ code: 'REFUND_AMOUNT' });
    expect(card.terminal.ledger.total()).toBe(10_000);
  });

  it('a terminal that cannot give a part back: refused before anything is said', async () => {
    const card = await CardShop.open('transbank');
    await card.sale('A', 12_000);
    const id = await giveBack(card, 'F1', 2_000);
    await card.shop.pass(1_000);
    expect(card.shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
    expect(card.terminal.ledger.total()).toBe(12_000);
  });

  it('the process dies at any moment of it: given back once, or a person has it', async () => {
    for (let at = 0; at < 4_000; at += 210) {
      const card = await CardShop.open('zvt');
      await card.sale('A', 12_000);
      const sent = giveBack(card, 'F1', 2_000);
      await sent;
      await card.shop.pass(at);
      await card.restart();
      const ended = () => ['REFUNDED', 'REJECTED', 'NEEDS_MANUAL_CHECK'].includes(card.shop.refundState('F1') ?? '');
      await card.shop.passUntil(`an end, killed after ${at} ms`, ended, 3_600_000);
      await card.shop.pass(20_000);
      const back = 12_000 - card.terminal.ledger.total();
      expect([0, 2_000]).toContain(back);
      if (card.shop.refundState('F1') === 'REFUNDED') expect(back, `killed after ${at} ms`).toBe(2_000);
      if (card.shop.refundState('F1') === 'REJECTED') expect(back, `killed after ${at} ms`).toBe(0);
    }
  });
});
