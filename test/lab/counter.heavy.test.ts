import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { LabBench } from './lab-bench.ts';

/** The till asks WeChat again after 5 s. */
const QUERIED_MS = 25_000;

/** Somebody who never saw the page plays shop on it: by what stands on its buttons, and by nothing else. */
needs('chromium')('a stranger at the lab page', () => {
  let bench: LabBench;
  let page: Page;
  beforeAll(async () => {
    bench = await LabBench.open();
  }, 60_000);
  afterAll(() => bench.close());
  beforeEach(async () => {
    page = await bench.visit();
  });
  afterEach(async () => {
    await page.getByRole('tab', { name: '故障' }).click();
    await page.getByRole('button', { name: '全部撤除' }).click();
    await page.close();
    expect(bench.complaints).toEqual([]);
  });

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const reads = (text: string, timeout = 8_000) => page.getByText(text).first().waitFor({ timeout });
  /** the large words on top: how the order is */
  const state = (word: string, timeout = 8_000) =>
    page.getByRole('status').filter({ hasText: word }).first().waitFor({ timeout });
  const order = async (yuan: string) => {
    await page.getByLabel('金额（元）').fill(yuan);
    await press('扫码下单');
    await state('等待扫码');
  };
  const slips = () => page.getByRole('img', { name: '签购单' }).count();

  it('sells: order, scan, the customer confirms, the slip lies there and the money is in the book', async () => {
    await order('8.80');
    await press('对准手机扫码');
    await press('确认支付');
    await state('收款成功', QUERIED_MS);
    await page.getByRole('img', { name: '签购单' }).last().waitFor();
    expect(await page.getByRole('img', { name: '8.80' }).count()).toBe(1);
    await page.getByRole('tab', { name: '账本' }).click();
    await reads('+8.80');
    expect(bench.ledger.total()).toMatchObject({ charges: 1, reversals: 0, netFen: 880 });
  });

  it('is refused: too little money, nothing is booked, no slip', async () => {
    const before = { money: bench.ledger.total(), slips: await slips() };
    await page.getByRole('radio', { name: '余额不足' }).check();
    await order('3.20');
    await press('对准手机扫码');
    await state('没有收到钱');
    await state('支付未完成');
    await page.getByRole('radio', { name: '看手机再决定' }).check();
    expect(bench.ledger.total()).toEqual(before.money);
    expect(await slips()).toBe(before.slips);
  });

  it('runs out of paper: the slip waits, and comes out with the new roll', async () => {
    await press('缺纸');
    await page.getByRole('radio', { name: '直接付（免密）' }).check();
    const before = await slips();
    await order('5.00');
    await press('对准手机扫码');
    await state('收款成功', QUERIED_MS);
    expect(await slips()).toBe(before);
    await press('装纸');
    await expect.poll(slips, { timeout: 15_000 }).toBe(before + 1);
    expect(bench.ledger.total()).toMatchObject({ netFen: 1_380 });
    await page.getByRole('radio', { name: '看手机再决定' }).check();
  });

  it('loses an answer: the till asks again and learns that it was paid, once', async () => {
    await page.getByRole('tab', { name: '故障' }).click();
    await press('应答丢失：已向通道请求付款，回应未到收银机');
    await page.getByRole('radio', { name: '直接付（免密）' }).check();
    const charges = bench.ledger.total().charges;
    await order('6.60');
    await press('对准手机扫码');
    await state('结果未知，正在查询', QUERIED_MS);
    await state('收款成功', QUERIED_MS);
    expect(bench.ledger.total()).toMatchObject({ charges: charges + 1, reversals: 0 });
    await page.getByRole('radio', { name: '看手机再决定' }).check();
  });

  it('takes a card: the customer puts it in, the terminal approves, the slip comes; the red key ends another one', async () => {
    const card = async (yuan: string) => {
      await page.getByLabel('金额（元）').fill(yuan);
      await press('刷卡');
    };
    await card('9.00');
    await press('插卡');
    await state('交易成功', QUERIED_MS);
    // the roll of the sales before is on the page by now
    const before = await slips();
    const canvas = page.getByLabel('请在此签名');
    await canvas.waitFor();
    const box = await canvas.boundingBox();
    if (!box) throw new Error('no place to sign');
    await page.mouse.move(box.x + 20, box.y + 30);
    await page.mouse.down();
    for (let n = 1; n <= 12; n++) await page.mouse.move(box.x + 20 + n * 12, box.y + 30 + 20 * Math.sin(n));
    await page.mouse.up();
    await press('签好了');
    await state('收款成功', QUERIED_MS);
    await expect.poll(slips, { timeout: 15_000 }).toBe(before + 1);
    expect(bench.counter.cards.terminal.totalFen).toBe(900);
    expect(bench.counter.pad.view().signatures).toBe(1);
    await card('9.00');
    await press('取消键');
    await state('交易取消');
    await state('没有收到钱', QUERIED_MS);
    expect(bench.counter.cards.terminal.totalFen).toBe(900);
  });

  it('types a wrong PIN, then the right one', async () => {
    await page.getByLabel('金额（元）').fill('250.00');
    await press('刷卡');
    await press('插卡');
    await page.getByLabel('密码', { exact: true }).fill('9999');
    await press('确认键');
    await state('密码错误');
    await page.getByLabel('密码', { exact: true }).fill('1234');
    await press('确认键');
    await state('交易成功', QUERIED_MS);
    await press('替我签');
    await expect.poll(() => bench.counter.pad.view().signatures, { timeout: 8_000 }).toBe(2);
    expect(bench.counter.cards.terminal.totalFen).toBe(25_900);
  });

  it('sees no paycode on the wire, whole or in pieces', async () => {
    const seen = new Set<string>();
    await page.getByRole('tab', { name: '故障' }).click();
    await page.getByText('扫码枪：下一次扫码').click();
    await press('逐字节到达，中间有停顿');
    seen.add(bench.counter.phone.code);
    await press('对准手机扫码');
    await page.getByRole('tab', { name: '线路' }).click();
    await reads('扫码枪');
    const answer = await page.request.get(`${bench.server.url}v1/wire`);
    const text = await answer.text();
    expect(text).toContain('**');
    for (const code of seen) {
      expect(text).not.toContain(code);
      expect(text.replaceAll(' ', '')).not.toContain(Buffer.from(code).toString('hex'));
    }
    const gun = bench.counter.feed.lines.filter(({ wire }) => wire === 'gun');
    const digits = gun.map(({ title }) => title.replaceAll(/\D/g, '')).filter((run) => run.length > 6);
    expect(digits).toEqual([]);
  });
});
