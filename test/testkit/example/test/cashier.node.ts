import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openShop, TestkitError, withShop } from 'tillwire/testkit';

const cashier = {
  name: 'cashier',
  command: process.execPath,
  args: [fileURLToPath(new URL('../cashier.mjs', import.meta.url))],
};

test('the customer pays, the shop has the money once, the slip lies there', { timeout: 60_000 }, async (t) => {
  const shop = await openShop({ agent: false });
  t.after(() => shop.close());
  const program = await shop.start(cashier);
  await shop.expectLine(program, 'ready');

  const { phase } = await shop.collect({ orderId: 'D-1', amountFen: 1250 });
  assert.equal(phase, 'accepted');
  await shop.expectLine(program, 'order D-1');
  await shop.scan('wechat');

  await shop.expectLedger({ orderId: 'D-1', charges: 1, reversals: 0, netFen: 1250 });
  const slip = await shop.expectSlip({
    text: ['PAID D-1', '12.50'],
    qr: /^42000/,
    cut: true,
    picture: { ink: { from: 0.01 } },
  });
  await shop.expectSlips(1);
  assert.ok(slip.png().length > 100);
  await shop.expectFrame({ device: 'gun', from: 'device', text: /^1[0-5]\d{16}$/ });
  await shop.expectFrame({ device: 'printer', from: 'till', name: 'cut-full' });
  shop.expectContractKept();
});

test('an impatient program that charges again is found out by the ledger', { timeout: 60_000 }, async () => {
  await withShop({ agent: false }, async (shop) => {
    const program = await shop.start({ ...cashier, args: [...cashier.args, '--impatient'] });
    await shop.expectLine(program, 'ready');
    await shop.customer({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } });
    await shop.collect({ orderId: 'D-2', amountFen: 900 });
    await shop.scan('alipay');
    await shop.expectLine(program, 'paid D-2');
    await assert.rejects(
      shop.expectLedger({ orderId: 'D-2', charges: 1 }, { withinMs: 1_000 }),
      (error: unknown) => error instanceof TestkitError && /charges is 2, should be 1/.test(error.message),
    );
  });
});
