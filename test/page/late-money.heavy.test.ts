import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock as agentClock } from '../../agent/clock.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { openTerminal, type TerminalPort } from '../../simulator/terminals/terminal-port.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { needs } from '../needs.ts';
import { lateYes } from '../world/late-yes.ts';
import { foundByAxe } from './axe.ts';
import { Counter, PEOPLE, untilState } from './counter.ts';

needs('chromium')('late money at the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-late-page-'));
  let counter: Counter;
  let terminal: TerminalPort;
  beforeAll(async () => {
    const personality = { ...TERMINALS['zvt-brisk'], currency: 156 };
    terminal = await openTerminal({ personality, clock: systemClock, wire: 'pty', link: join(folder, 'terminal') });
    counter = await Counter.open({ terminal: { protocol: 'zvt', path: terminal.path } });
  }, 60_000);
  afterAll(async () => {
    await counter.close();
    await terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const seen = async (orderId: string) =>
    (await counter.till.ask(`/v1/orders/${orderId}`, { token: counter.till.token({ scopes: ['read'] }) })).json;

  const untilPaid = async () => {
    const until = Date.now() + 15_000;
    while ((await seen('L-1'))['remainingFen'] !== 50_000) expect(Date.now(), 'not paid').toBeLessThan(until);
  };

  it('a hold that was refused and stands after all, of an order paid another way: its own number, and paid', async () => {
    const token = counter.till.token({ scopes: ['collect'] });
    const body = { orderId: 'L-1', amountFen: 50_000 };
    const before = await counter.visitSignedIn();
    await before.locator('[aria-keyshortcuts="F3"]').waitFor();
    await before.close();
    terminal.terminal.faults.arm('printer-not-ready');
    await counter.till.ask('/v1/pre-authorisations?wait=20', { token, key: 'hold', body });
    const { hold } = (await seen('L-1')) as { readonly hold?: { readonly holdId: string; readonly state: string } };
    expect(hold?.state).toBe('REFUSED');
    await counter.till.ask('/v1/orders', { token, key: 'pay', body });
    await counter.till.scan();
    await untilPaid();
    const paid = (await seen('L-1')) as { readonly attempt?: { readonly transactionId?: string } };

    await counter.till.agent.kill('SIGKILL');
    const { book } = await TillBook.open(await folderFiles(join(counter.till.dataDir, 'journal')), agentClock, 'T');
    await lateYes(book, hold?.holdId ?? '', Date.now());
    await book.close();
    await counter.till.restart();

    const page = await counter.visitSignedIn();
    await page.locator('.open-orders').click();
    await page.locator('.order-list', { hasText: '¥500.00 · 银行卡 · 0002' }).waitFor();
    expect(await page.locator('.order-list').textContent()).toContain('终端先拒绝、后又执行了这笔预授权操作');
    await page.keyboard.press('Escape');
    await page.goto(`${counter.till.url}/records/L-1`);
    await untilState(page, '待人工核对');
    const late = await page.locator('.facts [data-late]').textContent();
    expect(late).toBe('意外到账¥500.00 · 银行卡 · 0002');
    expect(late).not.toContain(paid.attempt?.transactionId ?? '-');
    expect(await page.locator('.todo strong').textContent()).toContain('终端先拒绝、后又执行了这笔预授权操作');

    await page.locator('[data-act=resolve]').click();
    await page.locator('dialog', { hasText: '这单还有另一笔款' }).waitFor();
    const choices = page.locator('dialog .choices label');
    expect(await choices.allTextContents()).toEqual(['已收到钱', '钱已退给顾客']);
    await choices.filter({ hasText: '已收到钱' }).click();
    await choices.filter({ hasText: '已不存在' }).click();
    expect(await foundByAxe(page)).toEqual([]);
    await page.locator('dialog label', { hasText: '依据' }).locator('input').fill('终端交易记录');
    await page.locator('dialog .wide').click();
    await page.locator('dialog input[type=password]').fill(PEOPLE.wang.pin);
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await untilState(page, '收款成功');
    expect(await page.locator('.facts [data-late]').count()).toBe(0);
    expect(counter.complaints).toEqual([]);
  }, 60_000);
});
