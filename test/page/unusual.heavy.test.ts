import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../e2e/agent-process.ts';
import { needs } from '../needs.ts';
import { Counter, keyIn } from './counter.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong with the page as it stands, light and dark. */
async function faults(page: Page, name: string): Promise<string[]> {
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const script = `axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`;
    found.push(...(await page.evaluate<string[]>(script)));
    const folder = process.env['TILLWIRE_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
  }
  return found;
}

needs('chromium')('something unusual is reported at the page', () => {
  let counter: Counter;
  beforeAll(async () => {
    counter = await Counter.open();
  }, 60_000);
  afterAll(() => counter.close());

  const reports = () =>
    counter.shop.backend.eventsOf(counter.shop.till).flatMap(({ data }) => (data.type === 'report' ? [data] : []));

  it('in a few words, with the order on the screen; the back office has them, card numbers masked', async () => {
    const page = await counter.visitSignedIn();
    const orderId = await keyIn(page, '88.00');
    await page.getByText('李小红（收银员）').click();
    await page.getByRole('button', { name: '上报异常' }).click();
    const dialog = page.getByRole('dialog', { name: '上报异常' });
    await dialog.getByLabel('说明').fill('顾客要求分成三笔付，卡号 6222020200112233445');
    expect(await faults(page, 'report-dialog')).toEqual([]);
    await dialog.getByRole('button', { name: '上报', exact: true }).click();
    await page.getByText('已上报').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await eventually('the back office has it', () => reports().length === 1);
    expect(await page.locator('.training-mark').count()).toBe(0);
    expect(reports()).toMatchObject([{ personId: 'li', orderId }]);
    expect(reports()[0]?.note).toContain('顾客要求分成三笔付');
    expect(reports()[0]?.note).not.toContain('6222020200112233445');
  }, 60_000);

  it('in English, by keyboard; nothing is sent without a word, and Escape sends nothing', async () => {
    const page = await counter.visitSignedIn({ language: 'en' });
    const open = async () => {
      await page.getByText('李小红 (clerk)').click();
      await page.getByRole('button', { name: 'Report something unusual' }).click();
      return page.getByRole('dialog', { name: 'Report something unusual' });
    };
    const dialog = await open();
    await dialog.getByRole('button', { name: 'Report', exact: true }).click();
    await dialog.getByLabel('What happened').fill('the drawer was open');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(reports()).toHaveLength(1);
    await (await open()).getByLabel('What happened').fill('the drawer was open');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Reported').waitFor();
    await eventually('the back office has it', () => reports().some(({ note }) => note === 'the drawer was open'));
    expect(counter.complaints).toEqual([]);
  }, 60_000);
});

needs('chromium')('a till that practises', () => {
  let counter: Counter;
  beforeAll(async () => {
    counter = await Counter.open({ training: true });
  }, 60_000);
  afterAll(() => counter.close());

  it('[002-11] says so on every screen, before and behind the sign-in, in both languages', async () => {
    const page = await counter.visit();
    const mark = page.locator('.training-mark');
    await mark.getByText('培训模式：不是真实收款').waitFor();
    await counter.signIn(page);
    for (const address of ['/', '/records', '/report', '/statements']) {
      await page.goto(`${counter.till.url}${address}`);
      await mark.getByText('培训模式：不是真实收款').waitFor();
      expect(await mark.isVisible(), address).toBe(true);
      // the mark takes a line of its own, and nothing of the rest
      expect((await page.locator('.top-bar').boundingBox())?.height, address).toBeLessThan(100);
    }
    expect(await faults(page, 'training-statements')).toEqual([]);
    await page.getByRole('link', { name: '收款' }).click();
    await page.locator('.amount-screen').waitFor();
    expect(await faults(page, 'training')).toEqual([]);
    await page.getByRole('button', { name: 'English' }).click();
    await mark.getByText('Training: nothing here is real').waitFor();
  }, 60_000);
});
