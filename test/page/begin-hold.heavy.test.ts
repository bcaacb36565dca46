import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { openTerminal, type TerminalPort } from '../../simulator/terminals/terminal-port.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { needs } from '../needs.ts';
import { foundByAxe } from './axe.ts';
import { Counter, untilState } from './counter.ts';

const SOON = { timeout: 10_000 };

needs('chromium')('the clerk has an amount held on a card (预授权)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-begin-hold-'));
  let counter: Counter;
  let terminal: TerminalPort;
  let page: Page;
  beforeAll(async () => {
    const personality = { ...TERMINALS['zvt-brisk'], currency: 156, stepMs: 900 };
    terminal = await openTerminal({ personality, clock: systemClock, wire: 'pty', link: join(folder, 'terminal') });
    counter = await Counter.open({ terminal: { protocol: 'zvt', path: terminal.path } });
    page = await counter.visitSignedIn();
    await page.locator('[aria-keyshortcuts="F4"]').waitFor();
  }, 60_000);
  afterAll(async () => {
    await counter.close();
    await terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const acts = () => page.locator('.acts [data-act]').evaluateAll((all) => all.map((one) => one.dataset['act']));
  const holds = () =>
    terminal.terminal.ledger.entries
      .filter(({ kind }) => kind === 'preAuth')
      .map(({ state, amount }) => [state, amount]);
  const next = async () => {
    await page.locator('[data-act=next]').click();
    await page.locator('.amount-screen').waitFor();
  };
  const amount = () => page.locator('.amount-input');

  it('without an amount there is nothing to hold', async () => {
    expect(await page.locator('[aria-keyshortcuts="F4"]').isDisabled()).toBe(true);
    await page.keyboard.press('F4');
    expect(await page.locator('dialog').count()).toBe(0);
  });

  it('by keyboard: what it means is said before, Escape leaves the amount as it was', async () => {
    await amount().fill('1500');
    await page.keyboard.press('F4');
    await page.locator('dialog', { hasText: '不收款' }).waitFor();
    for (const theme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      expect(await foundByAxe(page), theme).toEqual([]);
    }
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await amount().inputValue()).toBe('1500');
    expect(await page.evaluate("document.activeElement.matches('.amount-input')")).toBe(true);
    expect(holds()).toEqual([]);
  });

  it('Enter asks the card for it: what the terminal wants is seen, then that it is held and not paid', async () => {
    await page.keyboard.press('F4');
    await page.getByRole('button', { name: '预授权，冻结 ¥1,500.00' }).waitFor();
    await page.keyboard.press('Enter');
    await untilState(page, '预授权，请刷卡');
    await page.locator('.note', { hasText: '终端：' }).waitFor();
    expect(await page.evaluate("document.activeElement.matches('main')"), 'whose field is gone goes on there').toBe(
      true,
    );
    expect(await page.locator('.todo strong').textContent()).toContain('只冻结，不扣款');
    expect(await page.locator('.acts').textContent(), 'nothing is collected that could be cancelled').toBe(
      '取消预授权',
    );
    await untilState(page, '预授权成功', 12_000);
    expect(await page.locator('.payment').getAttribute('data-tone')).toBe('wait');
    expect(await page.locator('.only-heard[role=status]').textContent()).toContain('预授权成功, ¥1,500.00.');
    expect(await acts()).toEqual(['next', 'completeHold', 'cancelHold', 'resolve']);
    expect(await page.evaluate("document.activeElement.matches('[data-act=next]')")).toBe(true);
    for (const act of ['completeHold', 'cancelHold', 'resolve']) {
      await page.locator(`[data-act=${act}]`).press('Enter');
      await page.locator('dialog h2').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate('document.activeElement.dataset.act'), 'where it was').toBe(act);
    }
    await page.locator('[data-act=next]').focus();
    expect(holds()).toEqual([['kept', 150_000]]);
    expect(terminal.terminal.ledger.total()).toBe(0);
    await page.locator('[data-act=next]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.amount-screen').waitFor();
    expect(await amount().inputValue()).toBe('');
  });

  it('by mouse: a card that is refused is told, and another one may take it', async () => {
    await amount().fill('12.51');
    await page.getByRole('button', { name: '预授权 只冻结，不收款' }).click();
    await page.locator('dialog [data-act=sure]').click();
    await untilState(page, '未收款');
    await page.locator('.todo strong', { hasText: '换一张卡' }).waitFor();
    expect((await acts()).slice(0, 2)).toEqual(['hold', 'card']);
    await page.locator('[data-act=hold]').click();
    await page.locator('dialog', { hasText: '¥12.51' }).waitFor();
    await page.locator('dialog [data-act=sure]').click();
    await expect.poll(() => holds().filter(([, fen]) => fen === 1_251), SOON).toHaveLength(2);
    await untilState(page, '未收款');
    await page.locator('[data-act=cancel]').click();
    await untilState(page, '已取消');
    await next();
  });

  it('a wish whose answer is lost is told again, and held once', async () => {
    await amount().fill('300');
    await page.keyboard.press('F4');
    await page.locator('dialog [data-act=sure]').waitFor();
    let lost = 0;
    const lose = async (route: Route) => {
      await route.fetch();
      await route.abort();
      lost += 1;
    };
    await page.route('**/v1/pre-authorisations*', lose, { times: 1 });
    await page.keyboard.press('Enter');
    await expect.poll(() => lost, SOON).toBe(1);
    await page.reload();
    await untilState(page, '预授权成功', 20_000);
    await expect.poll(() => page.evaluate("sessionStorage['tillwire.wishes']"), SOON).toBe('[]');
    expect(holds().filter(([, fen]) => fen === 30_000)).toEqual([['kept', 30_000]]);
    await next();
  });

  it('a terminal that does not answer: the agent says no, and what to do', async () => {
    await terminal.close();
    await amount().fill('80');
    await page.keyboard.press('F4');
    await page.locator('dialog [data-act=sure]').click();
    const banner = page.locator('.banner[role=alert]');
    await banner.waitFor();
    expect(await banner.textContent()).toContain('设备未连接 检查连接线');
    // nor does it begin by itself when the cable is back
    expect(await page.evaluate("sessionStorage['tillwire.wishes']")).toBe('[]');
    expect(await amount().inputValue()).toBe('80');
    expect(holds().filter(([, fen]) => fen === 8_000)).toEqual([]);
    expect(counter.complaints).toEqual([]);
  });
});
