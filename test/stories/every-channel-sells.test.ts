import { describe, expect, it } from 'vitest';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import { WALLETS, type Wallet } from '../../simulator/devices/phone.ts';
import { MemoryShop } from '../world/shop.ts';

describe.each(Object.keys(WALLETS) as Wallet[])('a customer with %s', (wallet) => {
  async function sell(plan: CustomerPlan, state: string) {
    const shop = await MemoryShop.open();
    shop.customer(plan);
    await shop.collect('O1');
    const code = shop.showCode(wallet);
    shop.scan(code);
    const last = await shop.untilState('O1', state, 300_000);
    await shop.pass(2_000);
    expect(last.channel).toBe(WALLETS[wallet].channel);
    const elsewhere = shop.messages.filter(({ topic }) => !topic.endsWith('/req/pay'));
    expect(JSON.stringify([elsewhere, shop.log]) + shop.disk.text() + shop.slipText()).not.toContain(code);
    return { shop, net: shop.acquirer.ledger.ofOrder('O1') };
  }

  it('[001-7] pays at once', async () => {
    const { shop, net } = await sell({ behaviour: { kind: 'pays' } }, 'PAID');
    expect(net).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
    expect(shop.slipText()).toContain('12.50');
  });

  it('types the password first', async () => {
    const { net } = await sell({ behaviour: { kind: 'enters-password', afterMs: 9_000 } }, 'PAID');
    expect(net.charges).toBe(1);
  });

  it('never types it: reversed, nothing printed', async () => {
    const { shop, net } = await sell({ behaviour: { kind: 'enters-password', afterMs: 'never' } }, 'REVERSED');
    expect([net.netFen, shop.slipText()]).toEqual([0, '']);
  });

  it('[004-3] has paid, and the answer is lost: asked, learnt, printed once', async () => {
    const { net } = await sell({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } }, 'PAID');
    expect(net).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  });

  it('meets a code that nobody has heard of: unknown, asked after, paid in the end', async () => {
    const { net } = await sell({ behaviour: { kind: 'unclear', code: 'NEW-2027', paysAfterMs: 11_000 } }, 'PAID');
    expect(net.charges).toBe(1);
  });

  it('pays while every question goes unanswered: the money goes back', async () => {
    const lost = Array.from({ length: 40 }, () => ({ kind: 'lose' }) as const);
    const { net } = await sell({ behaviour: { kind: 'pays' }, answers: { pay: lost, query: lost } }, 'REVERSED');
    expect(net).toEqual({ charges: 1, reversals: 1, netFen: 0 });
  });
});

describe('UnionPay 00', () => {
  it('is accepted, not paid: PAID only after a query, a second later', async () => {
    const shop = await MemoryShop.open();
    await shop.collect('O1');
    shop.scan(shop.showCode('unionpay'));
    await shop.untilState('O1', 'UNKNOWN');
    expect(shop.acquirer.ledger.total().charges).toBe(1); // the money has moved, and the till does not know
    expect(shop.requests('query').length).toBe(0);
    await shop.untilState('O1', 'PAID', 3_000);
    expect(shop.requests('query').length).toBe(1);
  });
});

it.each(['181234567890123456', '911234567890123456'])(
  'a code that is off in the rule table (%s) starts nothing',
  async (code) => {
    const shop = await MemoryShop.open();
    await shop.collect('O1');
    shop.scan(code);
    await shop.pass(5_000);
    expect(shop.refusals().length).toBe(1);
    expect(shop.requests('pay')).toEqual([]);
  },
);
