import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { openTerminal, type TerminalPort } from '../../simulator/terminals/terminal-port.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { needs } from '../needs.ts';
import { Counter, untilState } from './counter.ts';

needs('chromium')('the clerk takes a card', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-card-page-'));
  let counter: Counter;
  let terminal: TerminalPort;
  beforeAll(async () => {
    const personality = { ...TERMINALS['zvt-brisk'], currency: 156, stepMs: 300 };
    terminal = await openTerminal({ personality, clock: systemClock, wire: 'pty', link: join(folder, 'terminal') });
    counter = await Counter.open({ terminal: { protocol: 'zvt', path: terminal.path } });
  }, 60_000);
  afterAll(async () => {
    await counter.close();
    await terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('by one button: what the terminal wants, then paid; a refused one is told and tried again', async () => {
    const page = await counter.visitSignedIn();
    const takeCard = async (yuan: string) => {
      await page.locator('.amount-input').fill(yuan);
      await page.locator('[aria-keyshortcuts="F3"]').click();
    };
    await page.locator('[aria-keyshortcuts="F3"]').waitFor();
    await takeCard('99');
    await untilState(page, '请刷卡');
    expect(await page.locator('.todo strong').textContent()).toContain('终端');
    await untilState(page, '收款成功');
    expect(terminal.terminal.ledger.total()).toBe(9_900);
    await page.locator('[data-act=next]').click();
    await page.locator('.amount-screen').waitFor();

    await page.locator('.amount-input').fill('12.51');
    await page.locator('.amount-acts button[type=submit]').click();
    await untilState(page, '请扫码');
    await page.locator('[data-act=card]').click();
    await untilState(page, '未收款');
    expect(await page.locator('.sentence').textContent()).toContain('余额不足');
    await counter.till.scan();
    await untilState(page, '收款成功');
    expect(terminal.terminal.ledger.total()).toBe(9_900);
    expect(counter.complaints).toEqual([]);
  });
});
