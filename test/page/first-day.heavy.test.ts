import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locate } from '../components.ts';
import { TILLWIRE } from '../e2e/agent-process.ts';
import { tillwire } from '../e2e/run-tillwire.ts';
import { needs } from '../needs.ts';
import { foundByAxe } from './axe.ts';
import { Counter } from './counter.ts';

const isClean = async (page: Page, screen: string) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect.soft(await foundByAxe(page), `${screen}, ${colorScheme}`).toEqual([]);
  }
};

needs('chromium')('a PC on which nothing is set up yet', () => {
  let browser: Browser;
  let agent: ChildProcess;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: locate('chromium') ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
  }, 40_000);
  afterAll(async () => {
    await browser.close();
    agent.kill('SIGTERM');
    await once(agent, 'close');
  });

  it('the page says what to do, in both languages', async () => {
    agent = spawn(process.execPath, [TILLWIRE, 'agent'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const url = await new Promise<string>((resolve) => {
      let text = '';
      agent.stdout?.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const [, found] = /"url":"(http:[^"]+)"/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const page = await browser.newPage({
      viewport: { width: 1024, height: 768 },
      reducedMotion: 'reduce',
      locale: 'zh-CN',
    });
    await page.goto(url);
    await page.locator('.first-run ol li').first().waitFor();
    const steps = await page.locator('.first-run ol li').count();
    expect(steps).toBeGreaterThanOrEqual(2);
    await isClean(page, 'first run');
    await page.locator('.language').click();
    await page.locator('.first-run strong', { hasText: 'Add the people' }).waitFor();
    expect(await page.locator('.first-run ol li').count()).toBe(steps);
    await isClean(page, 'first run in English');
  }, 40_000);
});

needs('chromium')('the first morning of somebody new', () => {
  let counter: Counter;
  let page: Page;
  beforeAll(async () => {
    counter = await Counter.open();
    page = await counter.visit({ size: 'touch' });
  }, 60_000);
  afterAll(() => counter.close());

  const fill = async (...pins: readonly string[]) => {
    const fields = page.locator('.pin-form input[type=password]');
    for (const [at, pin] of pins.entries()) await fields.nth(at).fill(pin);
    await page.locator('.pin-form .wide').click();
  };

  it('a one-time code lets them choose a PIN, and nothing else before that', async () => {
    const added = await tillwire([
      'person',
      'add',
      '--config',
      counter.till.configFile,
      '--name',
      '小陈',
      '--role',
      'clerk',
      '--id',
      'chen',
      '--json',
    ]);
    const { code } = JSON.parse(added.stdout) as { code: string };
    await page.reload();
    await page.locator('footer .plain').last().click();
    await page.locator('.pin-form input.digits').fill(code);
    await page.keyboard.press('Enter');
    await page.locator('#choose-title', { hasText: '小陈' }).waitFor();
    await isClean(page, 'choose a PIN');
    expect(await page.locator('.amount-screen').count()).toBe(0);
    await fill('304918', '304917');
    await page.locator('.pin-form .bad-text', { hasText: '两次输入' }).waitFor();
    await fill('123456', '123456');
    await page.locator('.pin-form .bad-text', { hasText: /\S/ }).waitFor();
    await fill('304918', '304918');
    await page.locator('.amount-screen').waitFor();
  });

  it('a PIN is changed by whoever knows the old one', async () => {
    await page.locator('.who summary').click();
    await page.locator('.who button', { hasText: '修改 PIN 码' }).click();
    await page.locator('dialog .pin-form').waitFor();
    await isClean(page, 'change the PIN');
    await fill('000000', '550286', '550286');
    await page.locator('dialog .bad-text', { hasText: 'PIN' }).waitFor();
    await fill('304918', '550286', '550286');
    await page.locator('dialog').waitFor({ state: 'detached' });
  });

  it('a notice of the backend is read, and the backend hears who read it', async () => {
    const notice = {
      noticeId: 'N-7',
      level: 'warn',
      titleZh: '今晚升级',
      textZh: '23:00 至 24:00 暂停收款',
      ackRequired: true,
    };
    await counter.shop.backend.order(counter.shop.till, 'notice', notice);
    const banner = page.locator('.banner', { hasText: '今晚升级' });
    await banner.waitFor();
    await isClean(page, 'a notice');
    await banner.locator('button', { hasText: '我已阅读' }).click();
    await banner.locator('button').waitFor({ state: 'detached' });
    const { json } = await counter.till.ask('/v1/state', { token: counter.till.token({ scopes: ['read'] }) });
    expect(json['notices']).toMatchObject([{ noticeId: 'N-7', acknowledged: { personId: 'chen' } }]);
    expect(counter.complaints).toEqual([]);
  });
});
