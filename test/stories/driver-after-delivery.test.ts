import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// Seed 001-3 (payment.md 6): the driver has unloaded, chooses how the customer pays, and a code for the amount appears; it
// works again when the driver is back in coverage.

const DELIVERY = { orderId: 'DRIVE-1', deliveryId: 'DN-20261122-7', channel: 'ALIPAY', forms: ['screen', 'slip'] };

it('[001-3] delivery number, amount, method: the exact code is shown and printed, and it turns paid', async () => {
  const shop = await MemoryShop.open();
  shop.acquirer.intents.send({ buyers: [{ afterMs: 12_000, wallet: 'ALIPAY' }] });
  const shown = await shop.intent(DELIVERY);
  expect(shown).toMatchObject({ deliveryId: 'DN-20261122-7', channel: 'ALIPAY', state: 'WAITING' });
  const [asked] = shop.requests('intent');
  expect(JSON.parse(asked?.text ?? '')).toMatchObject({
    args: { action: 'create', deliveryId: 'DN-20261122-7', channel: 'ALIPAY' },
  });
  await shop.untilIntent('DRIVE-1', 'PAID');
  await shop.pass(10_000);
  expect(shop.qrCodes()[0]).toBe(shown.codeText);
  expect(shop.slipText()).toContain('支付宝');
});

it('out of coverage when the customer pays: the catch-up brings the backend’s time of the payment', async () => {
  const shop = await MemoryShop.open();
  shop.backend.notices.plan = { manner: 'none', afterMs: [] };
  shop.acquirer.intents.send({ buyers: [{ afterMs: 12_000, wallet: 'WECHAT' }] });
  const { intentId, createdAt } = await shop.intent({ ...DELIVERY, orderId: 'DRIVE-2' });
  await shop.pass(5_000);
  shop.broker.stop();
  await shop.pass(55_000);
  expect(shop.intentEvents('DRIVE-2')).toEqual([]);
  expect(shop.process.till.book.intents.get(intentId)?.state).toBe('WAITING');
  shop.broker.restart();
  const paid = await shop.untilIntent('DRIVE-2', 'PAID');
  expect((paid.paidAt ?? 0) - createdAt).toBeLessThan(13_000);
  expect((paid.paidAt ?? 0) - createdAt).toBeGreaterThan(11_000);
});

it('a till that died meanwhile asks first and finds it paid', async () => {
  const shop = await MemoryShop.open();
  shop.acquirer.intents.send({ buyers: [{ afterMs: 12_000, wallet: 'WECHAT' }] });
  await shop.intent({ ...DELIVERY, orderId: 'DRIVE-3' });
  await shop.kill();
  await shop.pass(60_000);
  await shop.start();
  await shop.untilIntent('DRIVE-3', 'PAID');
  await shop.pass(10_000);
  expect(shop.acquirer.ledger.ofOrder('DRIVE-3')).toMatchObject({ charges: 1, netFen: 3580 });
  expect(shop.slipText().match(/签购单/g)).toHaveLength(1);
});
