import { describe, expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { CardShop } from './card-shop.ts';

// A wallet says no to an order, its customer pays by card, and gets the money back on the terminal; while that runs the wallet says
// yes after all. The order's money is a person's business at once, and the refund goes on as if nothing had been said.

const AMOUNT = 12_000;
/** facts of one attempt that no story has: the till runs in circles */
const CIRCLES = 200;

async function refundedByCard() {
  const facts: string[] = [];
  const card = await CardShop.open('zvt', {}, ({ shop }) => {
    shop.onCardFact = ({ state }, { kind }) => {
      facts.push(`${state} ${kind}`);
      if (facts.length > CIRCLES) throw new Error('the till runs in circles');
    };
  });
  const { shop } = card;
  shop.customer({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
  await shop.collect('A', AMOUNT);
  shop.scan(shop.showCode());
  await shop.untilState('A', 'FAILED');
  await shop.pass(100);
  const refusal = shop.messages.find(({ topic, text }) => topic.includes('/rep/') && text.includes('NOTENOUGH'));
  expect(await card.sale('A', AMOUNT)).toMatchObject({ status: 'ok' });
  const sayYes = () => {
    const said = JSON.parse(refusal?.text ?? '') as object;
    const reply = { ...said, code: 'SUCCESS', paidFen: AMOUNT, paidAt: shop.clock.now() };
    shop.broker.publish(refusal?.topic ?? '', reply, 1);
  };
  facts.length = 0;
  return { card, shop, facts, sayYes };
}

const giveBack = ({ shop }: CardShop) => {
  const words = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };
  return shop.command('refund', { refundId: 'F1', orderId: 'A', refundFen: AMOUNT, ...words }, BACKEND_KEY);
};

const refundOf = ({ shop }: CardShop) =>
  [...shop.process.till.book.attempts.values()].find(({ attempt }) => attempt.card?.refundId === 'F1')?.attempt;

describe('money of a wallet turns up while the card gets its money back', () => {
  it.each(['paying', 'resting'] as const)(
    '%s: on disk at once and told, and the refund is left alone',
    async (doing) => {
      const { card, shop, facts, sayYes } = await refundedByCard();
      if (doing === 'resting') card.arm('answer-lost');
      await giveBack(card);
      if (doing === 'resting') card.line.hears = () => false;
      await shop.passUntil(`the refund ${doing}`, () => refundOf(card)?.doing.kind === doing, 1_800_000);
      sayYes();
      await shop.pass(doing === 'paying' ? 20 : 200);
      expect(refundOf(card)?.doing.kind, 'while it runs').toBe(doing);
      expect(card.orderState('A')).toBe('DISPUTED');
      expect(shop.disk.text()).toContain('"lateSuccess"');
      await shop.pass(200);
      expect(shop.attempts('A').filter(({ lateSuccess }) => lateSuccess)).toHaveLength(1);
      card.line.hears = () => true;
      await shop.passUntil('its end', () => refundOf(card)?.doing.kind === 'done', 1_800_000);
      expect(refundOf(card)).toMatchObject({ state: 'REVERSED' });
      expect(facts.join()).not.toContain('clerk-cancelled');
      expect(card.terminal.ledger.total()).toBe(0);
      await shop.pass(1_000);
      expect(card.orderState('A')).toBe('DISPUTED');
    },
  );
});
