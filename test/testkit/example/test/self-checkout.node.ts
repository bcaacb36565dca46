import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withShop } from 'tillwire/testkit';

const checkout = (orderId: string, amountFen: number) => ({
  name: 'self-checkout',
  command: process.execPath,
  args: [fileURLToPath(new URL('../self-checkout.mjs', import.meta.url)), orderId, String(amountFen)],
});

test('the answer of the channel is lost: the agent finds out, the self-checkout is told paid', {
  timeout: 90_000,
}, async () => {
  await withShop({ printer: { wire: 'tcp' } }, async (shop) => {
    await shop.customer({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } });
    const program = await shop.start(checkout('S-1', 500));
    await shop.expectLine(program, 'please show your code');
    await shop.scan('unionpay');
    await shop.expectLine(program, 'ok PAID', { withinMs: 60_000 });
    await shop.expectLedger({ orderId: 'S-1', charges: 1, reversals: 0, netFen: 500 });
    await shop.expectSlip({ text: '5.00' });
    await shop.clerk.expectSees(/支付成功|收款成功|已支付/, { orderId: 'S-1' });
    assert.deepEqual(shop.notOfTheContract, []);
  });
});
