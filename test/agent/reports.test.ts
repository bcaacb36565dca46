import { describe, expect, it } from 'vitest';
import { FIRST_PERIODS, periodsAfter, type Report } from '../../agent/reports/report.ts';
import { reportOfDate } from '../../agent/reports/report-of-date.ts';
import { csvCell, reportCsv, reportLines } from '../../agent/reports/report-text.ts';
import { isTimeZone, ShopTime } from '../../agent/reports/shop-time.ts';
import { LocalCaller } from '../stories/local-caller.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';

const MERCHANT = {
  name: '街角小店',
  merchantNo: '898330158120001',
  terminalNo: 'T0000001',
  feeRateBp: { WECHAT: 60 },
};

const open = () => MemoryShop.open({ merchant: MERCHANT });
const clerk = (shop: MemoryShop) => new LocalCaller(shop, 'till-page', 'clerk-1');
const total = (answer: { json: Record<string, unknown> }) => (answer.json as unknown as Report).total;

describe('shifts and business days', () => {
  it('[003-9] a shift counts what came between its opening and its closing', async () => {
    const shop = await open();
    await shop.sell('BEFORE', 1_000);
    const { json } = await clerk(shop).ask('/v1/shifts', { body: {} });
    expect(json).toMatchObject({ kind: 'shift', number: 1, openedBy: 'clerk-1', total: { count: 0 } });
    await shop.sell('IN-1', 3_580);
    await shop.sell('IN-2', 2_000, 'alipay');
    const closed = await clerk(shop).ask('/v1/shifts/1/close', { body: {} });
    await shop.sell('AFTER', 700);
    expect(total(closed)).toMatchObject({ count: 2, salesFen: 5_580, refundFen: 0, feeFen: 21, netFen: 5_559 });
    expect(total(await clerk(shop).ask('/v1/takings/day'))).toMatchObject({ count: 4, salesFen: 7_280 });
    expect((await clerk(shop).ask('/v1/takings/shift')).status).toBe(404);
    expect(shop.slipText()).toContain('交班单');
  });

  it('a refund belongs to the shift in which it went back', async () => {
    const shop = await open();
    await clerk(shop).ask('/v1/shifts', { body: {} });
    await shop.sell('O1', 10_000);
    await clerk(shop).ask('/v1/shifts/1/close', { body: {} });
    await clerk(shop).ask('/v1/shifts', { body: {} });
    const who = { reason: '退货', requestedBy: 'clerk.7', approvedBy: 'manager.2' };
    await shop.command(
      'refund',
      { refundId: 'F1', orderId: 'O1', refundFen: 2_500, currency: 'CNY', ...who },
      BACKEND_KEY,
    );
    await shop.untilRefund('F1', 'REFUNDED');
    const second = await clerk(shop).ask('/v1/shifts/2/close', { body: {} });
    expect(total(second)).toMatchObject({ count: 0, refundCount: 1, refundFen: 2_500, feeFen: -15, netFen: -2_485 });
    expect(total(await clerk(shop).ask('/v1/takings/day'))).toMatchObject({ salesFen: 10_000, refundFen: 2_500 });
  });

  it('who says it twice closes nothing else, and the order is kept', async () => {
    const shop = await open();
    const ask = (path: string) => clerk(shop).ask(path, { body: {} });
    expect((await ask('/v1/shifts')).status).toBe(201);
    expect((await ask('/v1/shifts')).json).toMatchObject({ code: 'PERIOD_OTHER' });
    expect((await ask('/v1/days/1/close')).json).toMatchObject({ code: 'PERIOD_OTHER' });
    expect((await ask('/v1/shifts/1/close')).status).toBe(200);
    expect((await ask('/v1/shifts/1/close')).json).toMatchObject({ code: 'PERIOD_OTHER' });
    expect((await ask('/v1/days/1/close')).status).toBe(200);
    expect((await ask('/v1/days/1/close')).json).toMatchObject({ code: 'PERIOD_OTHER' });
    expect((await clerk(shop).ask('/v1/takings/day')).json).toMatchObject({ number: 2, total: { count: 0 } });
  });

  it('a business day begins where the last one ended', async () => {
    const shop = await open();
    await shop.sell('O1', 1_000);
    const first = await clerk(shop).ask('/v1/days/1/close', { body: {} });
    await shop.sell('O2', 2_000);
    const second = await clerk(shop).ask('/v1/days/2/close', { body: {} });
    expect([first, second].map((answer) => total(answer).salesFen)).toEqual([1_000, 2_000]);
    expect((second.json as unknown as Report).from).toBe((first.json as unknown as Report).until);
  });

  it('nobody closes anything without a name', async () => {
    const shop = await open();
    const answer = await new LocalCaller(shop, 'cashier').ask('/v1/shifts', { body: {} });
    expect([answer.status, answer.json['code']]).toEqual([403, 'PERSON_REQUIRED']);
  });

  it('the power fails in the middle of a shift: it goes on, with everything in it', async () => {
    const shop = await open();
    await clerk(shop).ask('/v1/shifts', { body: {} });
    await shop.sell('O1', 1_000);
    await shop.kill(0);
    await shop.start();
    await shop.pass(1_000);
    await shop.sell('O2', 2_000);
    const { json } = await clerk(shop).ask('/v1/takings/shift');
    expect(json).toMatchObject({ number: 1, openedBy: 'clerk-1', total: { count: 2, salesFen: 3_000 } });
  });

  it('a payment that becomes paid while the shift is being closed is in the next one, and in one only', async () => {
    const shop = await open();
    await clerk(shop).ask('/v1/shifts', { body: {} });
    await shop.sell('O1', 1_000);
    await shop.collect('O2', 2_000);
    shop.scan(shop.showCode());
    const first = await clerk(shop).ask('/v1/shifts/1/close', { body: {} });
    await clerk(shop).ask('/v1/shifts', { body: {} });
    await shop.untilState('O2', 'PAID');
    await shop.pass(1_000);
    const second = await clerk(shop).ask('/v1/shifts/2/close', { body: {} });
    expect(total(first).salesFen + total(second).salesFen).toBe(3_000);
    expect(total(await clerk(shop).ask('/v1/takings/day')).salesFen).toBe(3_000);
  });

  it('what is paid between two shifts is in the next one: the shifts add up to the day', async () => {
    const shop = await open();
    const ask = async (path: string) => total(await clerk(shop).ask(path, { body: {} }));
    await ask('/v1/shifts');
    await shop.sell('IN-1', 1_000);
    const first = await ask('/v1/shifts/1/close');
    await shop.sell('BETWEEN', 2_000);
    await shop.kill(0);
    await shop.start();
    await shop.pass(1_000);
    expect(await ask('/v1/shifts')).toMatchObject({ count: 1, salesFen: 2_000 });
    await shop.sell('IN-2', 4_000);
    const second = await ask('/v1/shifts/2/close');
    expect([first.salesFen, second.salesFen]).toEqual([1_000, 6_000]);
    await shop.sell('BEHIND-THE-LAST', 500);
    expect((await ask('/v1/days/1/close')).salesFen).toBe(7_500);
    await ask('/v1/shifts');
    await shop.sell('NEXT-DAY', 8_000);
    expect((await ask('/v1/shifts/3/close')).salesFen).toBe(8_000);
    expect((await ask('/v1/days/2/close')).salesFen).toBe(8_000);
  });

  it('what an older till remembers of its shifts still counts from where the next one is opened', () => {
    const opened = { kind: 'shift-opened', number: 3, personId: 'clerk-1', at: 0 } as const;
    expect(periodsAfter({ ...FIRST_PERIODS, shiftsSoFar: 2 }, opened, 60).shift?.after).toBe(60);
  });

  it('[003-12] the shop took something off: the order amount is booked, and what was off is told', async () => {
    const shop = await open();
    shop.acquirer.intents.send({ buyers: [{ afterMs: 5_000, wallet: 'WECHAT' }] });
    const lines = [{ name: '茶', quantity: '1', priceFen: 2_000, amountFen: 2_000 }];
    await shop.intent({ orderId: 'OFF-1', amountFen: 1_800, discountFen: 200, lines }).catch(() => undefined);
    await shop.untilIntent('OFF-1', 'PAID');
    const day = await clerk(shop).ask('/v1/takings/day');
    expect(total(day)).toMatchObject({ salesFen: 1_800, discountFen: 200, feeFen: 11 });
  });
});

