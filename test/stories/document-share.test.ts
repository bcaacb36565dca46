import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// Seed 001-5: the document is shared as a link of the same intent; who opens it sees lines and total before paying.

const LINES = [{ name: '春节礼盒', quantity: '1', priceFen: 3580, amountFen: 3580 }];
const SHARED = { orderId: 'SHARE-1', forms: ['link', 'slip'], lines: LINES };

it('[000-3] [001-5] a link of the backend with a token nobody can guess; its page knows lines and order; forwarded twice it pays once', async () => {
  const shop = await MemoryShop.open();
  shop.acquirer.intents.send({
    buyers: [
      { afterMs: 30_000, wallet: 'WECHAT' },
      { afterMs: 31_000, wallet: 'WECHAT' },
    ],
  });
  const shown = await shop.intent(SHARED);
  expect(shown.shareUrl).toMatch(/^https:\/\/pay\.shop\.example\/p\/[0-9a-f]{32}$/);
  const asked = JSON.parse(shop.requests('intent')[0]?.text ?? '') as { orderId: string; args: object };
  expect(asked).toMatchObject({ orderId: 'SHARE-1', args: { lines: LINES, amountFen: 3580 } });
  await shop.untilIntent('SHARE-1', 'PAID');
  await shop.pass(20_000);
  expect(shop.qrCodes()[0]).toBe(shown.shareUrl);
  expect(shop.acquirer.ledger.ofOrder('SHARE-1')).toMatchObject({ charges: 1, netFen: 3580 });
});

it('[000-11] a link needs its lines, and has a limit of its own', async () => {
  const shop = await MemoryShop.open({ limits: { maxFen: 5_000_000, maxLinkFen: 3_000 } });
  const ask = (args: object) => shop.order('intent', { amountFen: 3580, currency: 'CNY', ...args });
  expect(await ask({ orderId: 'L-1', forms: ['link'] })).toMatchObject({ code: 'BAD_REQUEST' });
  expect(await ask({ orderId: 'L-2', forms: ['link'], lines: LINES })).toMatchObject({ code: 'AMOUNT_OVER_LIMIT' });
  expect(await ask({ orderId: 'L-3', forms: ['delivery'], lines: LINES })).toMatchObject({ status: 'ok' });
});

it('a link that can be guessed is shown to nobody: the intent is closed', async () => {
  const shop = await MemoryShop.open();
  shop.backend.desk(shop.till).intents.tokenDigits = 16;
  const result = await shop.order('intent', { amountFen: 3580, currency: 'CNY', ...SHARED });
  expect(result).toMatchObject({ status: 'declined', code: 'INTENT_NOT_CREATED' });
  expect(result.message).toContain('LINK_CAN_BE_GUESSED');
  expect(shop.acquirer.intents.stateOf(result.attempt ?? '')).toBe('closed');
});

it('[000-8] what may worry the customer comes with what the clerk says to it', async () => {
  const shop = await MemoryShop.open();
  const riskNotice = {
    customer: { zh: '请确认收款方为街角小店', en: 'Check that the payee is the corner shop' },
    clerk: { zh: '请告诉顾客：提示不影响付款', en: 'Tell the customer: the notice does not stop the payment' },
  };
  shop.acquirer.intents.send({ riskNotice });
  const result = await shop.order('intent', { amountFen: 3580, currency: 'CNY', ...SHARED });
  expect(result.data).toMatchObject({ riskNotice });
  expect(result.clerk).toMatchObject(riskNotice.clerk);
});
