import { describe, expect, it } from 'vitest';
import type { Asker } from '../../agent/enrolment/asker.ts';
import { type TestPayment, testPayment } from '../../agent/enrolment/test-payment.ts';
import { MemoryShop } from '../world/shop.ts';

// The last step of the technician's visit: 0.01 yuan of real money, taken and given back by the till's own ways.

/** A technician who answers as told, and holds a phone before the gun when asked to. */
function technician(
  shop: MemoryShop,
  { says, scans = true }: { says: boolean; scans?: boolean },
): Asker & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    isPerson: true,
    step: () => undefined,
    say: (lines) => {
      heard.push(...lines);
      if (scans && lines.some((line) => line.includes('scan the payment code')))
        void shop
          .passUntil('the order is open', () => shop.desk.counterOrder !== undefined)
          .then(() => shop.scan(shop.showCode()));
    },
    confirm: (question) => {
      heard.push(question);
      return Promise.resolve(says);
    },
    choose: () => Promise.resolve(undefined),
    text: (question, check) => {
      heard.push(question);
      expect(check('zhang')).toMatch(/not the technician/);
      return Promise.resolve('dianzhang');
    },
  };
}

async function tested(shop: MemoryShop, asker: Asker): Promise<TestPayment> {
  let done: TestPayment | undefined;
  const { calls } = shop.process.till;
  void testPayment({ calls }, asker, { technician: 'zhang', orderId: 'TEST-1' }).then((what) => (done = what));
  await shop.passUntil('the test is over', () => done !== undefined, 400_000);
  return done ?? 'not-tested';
}

describe('the test payment of 0.01', () => {
  it('asks first, is paid, and goes back with a second person’s word; the ledger is even', async () => {
    const shop = await MemoryShop.open();
    const asker = technician(shop, { says: true });
    expect(await tested(shop, asker)).toBe('given-back');
    expect(asker.heard[0]).toContain('real money');
    expect(shop.acquirer.ledger.total()).toMatchObject({ charges: 1, netFen: 0 });
    await shop.untilRefund('TEST-1-R', 'REFUNDED');
  });

  it('without a yes nothing is sent', async () => {
    const shop = await MemoryShop.open();
    expect(await tested(shop, technician(shop, { says: false }))).toBe('not-tested');
    expect(await tested(shop, { ...technician(shop, { says: true }), isPerson: false })).toBe('not-tested');
    expect([shop.requests('pay').length, shop.orderState('TEST-1')]).toEqual([0, undefined]);
  });

  it('nobody scans: it is not paid, and nothing is owed', async () => {
    const shop = await MemoryShop.open();
    expect(await tested(shop, technician(shop, { says: true, scans: false }))).toBe('not-paid');
    expect(shop.acquirer.ledger.total()).toMatchObject({ charges: 0 });
  });
});
