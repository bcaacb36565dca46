import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { openTerminal, type TerminalPort } from '../../simulator/terminals/terminal-port.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { needs } from '../needs.ts';
import { foundByAxe } from './axe.ts';
import { Counter, PEOPLE, untilState } from './counter.ts';

needs('chromium')('holds on customers’ cards (预授权) at the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-hold-page-'));
  let counter: Counter;
  let terminal: TerminalPort;
  let page: Page;
  beforeAll(async () => {
    const personality = { ...TERMINALS['zvt-brisk'], currency: 156 };
    terminal = await openTerminal({ personality, clock: systemClock, wire: 'pty', link: join(folder, 'terminal') });
    counter = await Counter.open({ terminal: { protocol: 'zvt', path: terminal.path } });
    page = await counter.visitSignedIn();
    await page.locator('[aria-keyshortcuts="F3"]').waitFor();
  }, 60_000);
  afterAll(async () => {
    await counter.close();
    await terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const hold = async (orderId: string) => {
    const token = counter.till.token({ scopes: ['collect'] });
    const body = { orderId, amountFen: 50_000 };
    const answer = await counter.till.ask('/v1/pre-authorisations?wait=20', { token, key: orderId, body });
    const { todo } = answer.json['clerk'] as { readonly todo?: { readonly zh: string } };
    expect(todo?.zh, 'no goods are handed over for a hold').not.toContain('交货');
    return answer.json['code'];
  };
  const acts = () => page.locator('.acts [data-act]').evaluateAll((all) => all.map((one) => one.dataset['act']));
  const settle = async () => {
    await page.locator('dialog label', { hasText: '依据' }).locator('input').fill('终端交易记录');
    await page.locator('dialog .wide').click();
    await page.locator('dialog .approve-what').waitFor();
    const said = await page.locator('dialog .approve-what').textContent();
    await page.locator('dialog input[type=password]').fill(PEOPLE.wang.pin);
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    return said;
  };
  const see = (orderId: string) => page.goto(`${counter.till.url}/records/${orderId}`);
  const entries = (kind: string) =>
    terminal.terminal.ledger.entries.filter((one) => one.kind === kind).map(({ state, amount }) => [state, amount]);
  /** Nothing on this page breaks a rule of axe's, in either language. */
  const isClean = async () => {
    for (const language of ['English', '中文']) {
      await page.getByRole('button', { name: language, exact: true }).click();
      expect(await foundByAxe(page), language).toEqual([]);
    }
  };

  it('one that stands is told as money that is held and not collected, and nothing else is taken for it', async () => {
    expect(await hold('R-1')).toBe('HELD');
    await page.getByRole('link', { name: '记录' }).click();
    const row = page.locator('.record-table tr', { hasText: 'R-1' });
    await row.waitFor();
    expect(await row.locator('.record-state').textContent()).toBe('预授权成功，不是收款');
    await row.locator('a').click();
    await untilState(page, '预授权');
    expect(await page.locator('.payment').getAttribute('data-tone')).toBe('wait');
    expect(await page.locator('.sentence').textContent()).toBe('预授权成功，资金已冻结，尚未收款');
    expect(await page.locator('.todo strong').textContent()).toContain('完成预授权');
    expect(await acts()).toEqual(['completeHold', 'cancelHold', 'resolve']);
    expect(await page.locator('.time-line').textContent()).toContain('预授权成功，不是收款');
    await isClean();
    await page.getByRole('link', { name: '收款', exact: true }).click();
    if (await page.locator('.payment').isVisible()) expect(await acts()).not.toContain('showCode');
  });

  it('among the records it is found as a hold that stands, of whatever day, and never as a payment taken back', async () => {
    await page.getByRole('link', { name: '记录' }).click();
    const state = page.getByLabel('状态');
    await state.selectOption('REVERSED');
    await page.locator('.nothing').waitFor();
    await state.selectOption('未结的预授权');
    const row = page.locator('.record-table tr', { hasText: 'R-1' });
    await row.waitFor();
    expect(await row.locator('.record-time').textContent()).toMatch(/\d{4}年/);
    expect(await page.getByLabel('日期').isDisabled()).toBe(true);
    expect(await page.locator('.records .note').textContent()).toBe('冻结中 1 笔，¥500.00');
    await page.getByLabel('单号或金额').fill('77');
    await page.keyboard.press('Enter');
    await page.locator('.nothing').waitFor();
    await isClean();
  });

  it('a charge that the bank refuses leaves it standing; a smaller one collects', async () => {
    await see('R-1');
    await page.locator('[data-act=completeHold]').click();
    const amount = page.locator('dialog .digits');
    await amount.fill('500.01');
    await page.locator('dialog', { hasText: '超过已冻结的 ¥500.00' }).waitFor();
    await amount.fill('380.51');
    await page.locator('dialog', { hasText: '多余的部分自动解冻' }).waitFor();
    expect(await foundByAxe(page)).toEqual([]);
    await page.locator('dialog [data-act=sure]').click();
    await page.locator('.payment[data-tone=bad]', { hasText: '预授权仍然有效' }).waitFor();
    expect(await acts()).toEqual(['completeHold', 'cancelHold', 'resolve']);

    await page.locator('[data-act=completeHold]').click();
    await amount.fill('380');
    await page.getByRole('button', { name: '完成预授权，收款 ¥380.00' }).click();
    await untilState(page, '收款成功');
    expect([entries('booking').at(-1), terminal.terminal.ledger.total()]).toEqual([['kept', 38_000], 38_000]);
  });

  it('more than is allowed the agent refuses, in its own words', async () => {
    expect(await hold('R-2')).toBe('HELD');
    await see('R-2');
    await page.locator('[data-act=completeHold]').click();
    await page.locator('dialog .digits').fill('500.01');
    await page.locator('dialog [data-act=sure]').click();
    await page.getByText('完成金额超过预授权允许的金额').first().waitFor();
    expect(entries('booking')).toEqual([
      ['declined', 38_051],
      ['kept', 38_000],
    ]);
  });

  it('it is given up after one question; its order may be paid again', async () => {
    await page.locator('[data-act=cancelHold]').click();
    await page.locator('dialog', { hasText: '¥500.00 全部解冻' }).waitFor();
    expect(await foundByAxe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await untilState(page, '预授权');
    await page.locator('[data-act=cancelHold]').click();
    await page.locator('dialog [data-act=sure]').click();
    await untilState(page, '未收款');
    expect(await page.locator('.payment').getAttribute('data-tone')).toBe('calm');
    expect(await page.locator('.sentence').textContent()).toBe('预授权已撤销，资金已解冻');
    expect(entries('preAuth').at(-1)).toEqual(['reversed', 50_000]);
    await page.getByRole('link', { name: '收款记录' }).click();
    await page.locator('.record-state', { hasText: '预授权已撤销' }).waitFor();
    await page.getByLabel('状态').selectOption('RELEASED');
    await page.locator('.record-table', { hasNotText: 'R-1' }).waitFor();
    expect(await page.locator('.record-state').count()).toBe(1);
  });

  it.each([
    ['已不存在', '未收款', '预授权已撤销，资金已解冻'],
    ['仍然有效', '预授权', '预授权成功，资金已冻结，尚未收款'],
  ])('one of which nobody knows: two persons say that it %s', async (found, word, sentence) => {
    terminal.terminal.faults.arm('other-amount');
    const orderId = found === '已不存在' ? 'R-3' : 'R-4';
    expect(await hold(orderId)).toBe('NEEDS_MANUAL_CHECK');
    await see(orderId);
    await untilState(page, '待人工核对');
    expect(await page.locator('.todo strong').textContent()).toContain('由主管登记预授权是否有效');
    await page.locator('[data-act=resolve]').click();
    await page.locator('dialog .choices label', { hasText: found }).click();
    expect(await page.locator('dialog input[name=outcome]').count(), 'a hold is no payment').toBe(1);
    expect(await foundByAxe(page)).toEqual([]);
    expect(await settle()).toContain(`预授权${found}`);
    await untilState(page, word);
    expect(await page.locator('.sentence').textContent()).toBe(sentence);
  });

  it('one that the bank gave up by itself is settled as gone', async () => {
    await page.locator('[data-act=resolve]').click();
    await page.locator('dialog .choices label', { hasText: '已不存在' }).waitFor();
    expect(await page.locator('dialog input[name=hold]').count(), 'it stands without a doubt').toBe(1);
    expect(await settle()).toContain('预授权已不存在');
    await untilState(page, '未收款');
    expect(counter.complaints).toEqual([]);
  });

  it('a charge of which nobody knows: who saw it says so, and the hold is over', async () => {
    expect(await hold('R-5')).toBe('HELD');
    await see('R-5');
    await page.locator('[data-act=completeHold]').click();
    terminal.terminal.faults.arm('other-amount');
    await page.locator('dialog [data-act=sure]').click();
    await untilState(page, '待人工核对');
    await page.locator('[data-act=resolve]').click();
    await page.locator('dialog .choices label', { hasText: '预授权已完成，已收款' }).click();
    expect(await page.locator('dialog input[name=hold]').count()).toBe(0);
    await settle();
    await untilState(page, '收款成功');
    expect(counter.complaints).toEqual([]);
  });
});
