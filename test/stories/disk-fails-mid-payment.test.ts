import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it.each(['ENOSPC', 'EROFS'] as const)(
  '%s: questions go on, a first reverse and a result wait for the disk',
  async (trouble) => {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
    await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    await shop.untilState('O1', 'USER_PAYING');
    shop.disk.trouble = trouble;
    await shop.pass(70_000);
    expect(shop.requests('query').length).toBeGreaterThan(10);
    expect(shop.requests('reverse')).toEqual([]);
    shop.disk.trouble = undefined;
    await shop.untilState('O1', 'REVERSED', 5_000);
    expect(shop.requests('pay').length).toBe(1);
  },
);

it('a payment is not called paid before that is on disk', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 } });
  await shop.collect('O1');
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'USER_PAYING');
  shop.disk.trouble = 'ENOSPC';
  await shop.pass(20_000);
  expect([shop.state('O1'), shop.slipText()]).toEqual(['USER_PAYING', '']);
  shop.disk.trouble = undefined;
  await shop.untilState('O1', 'PAID', 2_000);
  await shop.pass(1_000);
  expect(shop.slipText()).toContain('12.50');
});

it('reverses that had begun go on without the disk, and their end is kept when it is back', async () => {
  const shop = await MemoryShop.open();
  const trouble = [{ code: '20000' }, { code: '20000' }];
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' }, trouble: { reverse: trouble } });
  await shop.collect('O1');
  shop.scan(shop.showCode('alipay'));
  await shop.untilState('O1', 'REVERSING');
  shop.disk.trouble = 'EROFS';
  await shop.pass(10_000);
  expect(shop.requests('reverse').length).toBe(3);
  expect(shop.acquirer.stateOf(shop.attemptIds('O1')[0] ?? '')).toBe('closed');
  expect(shop.state('O1')).toBe('REVERSING');
  shop.disk.trouble = undefined;
  await shop.untilState('O1', 'REVERSED', 2_000);
});
