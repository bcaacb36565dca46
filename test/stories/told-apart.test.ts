import { describe, expect, it } from 'vitest';
import { AnsweredReply } from '../../protocols/backend/replies.ts';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import type { Wallet } from '../../simulator/devices/phone.ts';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

/** What the clerk is told at the end of one try. */
async function endOf(plan: CustomerPlan, wallet: Wallet = 'wechat', state = 'FAILED') {
  const shop = await MemoryShop.open();
  shop.customer(plan);
  await shop.collect('O1');
  shop.scan(shop.showCode(wallet));
  const { category } = await shop.untilState('O1', state, 300_000);
  await shop.pass(1_000);
  return { shop, category };
}

const says = (code: string): CustomerPlan => ({ behaviour: { kind: 'refuses', code } });

describe('why a payment did not come about is told apart', () => {
  it('[004-1] the customer says no: reversed, nothing taken, and the next code may come', async () => {
    const { shop, category } = await endOf({ behaviour: { kind: 'cancels', afterMs: 5_000 } }, 'wechat', 'REVERSED');
    expect(category).toBe('CUSTOMER_CANCELLED');
    expect(shop.acquirer.ledger.ofOrder('O1').netFen).toBe(0);
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
  });

  it('[000-1] [004-2] a channel under maintenance is named as that; nobody is sent to another one, the customer may choose', async () => {
    const { shop, category } = await endOf(says('02'), 'unionpay');
    expect(category).toBe('CHANNEL_UNAVAILABLE');
    expect(shop.requests('pay')).toHaveLength(1);
    const [told] = shop.log.filter((line) => line['category'] === 'CHANNEL_UNAVAILABLE');
    expect(told?.['zh']).toContain('该支付渠道维护中');
    shop.scan(shop.showCode('wechat'));
    await shop.untilState('O1', 'PAID');
  });

  it('[004-2] no network: told at once, nothing was sent; a lost answer is unknown and is asked after', async () => {
    const shop = await MemoryShop.open();
    await shop.collect('O1');
    shop.broker.setReachable(false);
    await shop.pass(100);
    shop.scan(shop.showCode());
    await shop.pass(500);
    expect(shop.refusals()).toMatchObject([{ refusal: 'NETWORK_DOWN' }]);
    expect(shop.requests('pay')).toEqual([]);
    const lost = await endOf({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } }, 'wechat', 'PAID');
    expect(lost.shop.attempts('O1').map(({ category }) => category)).toContain('RESULT_UNKNOWN');
  });

  it('[004-4] over a limit: whose limit it is stands in what the clerk is told', async () => {
    expect((await endOf(says('ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR'), 'alipay')).category).toBe('BUYER_LIMIT');
    expect((await endOf(says('ACQ.BEYOND_PAY_RESTRICTION'), 'alipay')).category).toBe('MERCHANT_LIMIT');
    const shop = await MemoryShop.open({ limits: { maxFen: 1_000 } });
    const own = await shop.collect('O1');
    expect(shop.backend.resultsOf(own)).toMatchObject([{ code: 'AMOUNT_OVER_LIMIT' }]);
  });

  it('[004-6] no name, no address, no telephone is asked for: order, amount and the shape of the code are looked at', async () => {
    const shop = await MemoryShop.open();
    await shop.sell('O1');
    const other = await shop.collect('O1', 9_900);
    expect(shop.backend.resultsOf(other)).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
    await shop.collect('O2');
    shop.scan('13812345678');
    await shop.pass(1_000);
    expect(shop.refusals()).toMatchObject([{ refusal: 'WRONG_CODE_KIND' }]);
    const asked = JSON.stringify(shop.requests('pay').map(({ text }) => JSON.parse(text) as object));
    expect(asked).not.toMatch(/"(name|phone|mobile|address|customer|idCard)"/i);
  });
});

