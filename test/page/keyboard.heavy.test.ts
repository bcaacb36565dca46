import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBroker } from '../../simulator/backend/broker.ts';
import { eventually } from '../e2e/agent-process.ts';
import { needs } from '../needs.ts';
import { Counter, onlyRecord, orderOf, PEOPLE, untilState } from './counter.ts';

/** A person's pace: a gun's is ten times that. */
const HAND_MS = 75;

needs('chromium')('a morning at the counter, by keyboard alone', () => {
  let counter: Counter;
  let page: Page;
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visit();
  }, 60_000);
  afterAll(() => counter.close());

  const type = (text: string) => page.keyboard.type(text, { delay: HAND_MS });
  const hasFocus = (what: string) => page.evaluate<boolean>(`document.activeElement.matches('${what}')`);
  /** Tab until it is there; a keyboard trap, or something out of reach, fails. */
  const tabTo = async (what: string) => {
    for (let presses = 0; presses < 40; presses++) {
      if (await hasFocus(what)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${what}`);
  };
  const pressOn = async (what: string) => {
    await tabTo(what);
    await page.keyboard.press('Enter');
  };
  const collect = async (yuan: string): Promise<string> => {
    await page.locator('.amount-screen').waitFor();
    await type(yuan);
    await page.keyboard.press('Enter');
    await untilState(page, '请扫码');
    return orderOf(page);
  };

  it('signs in', async () => {
    await page.locator('[data-person=li]').waitFor();
    await pressOn('[data-person=li]');
    await page.locator('input[type=password]').waitFor();
    await type(PEOPLE.li.pin);
    await page.keyboard.press('Enter');
    await page.locator('.amount-screen').waitFor();
  });

  it('sells: the amount needs no click, Enter collects, Enter calls the next customer', async () => {
    const orderId = await collect('12.50');
    await counter.till.scan();
    await untilState(page, '收款成功');
    expect(await hasFocus('[data-act=next]')).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('.amount-screen').waitFor();
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).netFen).toBe(1250);
  });

  it('is told of a wrong code, and cancels', async () => {
    const orderId = await collect('3');
    await counter.shop.gun.scan('6901234567892');
    await page.locator('[role=alert]', { hasText: '商品条码' }).waitFor();
    await pressOn('[data-act=cancel]');
    await untilState(page, '已取消');
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).charges).toBe(0);
    await pressOn('[data-act=next]');
  });

  it('shows a code with F2 and takes it back', async () => {
    await page.locator('.amount-screen').waitFor();
    await type('9.9');
    await page.keyboard.press('F2');
    await page.locator('svg.qr').waitFor();
    await pressOn('[data-act=cancelIntent]');
    await untilState(page, '请扫码');
    await pressOn('[data-act=cancel]');
    await untilState(page, '已取消');
    await pressOn('[data-act=next]');
  });

  it('gives back a part, with the manager beside', async () => {
    const orderId = await collect('20');
    await counter.till.scan('alipay');
    await untilState(page, '收款成功');
    await pressOn('[data-act=refund]');
    await page.locator('dialog input').first().waitFor();
    await page.keyboard.press('Control+A');
    await type('5');
    await page.keyboard.press('Enter');
    await page.locator('dialog input[type=password]').waitFor();
    await type(PEOPLE.wang.pin);
    await page.keyboard.press('Enter');
    await untilState(page, '退款成功');
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).netFen).toBe(1500);
    await pressOn('[data-act=next]');
  });

  it('finds a payment and prints it again', async () => {
    const slips = counter.shop.slips.length;
    await page.locator('.amount-screen').waitFor();
    await pressOn('[href="/records"]');
    await page.locator('input[type=search]').waitFor();
    await page.locator('.record-table').waitFor();
    await page.locator('input[type=search]').focus();
    await type('12.50');
    await page.keyboard.press('Enter');
    await onlyRecord(page).waitFor();
    await pressOn('.record-table a');
    await page.locator('.time-line').waitFor();
    await pressOn('[data-act=print]');
    await eventually('the slip is on paper', () => counter.shop.slips.length > slips);
  });

  it('sees the network go, and come back', async () => {
    await pressOn('.tabs [href="/"]');
    await page.locator('.amount-screen').waitFor();
    const { port } = counter.shop.broker;
    await counter.shop.broker.stop();
    await page.locator('.troubles [data-device=network]').waitFor();
    await pressOn('.strip');
    await page.locator('dialog .devices').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    const again = await startBroker({ port });
    await page.locator('.troubles').waitFor({ state: 'detached', timeout: 20_000 });
    await again.stop();
  }, 40_000);

  it('locks, and the same person comes back with the PIN alone', async () => {
    await tabTo('.who summary');
    await page.keyboard.press('Enter');
    await pressOn('[data-act=lock]');
    await page.locator('input[type=password]').waitFor();
    await type(PEOPLE.li.pin);
    await page.keyboard.press('Enter');
    await page.locator('.amount-screen').waitFor();
    expect(counter.complaints).toEqual([]);
  });
});
