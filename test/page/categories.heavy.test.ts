import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CATEGORIES, type Category } from '../../agent/payment/categories.ts';
import { CHANNEL_CODES, type CodeRow } from '../../agent/payment/channel-codes.ts';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import type { Wallet } from '../../simulator/devices/phone.ts';
import { needs } from '../needs.ts';
import { foundByAxe } from './axe.ts';
import { Counter, keyIn, orderOf, untilState } from './counter.ts';

const CHANNELS = { WECHAT: 'wechat', ALIPAY: 'alipay', UNIONPAY: 'unionpay' } as const satisfies Record<string, Wallet>;

/** The first code of each category with which a channel says no at once. */
const REFUSALS = new Map(
  (Object.keys(CHANNELS) as (keyof typeof CHANNELS)[]).flatMap((channel) => {
    const rows: readonly CodeRow[] = CHANNEL_CODES[channel].pay;
    type Row = readonly [Category, { readonly channel: typeof channel; readonly code: string }];
    return rows
      .filter(([, , effect]) => effect === 'FAILED_FINAL' || effect === 'REVERSED_FINAL')
      .map(([code, category]): Row => [category, { channel, code }]);
  }),
);

/** What the page shows of each, and how it comes about. */
const UNDER_WAY: readonly (readonly [Category, Wallet, CustomerPlan])[] = [
  ['USER_PAYING', 'wechat', { behaviour: { kind: 'enters-password', afterMs: 2_000 } }],
  ['RESULT_UNKNOWN', 'wechat', { behaviour: { kind: 'unclear', code: 'SYSTEMERROR', paysAfterMs: 2_000 } }],
  ['DUPLICATE_ORDER', 'wechat', { behaviour: { kind: 'unclear', code: 'OUT_TRADE_NO_USED', paysAfterMs: 2_000 } }],
  ['ALREADY_PAID', 'wechat', { behaviour: { kind: 'unclear', code: 'ORDERPAID', paysAfterMs: 2_000 } }],
];
const SAYS_LATER: CustomerPlan = { behaviour: { kind: 'enters-password', afterMs: 'never' } };
const TRIED_AGAIN: CustomerPlan = { ...SAYS_LATER, trouble: { reverse: [{ code: '20000' }] } };
const NOT_REVERSED: CustomerPlan = { ...SAYS_LATER, trouble: { reverse: [{ code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' }] } };
const GIVES_UP: CustomerPlan = { behaviour: { kind: 'cancels', afterMs: 500 } };

const REFUND_CODES = {
  REFUND_AMOUNT: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  REFUND_MERCHANT_BALANCE: 'ACQ.SELLER_BALANCE_NOT_ENOUGH',
  REFUND_WINDOW: 'ACQ.TRADE_HAS_FINISHED',
} as const;

needs('chromium')('every category is told in its sentence, with what to do now', () => {
  let counter: Counter;
  let page: Page;
  const seen = new Set<Category>();
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visitSignedIn();
  }, 60_000);
  afterAll(() => counter.close());

  const isTold = async (category: Category, withinMs = 10_000) => {
    await page.locator('.sentence', { hasText: CATEGORIES[category].zh }).waitFor({ timeout: withinMs });
    expect((await page.locator('.todo strong').textContent())?.length).toBeGreaterThan(3);
    seen.add(category);
  };
  const pay = async (wallet: Wallet, plan: CustomerPlan) => {
    counter.shop.acquirer.send(plan);
    const orderId = await keyIn(page, '1.50');
    await counter.till.scan(wallet);
    return orderId;
  };
  const press = (act: string) => page.locator(`[data-act="${act}"]`).click();
  const over = async () => {
    if ((await page.locator('[data-act=cancel]').count()) > 0) await press('cancel');
    await press('next');
    await page.locator('.amount-screen').waitFor();
  };

  it.each([...REFUSALS])('%s', async (category, { channel, code }) => {
    await pay(CHANNELS[channel], { behaviour: { kind: 'pays' }, trouble: { pay: [{ code }] } });
    await isTold(category);
    expect(await page.locator('.payment').getAttribute('data-tone')).toBe('bad');
    await over();
  });

  it.each(UNDER_WAY)('%s, until it is paid', async (category, wallet, plan) => {
    await pay(wallet, plan);
    await isTold(category);
    expect(await page.locator('.countdown-text').textContent()).toMatch(/剩余 \d+ 秒/);
    await untilState(page, '收款成功', 15_000);
    seen.add('PAID');
    await over();
  });

  it('REVERSE_PENDING after a cancel that the channel puts off', async () => {
    await pay('alipay', TRIED_AGAIN);
    await untilState(page, '等待顾客确认');
    await press('cancel');
    await isTold('REVERSE_PENDING');
    await isTold('REVERSED', 15_000);
    await over();
  });

  it('a customer who does nothing: warned of at 15 s and at 30 s, reversed at 45 s', async () => {
    await pay('wechat', SAYS_LATER);
    await page.locator('.warning', { hasText: '15 秒' }).waitFor({ timeout: 20_000 });
    await page.locator('.warning[data-late="2"]', { hasText: '30 秒' }).waitFor({ timeout: 20_000 });
    await isTold('REVERSED', 30_000);
    await over();
  }, 80_000);

  it('CUSTOMER_CANCELLED', async () => {
    await pay('wechat', GIVES_UP);
    await isTold('CUSTOMER_CANCELLED', 30_000);
    await over();
  }, 60_000);

  it.each(Object.entries(REFUND_CODES) as [Category, string][])('%s', async (category, code) => {
    const orderId = await pay('alipay', { behaviour: { kind: 'pays' }, trouble: { refund: [{ code }] } });
    await untilState(page, '收款成功');
    await refund(orderId);
    await isTold(category);
    await press('next');
  });

  it('REFUND_PROCESSING, then REFUND_OK', async () => {
    const orderId = await pay('wechat', { behaviour: { kind: 'pays' }, refunds: { kind: 'later', afterMs: 1_500 } });
    await untilState(page, '收款成功');
    await refund(orderId);
    await isTold('REFUND_PROCESSING');
    await isTold('REFUND_OK', 25_000);
    await press('next');
  }, 40_000);

  it('what the till itself refuses: AMOUNT_OVER_LIMIT, AMOUNT_INVALID, WRONG_CODE_KIND, NETWORK_DOWN', async () => {
    await page.locator('.amount-input').fill('50000.01');
    await page.locator('#amount-note', { hasText: '超出单笔限额' }).waitFor();
    await page.locator('.amount-input').fill('0');
    await page.keyboard.press('Enter');
    await page.locator('#amount-note', { hasText: CATEGORIES.AMOUNT_INVALID.zh }).waitFor();
    await keyIn(page, '1');
    await counter.shop.gun.scan('wxp://f2f0abcdefghijklmnop');
    await page.locator('.banner', { hasText: '收款码' }).waitFor();
    await counter.shop.broker.stop();
    await page.locator('.troubles [data-device=network]').waitFor();
    await counter.till.scan();
    await page.locator('.banner', { hasText: CATEGORIES.NETWORK_DOWN.zh }).waitFor();
    for (const name of ['AMOUNT_OVER_LIMIT', 'AMOUNT_INVALID', 'WRONG_CODE_KIND', 'NETWORK_DOWN'] as const)
      seen.add(name);
  });

  it('leaves out none but those that a screen of its own shows', () => {
    const missing = (Object.keys(CATEGORIES) as Category[]).filter((category) => !seen.has(category));
    expect(missing).toEqual(['TERMINAL_UNREGISTERED', 'NEEDS_MANUAL_CHECK']);
  });

  async function refund(orderId: string): Promise<void> {
    const asks = counter.till.token({ program: 'asks', scopes: ['refund'], personId: 'someone' });
    const approves = counter.till.token({ program: 'approves', scopes: ['refund'], personId: 'other' });
    const refundId = `R-${orderId}`;
    const body = { refundId, orderId, refundFen: 150, reason: '退货' };
    const approval = { method: 'POST', token: approves, key: `${refundId}-yes` };
    await counter.till.ask('/v1/refunds', { token: asks, key: refundId, body });
    await untilState(page, '退款待批准');
    expect((await counter.till.ask(`/v1/refunds/${refundId}/approve`, approval)).status).toBeLessThan(300);
  }
});

needs('chromium')('a terminal that may not collect, and money that needs a person', () => {
  let counter: Counter;
  let page: Page;
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visitSignedIn();
  }, 60_000);
  afterAll(() => counter.close());

  it('NEEDS_MANUAL_CHECK: two persons settle it', async () => {
    counter.shop.acquirer.send(NOT_REVERSED);
    await keyIn(page, '2');
    await counter.till.scan('alipay');
    await untilState(page, '等待顾客确认');
    await page.locator('[data-act=cancel]').click();
    await untilState(page, '待人工核对', 15_000);
    const orderId = await orderOf(page);
    await page.locator('[data-act=next]').click();
    await page.locator('.open-orders').click();
    await page.locator('.order-list button', { hasText: orderId }).click();
    await page.locator('[data-act=resolve]').click();
    await page.locator('dialog .choices').waitFor();
    expect(await foundByAxe(page)).toEqual([]);
    await page.locator('dialog .choices label', { hasText: '没有收到钱' }).click();
    await page.locator('dialog label', { hasText: '依据' }).locator('input').fill('客服小张');
    await page.locator('dialog .wide').click();
    await page.locator('dialog input[type=password]').fill('914053');
    await page.keyboard.press('Enter');
    await page.locator('.open-orders').waitFor({ state: 'detached' });
  }, 40_000);

  it.each([
    ['MAINTENANCE', '系统维护中'],
    ['UNREGISTERED', '终端未登记'],
    ['SUSPENDED', '收款已暂停'],
  ])('%s: reason, since, until, reference and phone stand there', async (state, word) => {
    const next = page.locator('[data-act=next], [data-act=cancel]').first();
    while ((await page.locator('.payment').count()) > 0) {
      await next.click();
      await page.waitForTimeout(200);
    }
    const terms = { reasonTextZh: '资质资料不齐全', reasonTextEn: 'documents missing', referenceNo: 'JG-42' };
    const times = { since: Date.now() - 60_000, until: Date.now() + 3_600_000, servicePhone: '95516' };
    await counter.shop.backend.order(counter.shop.till, 'suspend', {
      commandSeq: ++commandSeq,
      state,
      ...terms,
      ...times,
    });
    await untilState(page, word);
    const text = (await page.locator('.block').textContent()) ?? '';
    for (const part of ['资质资料不齐全', 'JG-42', '95516', '现在怎么做', '开始', '预计恢复'])
      expect(text).toContain(part);
  });
  let commandSeq = 0;
});
