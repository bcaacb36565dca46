import { chromium } from 'playwright-core';
import { openShop, TestkitError } from 'tillwire/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { locate } from '../components.ts';
import { needs } from '../needs.ts';

needs('chromium')("the clerk's page of our agent in somebody's test", () => {
  it('signs a clerk in, waits for what stands there, and says what stood there instead', async () => {
    const shop = await openShop();
    onTestFinished(() => shop.close());
    const browser = await chromium.launch({ executablePath: locate('chromium') ?? '', args: ['--no-sandbox'] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ locale: 'zh-CN' });
    await shop.clerk.open(page);
    await shop.collect({ orderId: 'P-1', amountFen: 1250 });
    await shop.clerk.expectPage(page, '12.50');
    await shop.scan('wechat');
    await shop.clerk.expectPage(page, '收款成功');
    await expect(shop.clerk.expectPage(page, '退款成功', { withinMs: 300 })).rejects.toThrow(TestkitError);
    await expect(shop.clerk.expectPage(page, '退款成功', { withinMs: 300 })).rejects.toThrow(/there is:\n[^]*12\.50/);
  }, 90_000);
});
