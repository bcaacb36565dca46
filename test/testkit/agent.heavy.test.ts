import { openShop } from 'tillwire/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

describe('our agent in the test of a backend or of another device', () => {
  it('sells through a HID gun and a network printer; killed and started again it has forgotten nothing', async () => {
    const shop = await openShop({ gun: { personality: 'hid-pos-honeywell' }, printer: { wire: 'tcp' } });
    onTestFinished(() => shop.close());
    await shop.collect({ orderId: 'K-1', amountFen: 880 });
    await shop.scan('alipay');
    await shop.expectSlip({ text: '8.80', cut: true, picture: { atLeastRows: 200, ink: { from: 0.005, to: 0.5 } } });
    await shop.expectLedger({ orderId: 'K-1', charges: 1, netFen: 880 });
    await shop.agent.program?.kill();
    await shop.startAgent();
    await shop.clerk.expectSees('收款成功', { orderId: 'K-1' });
    await shop.expectSlips(1);
    const again = await shop.agent.call('/v1/orders', {
      body: { orderId: 'K-1', amountFen: 880 },
      idempotencyKey: 'again',
    });
    expect(again.status).toBeGreaterThanOrEqual(400);
    shop.expectContractKept();
  }, 60_000);

  it('paper out is a person at the printer: the clerk is told', async () => {
    const shop = await openShop({ agent: { limits: { maxFen: 1_000 } } });
    onTestFinished(() => shop.close());
    expect(await shop.collect({ orderId: 'K-2', amountFen: 1_001 })).toMatchObject({ code: 'AMOUNT_OVER_LIMIT' });
    await shop.collect({ orderId: 'K-3', amountFen: 100 });
    await shop.printer('paper out');
    await shop.scan('wechat');
    await shop.expectEvent({ type: 'attempt', orderId: 'K-3', state: 'PAID' });
    await shop.expectSlips(0);
    await shop.printer('paper in');
    await shop.expectSlip({ text: '1.00' });
  }, 60_000);
});
