import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

it.each(['ENOSPC', 'EROFS'] as const)(
  '%s: a call is refused with what to do now, and taken when the disk is back',
  async (trouble) => {
    const shop = await MemoryShop.open();
    const caller = new LocalCaller(shop);
    const body = { orderId: 'A', amountFen: 100 };
    shop.disk.trouble = trouble;
    const refused = await caller.ask('/v1/orders', { key: 'k', body });
    expect(refused).toMatchObject({
      status: 503,
      json: {
        code: 'JOURNAL_UNAVAILABLE',
        retryable: true,
        remedy: { zh: expect.stringContaining('清理磁盘'), en: expect.stringContaining('free disk space') },
      },
    });
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    // looking goes on
    expect(await caller.ask('/v1/state')).toMatchObject({
      status: 200,
      json: { journal: { trouble: { code: 'JOURNAL_UNAVAILABLE' } } },
    });
    shop.disk.trouble = undefined;
    expect(await caller.ask('/v1/orders', { key: 'k', body })).toMatchObject({
      status: 202,
      json: { phase: 'accepted' },
    });
  },
);

it('a payment that the disk holds up is not told as paid', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 } });
  const caller = new LocalCaller(shop);
  const body = { orderId: 'A', amountFen: 100 };
  await caller.ask('/v1/orders', { key: 'k', body });
  shop.scan(shop.showCode());
  await shop.untilState('A', 'USER_PAYING');
  shop.disk.trouble = 'ENOSPC';
  await shop.pass(20_000);
  expect((await caller.ask('/v1/orders/A')).json).toMatchObject({ attempt: { state: 'USER_PAYING' } });
  shop.disk.trouble = undefined;
  expect((await caller.ask('/v1/orders?wait=30', { key: 'k', body })).json).toMatchObject({
    phase: 'final',
    code: 'PAID',
  });
});
