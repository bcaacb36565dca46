import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import { needs } from '../needs.ts';
import { foundByAxe } from './axe.ts';
import { Counter, keyIn, untilState } from './counter.ts';

const WAITS: CustomerPlan = { behaviour: { kind: 'enters-password', afterMs: 12_000 } };

needs('chromium')('axe-core finds nothing, on any screen, light and dark', () => {
  let counter: Counter;
  let page: Page;
  const screens: string[] = [];
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visit({ size: 'touch' });
  }, 60_000);
  afterAll(() => counter.close());

  const isClean = async (screen: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await foundByAxe(page), `${screen}, ${colorScheme}`).toEqual([]);
    }
    screens.push(screen);
  };
  const press = (act: string) => page.locator(`[data-act="${act}"]`).click();
  const closeDialog = async () => {
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  };

  it('signing in', async () => {
    await page.locator('[data-person=li]').waitFor();
    await isClean('names');
    await page.locator('[data-person=li]').click();
    await page.locator('input[type=password]').waitFor();
    await isClean('PIN');
    await page.locator('footer .plain').last().click();
    await isClean('one-time code');
    await page.reload();
    await counter.signIn(page);
    await isClean('amount');
  });

  it('a payment', async () => {
    await keyIn(page, '12.50');
    await isClean('scan now');
    await counter.shop.gun.scan('6901234567892');
    await page.locator('.banner').waitFor();
    await isClean('a wrong code');
    await press('typeCode');
    await isClean('typed by hand');
    await closeDialog();
    counter.shop.acquirer.send(WAITS);
    await counter.till.scan();
    await untilState(page, '等待顾客确认');
    await isClean('customer confirms');
    await untilState(page, '收款成功', 25_000);
    await isClean('paid');
    await press('refund');
    await isClean('refund');
    await page.locator('dialog .wide').click();
    await page.locator('dialog input[type=password]').waitFor();
    await isClean('second person');
    await closeDialog();
    await press('next');
  }, 60_000);

  it('a failure, a code on the screen, devices in trouble', async () => {
    counter.shop.acquirer.send({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
    await keyIn(page, '3');
    await counter.till.scan();
    await untilState(page, '未收款');
    await isClean('not paid');
    await press('showCode');
    await page.locator('svg.qr').waitFor();
    await isClean('QR code');
    await press('cancelIntent');
    await untilState(page, '请扫码');
    await press('cancel');
    await press('next');
    await page.locator('.strip').click();
    await isClean('devices');
    await closeDialog();
  });

  it('records, in English too', async () => {
    await page.locator('.tabs a[href="/records"]').click();
    await page.locator('.record-table').waitFor();
    await isClean('records');
    await page.locator('.language').click();
    await page.locator('.record-table a').first().click();
    await page.locator('.time-line').waitFor();
    await isClean('one record');
    await page.locator('.who summary').click();
    await isClean('who');
    await page.locator('.tabs a[href="/"]').click();
    await page.locator('.amount-screen').waitFor();
    await isClean('amount in English');
    await page.locator('.language').click();
  });

  it('a terminal that may not collect', async () => {
    const terms = { commandSeq: 1, state: 'SUSPENDED', reasonCode: 'RISK_SELF_SWIPE', servicePhone: '95516' };
    await counter.shop.backend.order(counter.shop.till, 'suspend', terms);
    await untilState(page, '收款已暂停');
    await isClean('suspended');
  });

  it('every finger finds a target of 48 px (44 at the least for a link in a line)', async () => {
    await page.locator('.tabs a[href="/records"]').click();
    await page.locator('.record-table').waitFor();
    const small = await page.evaluate<string[]>(
      `[...document.querySelectorAll('button, .tabs a, summary, input, select')].filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 47.5).map((e) => e.outerHTML.slice(0, 100))`,
    );
    expect(small).toEqual([]);
    expect(screens.length).toBeGreaterThan(17);
    expect(counter.complaints).toEqual([]);
  });
});
