import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import type { Carried } from '../../agent/statements/carry.ts';
import type { LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import { wechatBill } from '../../simulator/statements/wechat-bill.ts';
import { eventually } from '../e2e/agent-process.ts';
import { needs } from '../needs.ts';
import { Counter, keyIn, untilState } from './counter.ts';

// The owner of a shop holds the channels' statements against the till, by what stands on the page.

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const beijingDay = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);

needs('chromium')('statements on the page', () => {
  let counter: Counter;
  let page: Page;
  const fetched: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-statements-'));
  beforeAll(async () => {
    counter = await Counter.open();
    await carriedSince(counter);
    page = await counter.visit();
    page.on('request', (request) => fetched.push(request.url()));
    await counter.signIn(page, 'wang');
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await counter.close();
  });

  const ledger = () => counter.shop.acquirer.ledger.entries;
  const day = () => beijingDay(ledger()[0]?.at ?? 0);

  /** The channel's file, with its books changed on the way. */
  function bill(change: (entries: readonly LedgerEntry[]) => readonly LedgerEntry[] = (entries) => entries) {
    const terms = { day: day(), terminalNo: 'T0000001', shopName: '街角小店', merchantId: '1900000109', feeRateBp: 60 };
    return { name: `wechat-${day()}.csv`, buffer: Buffer.from(wechatBill(change(ledger()), terms)) };
  }

  async function choose(...files: { name: string; buffer: Buffer }[]): Promise<void> {
    const paths = files.map(({ name, buffer }) => {
      writeFileSync(join(folder, name), buffer);
      return join(folder, name);
    });
    await page.getByLabel(/选择对账单文件|Choose statement files/).setInputFiles(paths);
  }

  const gone = () => page.locator('.findings li').filter({ hasText: '本机有，账单没有' });

  it('is reached from the report and fetched then, not before', async () => {
    await keyIn(page, '12.50');
    await counter.till.scan();
    await untilState(page, '收款成功');
    expect(fetched.filter((url) => url.includes('statement'))).toEqual([]);
    await page.getByRole('link', { name: '报表' }).click();
    await page.getByRole('link', { name: '对账：核对渠道账单' }).click();
    await page.getByRole('heading', { name: '对账', exact: true }).waitFor();
    await page.getByText('¥23.50').first().waitFor();
  });

  it('what waits for the statement of another day is shown with its age; a clerk sees it, a manager clears it with a note', async () => {
    const waiting = page.locator('.findings li').filter({ hasText: 'LATE-1' });
    await waiting.getByText('应已出现，请联系渠道').waitFor();
    await shoot(page, 'statements-carried');
    await waiting.getByRole('button', { name: '核销' }).click();
    await page.getByLabel('查清的结果和依据').fill('渠道已补账，工单 88');
    await page.getByRole('dialog').getByRole('button', { name: '核销' }).click();
    await page.getByText('没有待核的跨日收款').waitFor();
    await page.getByText('wang：渠道已补账，工单 88').waitFor();
    const clerk = await counter.visitSignedIn({ size: 'touch' });
    await clerk.goto(`${counter.till.url}/statements`);
    await clerk.getByText('wang：渠道已补账，工单 88').waitFor();
  });

  it('the statement agrees: said in green, with both sums, and remembered', async () => {
    await choose(bill());
    await page.locator('.verdict').getByText('对账平').waitFor();
    expect(await page.locator('.sums dd').allTextContents()).toEqual(['¥12.50', '¥12.50', '¥0.08', '¥12.42']);
    await page.getByRole('row', { name: new RegExp(`${day()} 微信支付 对账平 wang`) }).waitFor();
  });

  it('what is missing is named, with its order and what to do; printed when asked for', async () => {
    await choose(bill((entries) => entries.map((entry) => ({ ...entry, attemptId: 'NOBODYSATTEMPT' }))));
    await page.getByText('2 处需要处理').first().waitFor();
    await gone().getByText('联系渠道').waitFor();
    const [order = ''] = await gone().getByRole('link').allTextContents();
    expect(order).toMatch(/^P\d{6}-/);
    await page.locator('.findings li').filter({ hasText: '账单有，本机没有' }).getByText('查明是谁付的款').waitFor();
    const before = counter.shop.slips.length;
    await page.locator('.statement').getByRole('button', { name: '打印', exact: true }).click();
    await eventually('the slip', () => counter.shop.slips.length > before);
  });

  it('a file that is none, one that is cut off and one that is too large are refused, each in its own words', async () => {
    const { buffer } = bill();
    await choose(
      { name: '照片.csv', buffer: Buffer.from('not a statement') },
      { name: 'half.csv', buffer: buffer.subarray(0, buffer.indexOf('\n', buffer.indexOf('\n') + 1) + 1) },
      { name: 'large.csv', buffer: Buffer.alloc(16 * 1024 * 1024 + 1) },
    );
    await page.getByText('这不是微信、支付宝或银联的对账单').waitFor();
    await page.getByText('文件不完整').waitFor();
    await page.getByText('文件超过 16 MiB').waitFor();
  });

  it('more files than are read at once: it says how many were not read', async () => {
    const none = Array.from({ length: 14 }, (_, n) => ({ name: `无-${n + 1}.csv`, buffer: Buffer.from('none') }));
    await choose(...none);
    const unread = page.getByText('一次最多核对 12 个文件，另有 2 个没有核对');
    await unread.waitFor();
    await page.getByRole('heading', { name: '无-12.csv' }).waitFor();
    expect(await page.getByRole('heading', { name: /^无-/ }).count()).toBe(12);
    await choose(bill());
    await unread.waitFor({ state: 'detached' });
  });

  it('axe-core finds nothing, light and dark, Chinese and English', async () => {
    await page.evaluate(AXE);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate<string[]>(
        `axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
      );
      expect(found, colorScheme).toEqual([]);
      await shoot(page, `statements-${colorScheme}`);
      await page.getByRole('button', { name: /^(English|中文)$/ }).click();
    }
    expect(counter.complaints).toEqual([]);
  }, 60_000);
});

/** As it is after four mornings: a payment of a minute before midnight that no statement has. */
async function carriedSince({ till }: Counter): Promise<void> {
  await till.agent.kill('SIGKILL');
  const { book } = await TillBook.open(await folderFiles(join(till.dataDir, 'journal')), systemClock, 'T0000001');
  const lookedIn = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
  const carried: Carried = {
    key: 'WECHAT|P|LATEATTEMPT',
    channel: 'WECHAT',
    kind: 'PAYMENT',
    orderId: 'LATE-1',
    amountFen: 2_350,
    timeLocal: '2026-11-17 23:59:03',
    since: Date.UTC(2026, 10, 18, 2),
    lookedIn,
  };
  const about = {
    channel: 'WECHAT',
    sha256: 'ab'.repeat(32),
    rows: 1,
    ok: true,
    differences: 0,
    personId: 'wang',
  } as const;
  const at = Date.UTC(2026, 10, 21, 2);
  await book.write({ type: 'RECONCILED', reconciled: { ...about, day: '2026-11-20', at }, carried: [carried] });
  await book.close();
  await till.restart('SIGKILL');
}

/** For whoever wants to look: TILLWIRE_PICTURES=DIR. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['TILLWIRE_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