describe('days of the shop', () => {
  it('midnight is where the shop is, also where a day has 25 hours', () => {
    const shanghai = new ShopTime('Asia/Shanghai');
    expect(shanghai.day(Date.UTC(2026, 10, 22, 15, 59, 59))).toBe('2026-11-22');
    expect(shanghai.day(Date.UTC(2026, 10, 22, 16, 0, 0))).toBe('2026-11-23');
    const berlin = new ShopTime('Europe/Berlin');
    // the clocks go back at three: two o'clock comes twice
    expect([0, 1, 2].map((hour) => berlin.hour(Date.UTC(2026, 9, 25, hour)))).toEqual([2, 2, 3]);
    expect(berlin.day(Date.UTC(2026, 9, 25, 22, 59))).toBe('2026-10-25');
    expect([isTimeZone('Asia/Shanghai'), isTimeZone('Asia/Atlantis')]).toEqual([true, false]);
  });

  it('a payment a second before midnight is of the old day, one behind it of the new', async () => {
    const shop = await open();
    await shop.pass(13 * 3_600_000 + 59 * 60_000);
    await shop.sell('LATE', 1_000);
    await shop.pass(60_000);
    await shop.sell('EARLY', 2_000);
    const of = async (day: string, timeZone = 'Asia/Shanghai') =>
      (await reportOfDate(shop.disk.open(), day, { rates: {}, timeZone })).total.salesFen;
    expect([await of('2026-11-22'), await of('2026-11-23')]).toEqual([1_000, 2_000]);
    expect(await of('2026-11-22', 'UTC')).toBe(3_000);
  });
});

