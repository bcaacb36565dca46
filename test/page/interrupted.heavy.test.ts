import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import { needs } from '../needs.ts';
import { Counter, freePort, keyIn, orderOf, untilState } from './counter.ts';

/** The till asks WeChat every 5 s. */
const LONG_MS = 20_000;
const SLOW: CustomerPlan = { behaviour: { kind: 'enters-password', afterMs: 6_000 } };

needs('chromium')('whatever happens to the page or the agent, nothing is lost and nothing doubled', () => {
  let counter: Counter;
  let page: Page;
  beforeEach(async () => {
    // the page comes back to the address it knows
    counter = await Counter.open({ console: { port: await freePort() } });
    page = await counter.visitSignedIn();
  }, 60_000);
  afterEach(() => counter.close());

  const balance = (orderId: string) => counter.shop.acquirer.ledger.ofOrder(orderId);

  it('reloaded while the customer confirms: the same payment stands there, with its clock, and ends paid', async () => {
    counter.shop.acquirer.send(SLOW);
    const orderId = await keyIn(page, '12.50');
    await counter.till.scan();
    await untilState(page, '等待顾客确认');
    await page.reload();
    await untilState(page, '等待顾客确认');
    expect(await page.locator('.countdown-text').textContent()).toMatch(/剩余 \d+ 秒/);
    await untilState(page, '收款成功', LONG_MS);
    await page.reload();
    await untilState(page, '收款成功', LONG_MS);
    expect(balance(orderId)).toMatchObject({ charges: 1, netFen: 1250 });
  });

  it('reloaded before the wish was answered: it is wished again under the same name, and done once', async () => {
    let isCut = true;
    const keys: string[] = [];
    await page.route('**/v1/orders', async (route) => {
      keys.push((await route.request().headerValue('idempotency-key')) ?? '');
      // the agent hears it, its answer is lost
      if (isCut) await route.fetch();
      await (isCut ? route.abort() : route.continue());
    });
    await page.locator('.amount-input').fill('7');
    await page.keyboard.press('Enter');
    await expect.poll(() => keys.length).toBeGreaterThan(0);
    await page.reload();
    isCut = false;
    await untilState(page, '请扫码');
    expect(new Set(keys).size).toBe(1);
    const orderId = await orderOf(page);
    await counter.till.scan();
    await untilState(page, '收款成功', LONG_MS);
    expect(balance(orderId)).toMatchObject({ charges: 1, netFen: 700 });
    expect(counter.shop.acquirer.ledger.total().charges).toBe(1);
  });

  it('two tabs see one counter: begun in one, cancelled in the other', async () => {
    const other = await counter.tab(page.context());
    await counter.signIn(other);
    const orderId = await keyIn(page, '5');
    await untilState(other, '请扫码');
    expect(await orderOf(other)).toBe(orderId);
    await other.locator('[data-act=cancel]').click();
    await untilState(page, '已取消');
    await other.locator('[data-act=next]').click();
    const second = await keyIn(other, '6');
    await counter.till.scan();
    await untilState(page, '收款成功', LONG_MS);
    await untilState(other, '收款成功');
    expect(balance(second)).toMatchObject({ charges: 1, netFen: 600 });
  });

  it('the agent is killed under the open page: it says so, everybody signs in again, and the payment ends once', async () => {
    counter.shop.acquirer.send(SLOW);
    const orderId = await keyIn(page, '8.80');
    await counter.till.scan();
    await untilState(page, '等待顾客确认');
    await counter.till.agent.kill('SIGKILL');
    await page.locator('.banner', { hasText: '连接中断' }).waitFor();
    await counter.till.restart();
    await page.locator('input[type=password]').waitFor();
    await page.locator('input[type=password]').fill('802746');
    await page.keyboard.press('Enter');
    await untilState(page, '收款成功', LONG_MS);
    expect(await orderOf(page)).toBe(orderId);
    expect(balance(orderId)).toMatchObject({ charges: 1, netFen: 880 });
  });

  it('wished while the agent is away: it waits, is sent when the agent is back, and is done once', async () => {
    await counter.till.agent.kill('SIGKILL');
    await page.locator('.amount-input').fill('9');
    await page.keyboard.press('Enter');
    await page.locator('.banner', { hasText: '连接中断' }).waitFor();
    await counter.till.restart();
    await page.locator('input[type=password]').fill('802746');
    await page.keyboard.press('Enter');
    await untilState(page, '请扫码');
    expect(await page.locator('.payment-amount').textContent()).toBe('¥9.00');
  });
});