it('[003-8] who paid is a fingerprint that the backend made, or nothing: an account, a telephone or a name is not even read', async () => {
  const reply = {
    v: 1,
    requestId: 'R',
    attemptId: 'A',
    payloadHash: '0'.repeat(64),
    ts: 1,
    op: 'pay',
    status: 'answered',
    channel: 'WECHAT',
    code: 'SUCCESS',
  };
  expect(AnsweredReply.safeParse({ ...reply, payer: 'ab'.repeat(16) }).success).toBe(true);
  for (const payer of ['oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', '13812345678', '王小明'])
    expect(AnsweredReply.safeParse({ ...reply, payer }).success).toBe(false);
  expect(AnsweredReply.safeParse({ ...reply, payerName: '王小明' }).success).toBe(false);
});

it('[003-14] what the bank settled is shown to the shop when the backend says so, and goes when its time is over', async () => {
  const shop = await MemoryShop.open();
  const until = shop.clock.now() + 60_000;
  const notice = {
    noticeId: 'S1',
    level: 'info',
    titleZh: '昨日结算',
    textZh: '结算文件 20261121，净额 ¥1,234.50',
    until,
  };
  await shop.order('notice', notice);
  const notices = async () => (await new LocalCaller(shop).ask('/v1/state')).json['notices'];
  expect(await notices()).toMatchObject([{ textZh: '结算文件 20261121，净额 ¥1,234.50' }]);
  await shop.pass(60_001);
  expect(await notices()).toEqual([]);
});

it('[004-16] the backend is told how long each payment took, from scan to publish and to the result', async () => {
  const { shop } = await endOf({ behaviour: { kind: 'enters-password', afterMs: 7_000 } }, 'wechat', 'PAID');
  const timings = shop.attempts('O1').at(-1)?.timings;
  expect(timings?.scanToPublishMs).toBeLessThanOrEqual(50);
  expect(timings?.scanToPaidMs).toBeGreaterThanOrEqual(7_000);
});

describe('what a wallet adds to a payment is told', () => {
  it('[004-11] the customer pays by instalments: shown and printed, and the shop has the whole amount', async () => {
    const shop = await MemoryShop.open();
    const instalments = { count: 6, eachFen: 209, feeFen: 4 };
    shop.customer({ behaviour: { kind: 'pays' }, instalments });
    await shop.sell('O1', 1_250, 'alipay');
    const { json } = await new LocalCaller(shop).ask('/v1/orders/O1');
    expect(json['attempt']).toMatchObject({ amountFen: 1_250, state: 'PAID', instalments });
    expect(shop.slipText()).toMatch(/分期.*6 期，每期 2\.09，手续费 0\.04/s);
    expect(shop.acquirer.ledger.ofOrder('O1').netFen).toBe(1_250);
  });

  it('[000-8] a wallet that warns its customer while it asks: the clerk is told what to say, and it goes on', async () => {
    const shop = await MemoryShop.open();
    const riskNotice = {
      customer: { zh: '您正在向陌生商户付款', en: 'You are paying a merchant you do not know' },
      clerk: { zh: '请顾客核对商户名称后继续', en: 'Ask the customer to check the merchant and go on' },
    };
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 }, riskNotice });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    const seen = async () => (await new LocalCaller(shop).ask('/v1/orders/O1')).json['attempt'];
    expect(await seen()).toMatchObject({ clerk: riskNotice.clerk, riskNotice });
    await shop.untilState('O1', 'PAID');
    expect(await seen()).not.toMatchObject({ clerk: riskNotice.clerk });
  });

  it('[000-7] who settles with the shop stands on its slips, as the acquirer has registered it', async () => {
    const registration = { acquirer: '街角支付服务有限公司', model: 'Q7' };
    const shop = await MemoryShop.open({ registration });
    await shop.sell('O1');
    expect(shop.slipText()).toMatch(/收单机构.*街角支付服务有限公司/s);
  });
});
