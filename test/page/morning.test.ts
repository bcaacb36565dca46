import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startBroker } from '../../simulator/backend/broker.ts';
import { showCode } from '../../simulator/devices/phone.ts';
import { eventually } from '../e2e/agent-process.ts';
import { needs } from '../needs.ts';
import { Counter, keyIn, onlyRecord, orderOf, PEOPLE, strike, typeAsGun, untilState } from './counter.ts';

needs('chromium')('a morning at the counter', () => {
  let counter: Counter;
  let page: Page;
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visitSignedIn();
  }, 60_000);
  afterAll(() => counter.close());

  /** Each story begins at the amount, also after one that broke off. */
  beforeEach(async () => {
    await page.goto(`${counter.till.url}/`);
    const amount = page.locator('.amount-screen');
    const onward = page.locator('.amount-screen, [data-act=cancel]:enabled, [data-act=next]').first();
    for (await onward.waitFor(); !(await amount.isVisible()); await onward.waitFor()) await onward.click();
  });

  const press = (act: string) => page.locator(`[data-act="${act}"]`).click();
  const nextCustomer = async () => {
    await press('next');
    await page.locator('.amount-screen').waitFor();
  };

  it('by mouse: key pad, scan, paid, slip', async () => {
    for (const key of ['1', '2', '.', '5']) await page.locator('.key', { hasText: key }).first().click();
    expect(await page.locator('.amount-input').inputValue()).toBe('12.5');
    await page.locator('.amount-acts button[type=submit]').click();
    await untilState(page, '请扫码');
    await counter.till.scan();
    await untilState(page, '收款成功');
    expect(await page.locator('.payment-amount').textContent()).toBe('¥12.50');
    expect(await page.locator('.todo strong').textContent()).toContain('交货');
    expect(counter.shop.acquirer.ledger.ofOrder(await orderOf(page)).netFen).toBe(1250);
    await nextCustomer();
  });

  it('by mouse: a wrong code is told and which, the right one pays', async () => {
    await keyIn(page, '8');
    await counter.shop.gun.scan('6901234567892');
    await page.locator('.banner', { hasText: '商品条码' }).waitFor();
    await counter.till.scan('alipay');
    await untilState(page, '收款成功');
    expect(await page.locator('.banner', { hasText: '商品条码' }).count()).toBe(0);
    await nextCustomer();
  });

  it('by mouse: cancelled before anybody paid', async () => {
    const orderId = await keyIn(page, '3');
    await press('cancel');
    await untilState(page, '已取消');
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).netFen).toBe(0);
    await nextCustomer();
  });

  it('by mouse: a QR of the exact amount turns paid', async () => {
    counter.shop.acquirer.intents.send({ buyers: [{ afterMs: 600, wallet: 'WECHAT' }] });
    await page.locator('.amount-input').fill('66.60');
    await page.locator('[aria-keyshortcuts=F2]').click();
    await page.locator('svg.qr').waitFor();
    const orderId = await orderOf(page);
    await untilState(page, '收款成功');
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).netFen).toBe(6660);
    await nextCustomer();
  });

  it('by mouse: a refund is asked for by the clerk and approved with the manager’s PIN', async () => {
    const orderId = await keyIn(page, '20');
    await counter.till.scan();
    await untilState(page, '收款成功');
    await press('refund');
    await page.locator('dialog .wide').click();
    await page.locator('dialog input[type=password]').fill('000000');
    await page.locator('dialog .pin-form .wide').click();
    await page.locator('dialog .bad-text', { hasText: 'PIN' }).waitFor();
    await page.locator('dialog input[type=password]').fill(PEOPLE.wang.pin);
    await page.locator('dialog .pin-form .wide').click();
    await untilState(page, '退款成功');
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).netFen).toBe(0);
    await nextCustomer();
  });

  it('by mouse: the records find it, tell what happened, and print again', async () => {
    const slips = counter.shop.slips.length;
    await page.locator('.tabs a[href="/records"]').click();
    await page.locator('input[type=search]').fill('12.50');
    await page.locator('.search button').click();
    await onlyRecord(page).click();
    await page.locator('.time-line li', { hasText: '已收款' }).waitFor();
    await press('print');
    await page.locator('.banner', { hasText: '重打印' }).waitFor();
    await eventually('the slip is on paper', () => counter.shop.slips.length > slips);
    await page.locator('.tabs a[href="/"]').click();
  });

  it('a gun that types: its code ends in no field, whatever has the focus', async () => {
    const orderId = await keyIn(page, '4.50');
    await press('typeCode');
    await page.locator('dialog input').focus();
    await typeAsGun(page, '6901234567892');
    await page.locator('.banner', { hasText: '商品条码' }).waitFor();
    expect(await page.locator('dialog input').inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await typeAsGun(page, showCode('wechat', Math.random));
    await untilState(page, '收款成功');
    expect(counter.shop.acquirer.ledger.ofOrder(orderId).netFen).toBe(450);
    await nextCustomer();
    expect(await page.locator('.amount-input').inputValue()).toBe('');
    await typeAsGun(page, showCode('wechat', Math.random));
    await page.locator('.banner', { hasText: '请先输入金额' }).waitFor();
    expect(await page.locator('.amount-input').inputValue()).toBe('');
  });

  it('a gun that types at once after a person’s Enter: its code ends in no field either', async () => {
    const enterAt = Date.now() + 1_000;
    await page.locator('.amount-input').fill('4.60');
    await strike(page, '', enterAt);
    await untilState(page, '请扫码');
    await press('typeCode');
    await page.locator('dialog input').focus();
    await typeAsGun(page, '4006381333931', enterAt + 60);
    await page.locator('.banner', { hasText: '商品条码' }).waitFor();
    expect(await page.locator('dialog input').inputValue()).toBe('');
    await page.keyboard.press('Escape');
  });

  it('a code typed by hand is marked as typed', async () => {
    await keyIn(page, '5');
    const sources: string[] = [];
    counter.shop.backend.onRequest = (_till, request) => {
      if (request.op === 'pay') sources.push(request.args.source);
    };
    await press('typeCode');
    await page.locator('dialog input').pressSequentially(showCode('wechat', Math.random), { delay: 70 });
    await page.keyboard.press('Enter');
    await untilState(page, '收款成功');
    expect(sources).toEqual(['manual']);
    await nextCustomer();
  });

  it('paper out and network down are told at once, with what to do; both go away by themselves', async () => {
    counter.shop.printer.change({ paper: 'end' });
    await keyIn(page, '6');
    await counter.till.scan();
    await untilState(page, '收款成功');
    await page.locator('.troubles [data-device=printer]', { hasText: '缺纸' }).waitFor();
    await page.locator('.slip-line', { hasText: '等待打印' }).waitFor();
    await nextCustomer();
    const { port } = counter.shop.broker;
    await counter.shop.broker.stop();
    await page.locator('.troubles [data-device=network]').waitFor();
    expect(await page.locator('#amount-note').textContent()).toContain('网络未连接');
    const again = await startBroker({ port });
    counter.shop.printer.change({ paper: 'ok' });
    await page.locator('.troubles').waitFor({ state: 'detached', timeout: 20_000 });
    await again.stop();
  }, 40_000);

  it('nothing was asked of anybody else, and the browser had nothing to complain of', () => {
    expect(counter.complaints).toEqual([]);
  });
});
