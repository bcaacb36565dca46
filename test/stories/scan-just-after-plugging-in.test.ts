import { expect, it } from 'vitest';
import { SCAN_REFUSALS } from '../../agent/payment/scan-refusals.ts';
import { MemoryShop, TILL } from '../world/shop.ts';

/** An Alipay code of 22 digits: without its first two it still looks like one (16 to 24 digits, 25 to 30 in front). */
const CODE = '2828812345678901234567';
const WITHOUT_HEAD = CODE.slice(2);
/** A gun's first code within this is doubted. */
const SETTLE_MS = 200;

async function gunPluggedIn(shop: MemoryShop, agoMs: number): Promise<void> {
  const { gun } = shop.process;
  gun.pull();
  await shop.pass(1_000);
  gun.plug();
  await shop.pass(agoMs);
}

it('a code read just after the gun was plugged in starts no payment: the clerk is asked to scan again', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  await gunPluggedIn(shop, SETTLE_MS - 1);
  shop.scan(WITHOUT_HEAD);
  await shop.pass(100);
  const { zh, en } = SCAN_REFUSALS.SCAN_MAYBE_CUT;
  expect(shop.refusals()).toMatchObject([{ refusal: 'SCAN_MAYBE_CUT', zh, en }]);
  expect(shop.requests('pay')).toEqual([]);
  shop.scan(CODE);
  await shop.untilState('O1', 'PAID');
  expect(shop.requests('pay')).toHaveLength(1);
});

it('and when the code was whole, the same one again within a second is no repetition', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  await gunPluggedIn(shop, 0);
  shop.scan(CODE);
  await shop.pass(SETTLE_MS + 300);
  shop.scan(CODE);
  await shop.untilState('O1', 'PAID');
});

it('a gun that has been there for 200 ms is believed at once', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  await gunPluggedIn(shop, SETTLE_MS);
  shop.scan(CODE);
  await shop.untilState('O1', 'PAID');
});

it('the backend hears that the gun is there when its codes count, not before', async () => {
  const shop = await MemoryShop.open();
  const told = () => shop.messages.filter(({ topic }) => topic.endsWith(`${TILL.agent}/dev/scanner/state`)).at(-1);
  await gunPluggedIn(shop, SETTLE_MS - 1);
  expect(told()?.text).toContain('"offline"');
  await shop.pass(5);
  expect(told()?.text).toContain('"online"');
});
