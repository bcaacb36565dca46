import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../e2e/agent-process.ts';
import { needs } from '../needs.ts';
import { Counter, keyIn, untilState } from './counter.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** How many dots of the chart are not empty. */
const INK = `(() => {
  const canvas = document.querySelector('.hour-chart canvas');
  const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return dots.reduce((sum, value, at) => sum + (at % 4 === 3 && value > 0 ? 1 : 0), 0);
})()`;

needs('chromium')('the shift and the day on the page', () => {
  let counter: Counter;
  let page: Page;
  const fetched: string[] = [];
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visit();
    page.on('request', (request) => fetched.push(request.url()));
    await counter.signIn(page);
  }, 60_000);
  afterAll(() => counter.close());

  const press = (act: string) => page.locator(`[data-act="${act}"]`).click();
  const cells = (row: string) =>
    page
      .locator('.record-table', { has: page.locator('tfoot') })
      .first()
      .locator(row)
      .allTextContents();

  it('the report is fetched when somebody goes there, not before', async () => {
    expect(fetched.filter((url) => url.includes('report-screen'))).toEqual([]);
    await page.locator('.tabs a[href="/report"]').click();
    await page.locator('#report-title').waitFor();
    expect(fetched.filter((url) => url.includes('report-screen')).length).toBeGreaterThan(0);
  });

  it('a shift is opened, a payment is in its sums and in the chart', async () => {
    const empty = await page.evaluate<number>(INK);
    await press('open-shift');
    await page.locator('h2', { hasText: '第 1 班，li' }).waitFor();
    await page.locator('.tabs a[href="/"]').click();
    await keyIn(page, '12.50');
    await counter.till.scan();
    await untilState(page, '收款成功');
    await page.locator('.tabs a[href="/report"]').click();
    await page.locator('tfoot', { hasText: '12.50' }).first().waitFor();
    expect(await cells('tbody th')).toEqual(['微信支付']);
    expect(await cells('tfoot td')).toEqual(['1', '12.50', '0.00', '–', '12.50']);
    expect(await page.evaluate<number>(INK)).toBeGreaterThan(empty);
    expect(await page.locator('.unseen li').allTextContents()).toEqual([expect.stringContaining('¥12.50，1 笔')]);
  });

  it('axe-core finds nothing, light and dark', async () => {
    await page.evaluate(AXE);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate<string[]>(
        `axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
      );
      expect(found, colorScheme).toEqual([]);
    }
  });

  it('first the shift is closed, then the day; both are printed and begin at zero', async () => {
    expect(await page.locator('[data-act=close-day]').isDisabled()).toBe(true);
    await press('close-shift');
    await press('sure');
    await page.locator('[data-act=open-shift]').waitFor();
    await press('close-day');
    await press('sure');
    await page.locator('h2', { hasText: '第 2 个营业日' }).waitFor();
    expect(await cells('tfoot td')).toEqual(['0', '0.00', '0.00', '–', '0.00']);
    await eventually('both are on paper', () => counter.shop.slips.length >= 3);
    expect(counter.complaints).toEqual([]);
  });
});
