import { expect, it } from 'vitest';
import type { Wallet } from '../../simulator/devices/phone.ts';
import { MemoryShop } from '../world/shop.ts';

async function whilePaying(wallet: Wallet, afterMs: number | 'never') {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs } });
  const command = await shop.collect('O1');
  shop.scan(shop.showCode(wallet));
  await shop.passUntil('an answer to pay', () => ['USER_PAYING', 'UNKNOWN'].includes(shop.state('O1') ?? ''));
  return { shop, command };
}

it.each(['wechat', 'alipay', 'unionpay', 'ecny'] as const)('%s: one last query, then the reversal', async (wallet) => {
  const { shop } = await whilePaying(wallet, 'never');
  await shop.pass(300);
  expect(await shop.desk.cancel()).toBe('ATTEMPT_REVERSING');
  await shop.untilState('O1', 'REVERSED', 20_000);
  expect(shop.acquirer.ledger.total().charges).toBe(0);
  const [reverse] = shop.requests('reverse');
  expect(reverse?.text).toContain('"reason":"CLERK_CANCEL"');
  const at = (op: 'query' | 'reverse') => shop.messages.findLastIndex(({ topic }) => topic.endsWith(`/req/${op}`));
  expect(at('query')).toBeLessThan(at('reverse'));
});

it('the customer was quicker: PAID, and the backend hears that a refund is to be offered', async () => {
  const { shop, command } = await whilePaying('alipay', 3_000);
  await shop.pass(3_100);
  expect(await shop.desk.cancel('O1')).toBe('ATTEMPT_REVERSING');
  await shop.untilState('O1', 'PAID', 1_000);
  await shop.pass(100);
  expect(shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  expect(shop.backend.resultsOf(command).at(-1)).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('refund'),
  });
  expect(await shop.desk.cancel('O1')).toBe('ALREADY_PAID');
});

it('the cancellation survives a restart', async () => {
  const { shop } = await whilePaying('wechat', 'never');
  expect(await shop.desk.cancel()).toBe('ATTEMPT_REVERSING');
  await shop.pass(50);
  await shop.kill();
  await shop.start();
  const from = shop.clock.mono();
  await shop.untilState('O1', 'REVERSED');
  expect(shop.clock.mono() - from).toBeLessThan(16_000); // not the 45 s of a customer who is waited for
});

it('an order that nobody paid is closed at once, on disk, and its command is told', async () => {
  const shop = await MemoryShop.open();
  const command = await shop.collect('O1');
  expect(await shop.desk.cancel()).toBe('ORDER_CANCELLED');
  await shop.pass(100);
  expect(shop.backend.resultsOf(command).at(-1)).toMatchObject({ phase: 'final', status: 'cancelled' });
  expect(await shop.desk.cancel()).toBe('NOTHING_TO_CANCEL');
  expect(await shop.desk.cancel('O1')).toBe('NOTHING_TO_CANCEL');
  shop.scan(shop.showCode());
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'NO_OPEN_ORDER' }]);
  await shop.kill();
  await shop.start();
  expect(await shop.desk.cancel('O1')).toBe('NOTHING_TO_CANCEL');
});
