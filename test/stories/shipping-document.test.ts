import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// Seed 001-4: the warehouse prints the delivery note with lines, total and code; the customer checks the goods, then scans.

const LINES = [
  { name: '矿泉水 550ml', quantity: '24', priceFen: 120, amountFen: 2880 },
  { name: '酱油', quantity: '1', priceFen: 900, amountFen: 900 },
];
const NOTE = { orderId: 'NOTE-1', forms: ['delivery'], lines: LINES, discountFen: 200, ttlMs: 7_200_000 };

it('[001-4] goods, total in figures and words, expiry, whom to call, and a code of one single use', async () => {
  const shop = await MemoryShop.open();
  const shown = await shop.intent(NOTE);
  await shop.pass(5_000);
  const text = shop.slipText().replaceAll(/\s/g, '');
  for (const words of [
    '送货单',
    '街角小店',
    'NOTE-1',
    '矿泉水550ml',
    '酱油',
    '35.80',
    '叁拾伍元捌角',
    '付款前请核对商品与金额',
    '本码仅供本单一次使用',
    '有效期至',
    '客服热线95516',
    '收货人签字',
  ])
    expect(text).toContain(words);
  expect(shop.qrCodes()).toEqual([shown.shareUrl]);
});

it('two people scan the one paper: the first pays, the second is refused by the page', async () => {
  const shop = await MemoryShop.open();
  const refused: string[] = [];
  shop.acquirer.intents.onRefused = (intentId) => refused.push(intentId);
  shop.acquirer.intents.send({
    buyers: [
      { afterMs: 600_000, wallet: 'WECHAT' },
      { afterMs: 640_000, wallet: 'ALIPAY' },
    ],
  });
  const { intentId } = await shop.intent(NOTE);
  await shop.untilIntent('NOTE-1', 'PAID', 700_000);
  await shop.pass(120_000);
  expect(refused).toEqual([intentId]);
  expect(shop.acquirer.ledger.ofOrder('NOTE-1')).toEqual({ charges: 1, reversals: 0, netFen: 3580 });
  expect(shop.slipText().match(/签购单/g)).toHaveLength(1);
});

it('a reprint is marked, carries the same code, and asks for no second intent', async () => {
  const shop = await MemoryShop.open();
  const { intentId, shareUrl } = await shop.intent(NOTE);
  await shop.pass(5_000);
  expect(await shop.order('intent-print', { intentId, form: 'delivery' })).toMatchObject({
    status: 'ok',
    data: { copy: true },
  });
  await shop.pass(5_000);
  expect(shop.qrCodes()).toEqual([shareUrl, shareUrl]);
  expect(shop.slipText().match(/补打 COPY/g)).toHaveLength(1);
  expect(shop.requests('intent').filter(({ text }) => text.includes('"action":"create"'))).toHaveLength(1);
});

it('a note whose lines do not come to the amount is refused before anybody is asked', async () => {
  const shop = await MemoryShop.open();
  const { lines: _lines, discountFen: _discount, ...bare } = NOTE;
  const wrong = { ...NOTE, amountFen: 3580, currency: 'CNY', discountFen: 100 };
  expect(await shop.order('intent', wrong)).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
  expect(await shop.order('intent', { ...bare, amountFen: 3580, currency: 'CNY' })).toMatchObject({
    status: 'failed',
    code: 'BAD_REQUEST',
  });
  expect(shop.requests('intent')).toEqual([]);
});

it('a paper that is no longer good is not printed again', async () => {
  const shop = await MemoryShop.open();
  const { intentId } = await shop.intent(NOTE);
  await shop.order('intent-cancel', { intentId });
  await shop.pass(5_000);
  expect(await shop.order('intent-print', { intentId, form: 'delivery' })).toMatchObject({
    status: 'declined',
    code: 'CLOSED',
  });
});
