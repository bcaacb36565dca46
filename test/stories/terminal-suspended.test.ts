import { expect, it } from 'vitest';
import type { Settings } from '../../agent/payment/terminal-state.ts';
import { MemoryShop } from '../world/shop.ts';

const SUSPENDED: Settings = {
  terminalState: {
    state: 'SUSPENDED',
    reasonCode: 'RISK_SELF_SWIPE',
    reasonTextZh: '疑似自买自卖/自刷',
    reasonTextEn: 'suspected self-payment',
    referenceNo: 'RK20261122-017',
    servicePhone: '95516',
  },
};

it('terminal-suspended: nothing is sent; the clerk reads reason, reference number and service phone [004-10]', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  await shop.settings(SUSPENDED);
  shop.scan(shop.showCode());
  await shop.pass(1_000);
  const [refusal] = shop.refusals();
  expect(refusal).toMatchObject({ refusal: 'MERCHANT_SUSPENDED', sound: 'alarm' });
  for (const words of ['疑似自买自卖/自刷', 'RK20261122-017', '95516']) expect(refusal?.['zh']).toContain(words);
  for (const words of ['suspended', 'suspected self-payment', 'RK20261122-017', '95516'])
    expect(refusal?.['en']).toContain(words);
  expect(shop.requests('pay')).toEqual([]);
  const next = await shop.collect('O2');
  expect(shop.backend.resultsOf(next)).toMatchObject([{ status: 'failed', code: 'MERCHANT_SUSPENDED' }]);
});

it('terminal-suspended: it is on disk, an open attempt is carried to its end, and activation ends it [002-1]', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 } });
  await shop.collect('O1');
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'USER_PAYING');
  await shop.settings(SUSPENDED);
  await shop.kill();
  await shop.start();
  await shop.untilState('O1', 'PAID');
  const refused = await shop.collect('O2');
  expect(shop.backend.resultsOf(refused)).toMatchObject([{ code: 'MERCHANT_SUSPENDED' }]);
  await shop.settings({ terminalState: { state: 'ACTIVE' } });
  await shop.collect('O2');
  shop.scan(shop.showCode());
  await shop.untilState('O2', 'PAID');
});

it.each([
  ['UNREGISTERED', 'TERMINAL_UNREGISTERED'],
  ['MAINTENANCE', 'MERCHANT_SUSPENDED'],
  ['UNDER_REVIEW', 'MERCHANT_SUSPENDED'],
  ['DISABLED', 'MERCHANT_SUSPENDED'],
  ['FAULT', 'TERMINAL_UNREGISTERED'],
  ['LOCKED', 'TERMINAL_UNREGISTERED'],
] as const)('[000-2] a terminal that is %s does not collect: %s', async (state, code) => {
  const shop = await MemoryShop.open();
  await shop.settings({ terminalState: { state } });
  const refused = await shop.collect('O1');
  expect(shop.backend.resultsOf(refused)).toMatchObject([{ status: 'failed', code }]);
});
