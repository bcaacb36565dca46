import { expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { lateYes } from '../world/late-yes.ts';
import { HoldShop } from './hold-shop.ts';

// A hold that the terminal had refused is said to stand after all; what the order was paid with has all gone back. Nothing that is
// in doubt is a payment: the order cannot be resolved as paid, whatever is said of the hold.

/** the simulated host refuses amounts that end in 51 */
const REFUSED = 50_051;

it('an order whose money has gone back is not paid with a hold', async () => {
  const shop = await HoldShop.open('zvt');
  const { card } = shop;
  expect(await shop.hold('A', REFUSED)).toMatchObject({ status: 'declined' });
  const held = card.attempt('A')?.attemptId ?? '';
  await card.shop.sell('A', REFUSED);
  const words = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };
  await card.shop.command('refund', { refundId: 'F1', orderId: 'A', refundFen: REFUSED, ...words }, BACKEND_KEY);
  await card.shop.untilRefund('F1', 'REFUNDED');
  await lateYes(shop.book, held, card.shop.clock.now());
  expect([card.orderState('A'), shop.state('A')]).toEqual(['DISPUTED', 'UNCLEAR']);

  const say = async (outcome: string, hold: string) => {
    const args = { orderId: 'A', outcome, hold, personId: 'manager.1', reason: 'looked at the terminal' };
    const id = await card.shop.command('resolve', args, BACKEND_KEY);
    await card.shop.pass(2_000);
    return card.shop.backend.resultsOf(id).at(-1);
  };
  for (const hold of ['stands', 'gone'])
    expect(await say('paid', hold), hold).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
  expect(card.orderState('A')).toBe('DISPUTED');
  expect(await say('refunded', 'gone')).toMatchObject({ status: 'ok', code: 'RESOLVED' });
  expect([card.orderState('A'), shop.state('A')]).toEqual(['REFUNDED', 'RELEASED']);
});
