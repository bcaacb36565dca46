import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

const BARCODE = '6901234567892';

it('the backend hears why a scan began no payment, how long it was, and nothing of its text', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  shop.scan(BARCODE);
  await shop.pass(1_000);
  expect(shop.events('scan-refused')).toEqual([
    { type: 'scan-refused', reason: 'WRONG_CODE_KIND', length: BARCODE.length },
  ]);
  expect(JSON.stringify(shop.messages)).not.toContain(BARCODE);
});

it('and of which channel a code was that may not be taken', async () => {
  const shop = await MemoryShop.open({ limits: { maxFen: 1_000 } });
  await shop.settings({ maxFen: 2_000 });
  await shop.collect('O1', 500);
  await shop.settings({ maxFen: 100 });
  shop.scan(shop.showCode('alipay'));
  await shop.pass(1_000);
  expect(shop.events('scan-refused')).toMatchObject([{ reason: 'AMOUNT_OVER_LIMIT', channel: 'ALIPAY' }]);
});

it('a gun that fires all day long at a barcode is told of ten times a minute, and payments still go', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  const before = shop.process.till.book.head.seq;
  for (let n = 0; n < 30; n++) {
    shop.scan(BARCODE);
    await shop.pass(1_600);
  }
  expect(shop.refusals()).toHaveLength(30);
  expect(shop.events('scan-refused')).toHaveLength(10);
  // ten events and one signal for the risk desk, with their acknowledgements
  expect(shop.process.till.book.head.seq - before).toBeLessThanOrEqual(22);
  await shop.pass(60_000);
  shop.scan(BARCODE);
  await shop.pass(2_000);
  expect(shop.events('scan-refused')).toHaveLength(11);
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'PAID');
});

it('a full disk is left to the payments: no refused scan is written while the journal is in trouble', async () => {
  const shop = await MemoryShop.open();
  const { book } = shop.process.till;
  await shop.collect('O1');
  shop.disk.trouble = 'ENOSPC';
  await expect(shop.settings({})).rejects.toThrow('ENOSPC');
  expect(book.trouble?.code).toBe('JOURNAL_UNAVAILABLE');
  const before = book.head.seq;
  shop.scan(BARCODE);
  await shop.pass(1_000);
  expect(shop.refusals()).toHaveLength(1);
  expect(book.head.seq).toBe(before);
});
