import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// Seed 001-2: the salesperson at the customer's door opens the company's code for the order's amount, one key press away.

it('[000-5] [001-2] the order, one key: the code for exactly this amount on the screen, and it turns paid by itself', async () => {
  const shop = await MemoryShop.open();
  shop.acquirer.intents.send({ buyers: [{ afterMs: 20_000, wallet: 'WECHAT' }] });
  const shown = await shop.intent({ orderId: 'DOOR-1', title: '上门送货', channel: 'WECHAT' });
  expect(shown).toMatchObject({ state: 'WAITING', amountFen: 3580, closing: false });
  expect(shown.codeText).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
  const paid = await shop.untilIntent('DOOR-1', 'PAID');
  expect(paid).toMatchObject({ paidFen: 3580, channel: 'WECHAT', intentId: shown.intentId });
  await shop.pass(60_000);
  expect(shop.acquirer.ledger.ofOrder('DOOR-1')).toEqual({ charges: 1, reversals: 0, netFen: 3580 });
  expect(shop.slipText()).toContain('签购单');
  expect(shop.slipText()).toContain('35.80');
  expect(shop.slipText().match(/签购单/g)).toHaveLength(1);
  expect(shop.malformed).toEqual([]);
});

it('the code goes on paper when the display is too far away: amount, order, expiry, and what the code is good for', async () => {
  const shop = await MemoryShop.open();
  const { codeText = '' } = await shop.intent({ orderId: 'DOOR-2', forms: ['slip'] });
  await shop.pass(5_000);
  const text = shop.slipText();
  for (const words of [
    '扫码付款',
    '街角小店',
    'DOOR-2',
    '35.80',
    '叁拾伍元捌角',
    '付款前请核对商品与金额',
    '本码仅供本单一次使用',
    '有效期至',
    '95516',
  ])
    expect(text.replaceAll(/\s/g, '')).toContain(words);
  expect(shop.qrCodes()).toEqual([codeText]);
});

it('while the code is open the order takes no scan; the clerk cancels it, and then it does', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('DOOR-3', 3580);
  const { intentId } = await shop.intent({ orderId: 'DOOR-3' });
  shop.scan(shop.showCode());
  await shop.pass(2_000);
  expect(shop.refusals().at(-1)).toMatchObject({ refusal: 'INTENT_OPEN' });
  expect(await shop.order('intent', { orderId: 'DOOR-3', amountFen: 3580, currency: 'CNY' })).toMatchObject({
    status: 'failed',
    code: 'ORDER_BLOCKED',
  });
  expect(await shop.order('intent-cancel', { intentId })).toMatchObject({ status: 'ok', code: 'CLOSED' });
  shop.scan(shop.showCode());
  await shop.untilState('DOOR-3', 'PAID');
  expect(shop.acquirer.ledger.ofOrder('DOOR-3')).toEqual({ charges: 1, reversals: 0, netFen: 3580 });
});
