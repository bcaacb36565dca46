import { expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';

// The end of an attempt is on its way to the disk, and just then the channel says that it took the money: that is no less a
// surprise than a moment later.

const MINUTE = 60_000;

/** A code is refused, the disk takes its time over that, and meanwhile the channel changes its mind. */
async function yesWhileNoIsWritten() {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  shop.customer({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
  const stall = shop.disk.stallAt('"FAILED"');
  shop.scan(shop.showCode());
  await shop.passUntil('the refusal is being written', () => stall.met, MINUTE);
  const { topic = '', text = '{}' } =
    shop.messages.find((one) => one.topic.includes('/rep/') && one.text.includes('NOTENOUGH')) ?? {};
  const yes = { ...(JSON.parse(text) as object), code: 'SUCCESS', paidFen: 1250, paidAt: shop.clock.now() };
  shop.broker.publish(topic, yes, 1);
  await shop.pass(500);
  return { shop, stall };
}

it('a yes that comes while the no is being written disputes the order, and the backend is told', async () => {
  const { shop, stall } = await yesWhileNoIsWritten();
  stall.release();
  await shop.pass(1_000);
  expect(shop.attempts('O1').map(({ state, lateSuccess }) => [state, lateSuccess])).toEqual([
    ['SUBMITTED', undefined],
    ['FAILED', undefined],
    ['FAILED', true],
  ]);
  expect(shop.orderState('O1')).toBe('DISPUTED');
});

it('a code: a yes that comes while its close is being written disputes the order', async () => {
  const shop = await MemoryShop.open();
  const stall = shop.disk.stallAt('"state":"EXPIRED"');
  await shop.intent({ orderId: 'O2', ttlMs: MINUTE });
  await shop.passUntil('its end is being written', () => stall.met);
  const { topic = '', text = '{}' } = shop.messages.findLast((one) => one.topic.includes('/rep/')) ?? {};
  const paid = { state: 'PAID', paidFen: 3580, paidAt: shop.clock.now(), channel: 'WECHAT' };
  shop.broker.publish(topic, { ...(JSON.parse(text) as object), ...paid }, 1);
  await shop.pass(500);
  stall.release();
  await shop.untilIntent('O2', 'DISPUTED');
  expect(shop.orderState('O2')).toBe('DISPUTED');
});

it('a refund: money that went back while its no is being written is counted as gone back', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'pays' }, trouble: { refund: [{ code: 'NOTENOUGH' }] } });
  await shop.sell('O3');
  const stall = shop.disk.stallAt('"REJECTED"');
  const terms = { refundId: 'F1', orderId: 'O3', refundFen: 500, currency: 'CNY', reason: 'returned' };
  const args = { ...terms, requestedBy: 'clerk.7', approvedBy: 'manager.2' };
  // the result of the command waits for the disk too
  const asked = shop.command('refund', args, BACKEND_KEY);
  await shop.passUntil('the no is being written', () => stall.met, MINUTE);
  const { topic = '', text = '{}' } =
    shop.messages.findLast((one) => one.topic.includes('/rep/') && one.text.includes('NOTENOUGH')) ?? {};
  const yes = { ...(JSON.parse(text) as object), op: 'refund-query', code: 'SUCCESS', refundId: 'F1', refundFen: 500 };
  shop.broker.publish(topic, yes, 1);
  await shop.pass(500);
  stall.release();
  await shop.untilRefund('F1', 'REFUNDED');
  await asked;
  expect(shop.orderState('O3')).toBe('PARTLY_REFUNDED');
});
