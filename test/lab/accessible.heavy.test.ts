import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { LabBench } from './lab-bench.ts';

interface Audit {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: unknown }[] }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

needs('chromium')('the lab page for everybody', () => {
  let bench: LabBench;
  beforeAll(async () => {
    bench = await LabBench.open();
  }, 60_000);
  afterAll(() => bench.close());

  it.each([
    { theme: 'light', language: 'zh', size: 'desk' },
    { theme: 'dark', language: 'en', size: 'touch' },
  ] as const)('$theme, $language, $size: an independent auditor finds nothing behind any tab', async (look) => {
    const page = await bench.visit(look);
    await page.getByRole('tab').first().waitFor();
    await page.evaluate(AXE);
    const found: string[] = [];
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      const { violations } = await page.evaluate<Audit>('axe.run(document, { resultTypes: ["violations"] })');
      found.push(...violations.map(({ id, nodes }) => `${id} ${JSON.stringify(nodes[0]?.target)}`));
    }
    expect(found).toEqual([]);
    expect(bench.complaints).toEqual([]);
  });

  it('is played by keyboard alone: order, scan, confirm', async () => {
    const page = await bench.visit();
    await page.getByLabel('金额（元）').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('4.40');
    await page.keyboard.press('Enter');
    await page.getByText('现在把扫码枪对准顾客的手机').waitFor();
    await page.getByRole('button', { name: '对准手机扫码' }).focus();
    await page.keyboard.press('Enter');
    const confirm = page.getByRole('button', { name: '确认支付' });
    await confirm.waitFor();
    await confirm.focus();
    await page.keyboard.press('Space');
    await expect.poll(() => bench.ledger.total().netFen, { timeout: 8_000 }).toBe(440);
  });
});
