import { expect, it } from 'vitest';
import { blockedView } from '../../agent/console/views.ts';
import { Projection } from '../../agent/journal/projection.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { lateYes } from '../world/late-yes.ts';
import { TILL } from '../world/shop.ts';
import type { CardShop } from './card-shop.ts';
import { HoldShop } from './hold-shop.ts';

// The terminal says yes after its own no to something that takes no money: a refund, or a hold. An order whose payment has all gone
// back is never paid with such a thing.

const AMOUNT = 50_000;
const WORDS = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };

const giveBack = (card: CardShop, refundId: string) =>
  card.shop.command('refund', { refundId, orderId: 'A', refundFen: AMOUNT, ...WORDS }, BACKEND_KEY);

async function listed(card: CardShop, attemptId: string | undefined) {
  const projection = Projection.open(':memory:');
  await projection.catchUp(card.shop.disk.open());
  const row = projection.find({ orderId: 'A' }).find((one) => one.attemptId === attemptId);
  projection.close();
  return row;
}

/** That the order is paid is refused, by name; that its money went back is true. */
async function resolved(card: CardShop, more: object = {}) {
  expect(await resolve(card, 'paid', more)).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
  expect(card.orderState('A')).toBe('DISPUTED');
  return resolve(card, 'refunded', more);
}

function resolve(card: CardShop, outcome: string, more: object) {
  const args = { orderId: 'A', outcome, personId: 'm1', reason: 'seen at the terminal', ...more };
  return card.shop.sendCommand(card.shop.backend.draft(TILL, 'resolve', args, BACKEND_KEY));
}

it('a refund that the terminal refused, given back by another one, and carried out after all: told as what it is', async () => {
  const { card, book } = await HoldShop.open('zvt');
  await card.sale('A', AMOUNT);
  const sale = card.attempt('A')?.attemptId;
  card.arm('printer-not-ready');
  await giveBack(card, 'F1');
  await card.shop.untilRefund('F1', 'REJECTED');
  await giveBack(card, 'F2');
  await card.shop.untilRefund('F2', 'REFUNDED');
  const refused = [...book.attempts.values()].find(({ attempt }) => attempt.card?.refundId === 'F1')?.attempt;
  await lateYes(book, refused?.attemptId ?? '');
  const [shown] = card.shop.desk.blockedOrders().map(blockedView);
  expect(shown).toMatchObject({ orderId: 'A', late: [{ attemptId: refused?.attemptId, what: 'refund' }] });
  expect([shown?.todo?.zh, shown?.todo?.en].join()).toMatch(/退了两次.*gone back twice/);
  expect(await resolved(card)).toMatchObject({ code: 'RESOLVED' });
  expect(book.charge('A')?.attemptId).toBe(sale);
  expect(card.orderState('A')).toBe('REFUNDED');
  expect(await listed(card, refused?.attemptId)).toMatchObject({ state: 'REVERSED', category: 'REVERSED' });
});

it('a refused hold that stands after all, of an order whose card payment has all gone back: held, and nothing is paid', async () => {
  const { card, book } = await HoldShop.open('zvt').then(async (shop) => {
    shop.card.arm('printer-not-ready');
    await shop.hold('A', AMOUNT);
    return shop;
  });
  const hold = card.attempt('A')?.attemptId ?? '';
  await card.sale('A', AMOUNT);
  const sale = card.attempt('A')?.attemptId;
  await giveBack(card, 'F1');
  await card.shop.untilRefund('F1', 'REFUNDED');
  await lateYes(book, hold);
  expect(card.shop.desk.blockedOrders().map(blockedView)).toMatchObject([
    { late: [{ attemptId: hold, what: 'hold' }], todo: { zh: expect.stringContaining('预授权') as string } },
  ]);
  expect(await resolved(card, { hold: 'stands' })).toMatchObject({ code: 'RESOLVED' });
  expect(book.charge('A')?.attemptId).toBe(sale);
  expect([card.orderState('A'), book.standingHold('A')?.state]).toEqual(['REFUNDED', 'HELD']);
  expect(await listed(card, hold)).toMatchObject({ state: 'REVERSED', category: 'HELD' });
});
