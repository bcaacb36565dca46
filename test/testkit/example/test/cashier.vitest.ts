import { fileURLToPath } from 'node:url';
import { openShop } from 'tillwire/testkit';
import { expect, onTestFinished, test } from 'vitest';

test('a gun on a report stream: our agent takes the code, the customer cancels, nothing is printed', async () => {
  const shop = await openShop({ gun: { personality: 'hid-pos-honeywell' }, printer: { personality: 'generic-80' } });
  onTestFinished(() => shop.close());
  await shop.customer({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
  await shop.collect({ orderId: 'V-1', amountFen: 4200 });
  await shop.scan('wechat');
  await shop.expectEvent({ type: 'attempt', orderId: 'V-1', state: 'FAILED' });
  await shop.clerk.expectSees(/余额不足/, { orderId: 'V-1' });
  await shop.expectLedger({ orderId: 'V-1', charges: 0, netFen: 0 });
  await shop.expectSlips(0);
  expect(shop.frames.some(({ device, from }) => device === 'gun' && from === 'device')).toBe(true);
});

test('the cashier program, in vitest', async () => {
  const shop = await openShop({ agent: false, gun: { personality: 'line-cr' } });
  onTestFinished(() => shop.close());
  const program = await shop.start({
    name: 'cashier',
    command: process.execPath,
    args: [fileURLToPath(new URL('../cashier.mjs', import.meta.url))],
  });
  await shop.expectLine(program, 'ready');
  await shop.collect({ orderId: 'V-2', amountFen: 100 });
  await shop.scan('ecny');
  await shop.expectLedger({ orderId: 'V-2', charges: 1, netFen: 100 });
  await shop.expectSlip({ text: 'PAID V-2' });
});