describe('a report leaves the till', () => {
  const report: Report = {
    kind: 'day',
    number: 7,
    from: Date.UTC(2026, 10, 22, 2),
    until: Date.UTC(2026, 10, 22, 14),
    timeZone: 'Asia/Shanghai',
    rows: [
      {
        channel: 'WECHAT',
        count: 2,
        salesFen: 5_580,
        refundCount: 1,
        refundFen: 580,
        discountFen: 0,
        feeFen: 30,
        netFen: 4_970,
      },
      { channel: 'ECNY', count: 1, salesFen: 100, refundCount: 1, refundFen: 300, discountFen: 0, netFen: -200 },
    ],
    total: { count: 3, salesFen: 5_680, refundCount: 2, refundFen: 880, discountFen: 0, feeFen: 30, netFen: 4_770 },
    byHour: [],
    reversed: 1,
    open: 0,
    needsCheck: 0,
    journal: { seq: 99, hash: 'ab'.repeat(32) },
  };

  it('as CSV with one row for each channel', () => {
    expect(reportCsv(report).split('\r\n')).toEqual([
      'kind,number,from,until,channel,count,sales_yuan,refund_count,refunds_yuan,discount_yuan,fees_yuan,net_yuan',
      'day,7,2026-11-22 10:00,2026-11-22 22:00,WECHAT,2,55.80,1,5.80,0.00,0.30,49.70',
      'day,7,2026-11-22 10:00,2026-11-22 22:00,ECNY,1,1.00,1,3.00,0.00,,-2.00',
      'day,7,2026-11-22 10:00,2026-11-22 22:00,TOTAL,3,56.80,2,8.80,0.00,0.30,47.70',
      '',
    ]);
    expect(reportLines(report).join('\n')).toContain('47.70');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+86', "'+86"],
    ['-cmd', "'-cmd"],
    ['-2.00', '-2.00'],
    ['a,"b"', '"a,""b"""'],
  ])('the cell %s cannot become a formula', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });
});
