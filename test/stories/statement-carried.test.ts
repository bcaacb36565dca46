import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reconcileFiles } from '../../agent/statements/reconcile-files.ts';
import type { LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import { Owner } from './statement-owner.ts';

// A shop owner chooses the statement of a day on the page. What a date shift explains is carried to the statements of the next days.

const DAY_MS = 86_400_000;

/** From ten in the morning to a minute before midnight. */
const TO_MIDNIGHT = 13 * 3_600_000 + 59 * 60_000;

/** One payment at noon and one a minute before midnight. */
async function twoSales(): Promise<Owner> {
  const owner = await Owner.open();
  await owner.shop.sell('NOON', 1_000);
  await owner.shop.pass(TO_MIDNIGHT);
  await owner.shop.sell('LATE', 2_350);
  return owner;
}

const late = ({ amountFen }: LedgerEntry) => (amountFen === 2_350 ? 180_000 : 0);

describe('a statement chosen on the page', () => {
  it('agrees, and is remembered: who, which file, which day', async () => {
    const owner = await Owner.open();
    await owner.shop.sell('NOON', 1_000);
    const { status, json } = await owner.choose('2026-11-22', owner.bill('2026-11-22'));
    expect([status, json]).toEqual([
      200,
      expect.objectContaining({
        ok: true,
        channel: 'WECHAT',
        day: '2026-11-22',
        rows: 1,
        matched: 1,
        localFen: 1_000,
        channelFen: 1_000,
        feeFen: 6,
        netFen: 994,
        findings: [],
      }),
    ]);
    await owner.restart();
    expect(await owner.days()).toMatchObject([
      { channel: 'WECHAT', day: '2026-11-22', ok: true, differences: 0, personId: 'owner', rows: 1 },
    ]);
  });

  it("the terminal was replaced at noon: the morning's payments are ours, another till's are not", async () => {
    const owner = await Owner.open();
    await owner.shop.sell('MORNING', 1_000);
    const old = owner.bill('2026-11-22', undefined, 'T0000009');
    const { json } = await owner.choose('2026-11-22', old);
    expect([json.ok, json['matched'], json['otherTerminals'], json.findings]).toEqual([true, 1, 0, []]);
    expect([json['localFen'], json['channelFen']]).toEqual([1_000, 1_000]);
    const other = await Owner.open();
    const beside = await other.choose('2026-11-22', old);
    expect([beside.json.ok, beside.json['otherTerminals'], beside.json.findings]).toEqual([true, 1, []]);
  });

  it('what is missing there is named with its order, its amount and what to do', async () => {
    const owner = await Owner.open();
    await owner.shop.sell('NOON', 1_000);
    await owner.shop.sell('GONE', 4_200);
    const shift = ({ amountFen }: LedgerEntry) => (amountFen === 4_200 ? 40 * DAY_MS : 0);
    const { json } = await owner.choose('2026-11-22', owner.bill('2026-11-22', shift));
    expect(json.ok).toBe(false);
    expect(json.findings).toMatchObject([{ type: 'LOCAL_ONLY', orderId: 'GONE', amountFen: 4_200, urgency: 'high' }]);
    expect(json.findings[0]?.what.zh).toContain('联系渠道');
  });

  it.each([
    ['a spreadsheet', 'a,b\n1,2\n', 'UNKNOWN_FORMAT', '原始对账单'],
    ['no bill yet', '{"code":"NO_STATEMENT_EXIST","message":"账单文件不存在"}', 'NO_BILL', '次日 10 点'],
  ])('%s is refused in the words of whoever downloaded it, and nothing is journaled', async (_, text, code, words) => {
    const owner = await Owner.open();
    const { status, json } = await owner.choose('2026-11-22', Uint8Array.from(Buffer.from(text)));
    expect([status, json['code']]).toEqual([422, 'STATEMENT_REFUSED']);
    expect(json['detail']).toContain(code);
    expect(JSON.stringify(json['remedy'])).toContain(words);
    expect(await owner.days()).toEqual([]);
  });

  it('a file cut off in the middle is refused whole', async () => {
    const owner = await Owner.open();
    await owner.shop.sell('NOON', 1_000);
    const file = owner.bill('2026-11-22');
    const { json } = await owner.choose('2026-11-22', file.slice(0, file.length - 120));
    expect(json['code']).toBe('STATEMENT_REFUSED');
    expect(await owner.carried()).toEqual([]);
  });

  it('without rows its name must say the day; then everything of that day is missing there', async () => {
    const owner = await Owner.open();
    await owner.shop.sell('NOON', 1_000);
    const empty = owner.bill('2026-11-20');
    const nameless = await owner.choose('2026-11-22', empty, 'wechat.csv');
    expect([nameless.status, nameless.json['detail']]).toEqual([422, expect.stringMatching(/^DATE: /)]);
    expect(JSON.stringify(nameless.json['remedy'])).toContain('文件名要有日期');
    expect(await owner.days()).toEqual([]);
    const named = await owner.choose('2026-11-22', empty);
    expect([named.json.ok, named.json['day'], named.json.findings]).toEqual([
      false,
      '2026-11-22',
      [expect.objectContaining({ type: 'LOCAL_ONLY', orderId: 'NOON' })],
    ]);
  });

  it('`tillwire reconcile` takes the day of a file without rows from its name, and refuses one without a day', async () => {
    const owner = await Owner.open();
    await owner.shop.sell('NOON', 1_000);
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-2026-11-20-'));
    const reconciled = (name: string) => {
      writeFileSync(join(folder, name), owner.bill('2026-11-20'));
      return reconcileFiles([join(folder, name)], owner.shop.disk.open(), { rates: {} });
    };
    try {
      const { ok, findings } = await reconciled('wechat-20261122.csv');
      expect([ok, findings.map(({ type }) => type)]).toEqual([false, ['LOCAL_ONLY']]);
      await expect(reconciled('wechat.csv')).rejects.toMatchObject({ code: 'DATE' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('while one is still on its way, no other is taken in', async () => {
    const owner = await Owner.open();
    await owner.shop.sell('NOON', 1_000);
    const slow = owner.chooseSlowly('2026-11-22', owner.bill('2026-11-22'));
    const second = await owner.choose('2026-11-22', owner.bill('2026-11-22'));
    expect(second.json['code']).toBe('STATEMENT_BUSY');
    await slow.finish();
    expect((await slow.answer).json['ok']).toBe(true);
    expect(await owner.days()).toHaveLength(1);
  });

  it('more than 16 MiB is not begun', async () => {
    const owner = await Owner.open();
    const { status, json } = await owner.choose('2026-11-22', new Uint8Array(16 * 1024 * 1024 + 1));
    expect([status, json['code']]).toEqual([413, 'STATEMENT_TOO_LARGE']);
  });
});

describe('carried from one day to the next', () => {
  it("paid a minute before midnight, in tomorrow's statement: carried over a restart, then matched", async () => {
    const owner = await twoSales();
    const today = await owner.choose('2026-11-22', owner.bill('2026-11-22', late));
    expect(today.json.ok).toBe(true);
    expect(today.json.findings).toMatchObject([{ type: 'CROSS_DAY_PENDING', orderId: 'LATE', amountFen: 2_350 }]);
    await owner.restart();
    expect(await owner.carried()).toMatchObject([
      { orderId: 'LATE', amountFen: 2_350, lookedIn: ['2026-11-22'], overdue: false, ageDays: 0 },
    ]);
    await owner.shop.pass(DAY_MS);
    expect(await owner.carried()).toMatchObject([{ ageDays: 1 }]);
    const tomorrow = await owner.choose('2026-11-23', owner.bill('2026-11-23', late));
    expect([tomorrow.json.ok, tomorrow.json.findings]).toEqual([true, []]);
    expect(await owner.carried()).toMatchObject([{ orderId: 'LATE', end: { kind: 'matched', day: '2026-11-23' } }]);
    // looked at again it stays what it is
    expect((await owner.choose('2026-11-22', owner.bill('2026-11-22', late))).json.findings).toEqual([]);
  });

  it("tomorrow's statement is chosen first: today's is not waited for", async () => {
    const owner = await twoSales();
    await owner.choose('2026-11-23', owner.bill('2026-11-23', late));
    const today = await owner.choose('2026-11-22', owner.bill('2026-11-22', late));
    expect([today.json.ok, today.json.findings]).toEqual([true, []]);
    expect((await owner.carried()).filter(({ end }) => end === undefined)).toEqual([]);
  });

  it('in none of three statements: it is missing, and stays until a person says what became of it', async () => {
    const owner = await twoSales();
    const never = ({ amountFen }: LedgerEntry) => (amountFen === 2_350 ? 40 * DAY_MS : 0);
    await owner.choose('2026-11-22', owner.bill('2026-11-22', never));
    for (const day of ['2026-11-23', '2026-11-24']) {
      await owner.shop.pass(DAY_MS);
      expect((await owner.choose(day, owner.bill(day, never))).json.ok, day).toBe(true);
    }
    await owner.shop.pass(DAY_MS);
    const last = await owner.choose('2026-11-25', owner.bill('2026-11-25', never));
    expect(last.json.ok).toBe(false);
    expect(last.json.findings).toMatchObject([{ type: 'LOCAL_ONLY', orderId: 'LATE', amountFen: 2_350 }]);
    const [carried] = await owner.carried();
    expect(carried).toMatchObject({ overdue: true, ageDays: 3 });
    const cleared = await owner.clear(carried?.['key'], '渠道已补账 138****0000');
    expect(cleared.json).toMatchObject({ overdue: false, end: { kind: 'cleared', personId: 'owner' } });
    expect((await owner.clear(carried?.['key'], 'again')).status).toBe(404);
    await owner.restart();
    expect((await owner.choose('2026-11-22', owner.bill('2026-11-22', never))).json.findings).toEqual([]);
  });

  it('its own day is downloaded again and has it: it waits no more', async () => {
    const owner = await twoSales();
    await owner.choose('2026-11-22', owner.bill('2026-11-22', late));
    const again = await owner.choose('2026-11-22', owner.bill('2026-11-22'));
    expect([again.json.ok, again.json['matched'], again.json.findings]).toEqual([true, 2, []]);
    expect(await owner.carried()).toMatchObject([{ orderId: 'LATE', end: { kind: 'matched', day: '2026-11-22' } }]);
    const later = await owner.choose('2026-11-25', owner.bill('2026-11-25'));
    expect([later.json.ok, later.json.findings]).toEqual([true, []]);
  });

  it("the day beside was never chosen: that day's statement is wanted, and nothing is called missing", async () => {
    const owner = await twoSales();
    await owner.choose('2026-11-22', owner.bill('2026-11-22', late));
    const third = await owner.choose('2026-11-25', owner.bill('2026-11-25', late));
    expect([third.json.ok, third.json.findings]).toEqual([true, []]);
    expect(await owner.carried()).toMatchObject([{ overdue: false, wanted: '2026-11-23' }]);
    const never = ({ amountFen }: LedgerEntry) => (amountFen === 2_350 ? 40 * DAY_MS : 0);
    const beside = await owner.choose('2026-11-23', owner.bill('2026-11-23', never));
    expect(beside.json.findings).toMatchObject([{ type: 'LOCAL_ONLY', orderId: 'LATE' }]);
    const [carried] = await owner.carried();
    expect([carried?.['overdue'], carried?.['wanted']]).toEqual([true, undefined]);
  });

  it('the till itself takes the payment back: nothing is expected any more', async () => {
    const owner = await twoSales();
    await owner.choose('2026-11-22', owner.bill('2026-11-22', late));
    const { book } = owner.shop.process.till;
    const record = book.attempts.get(book.orders.get('LATE')?.attemptId ?? '');
    const order = book.orders.get('LATE');
    if (!record || !order) throw new Error('no payment');
    const attempt = { ...record.attempt, state: 'REVERSED' as const };
    await book.write({ type: 'ATTEMPT', record: { ...record, attempt }, order });
    await owner.choose(
      '2026-11-23',
      owner.bill('2026-11-23', ({ amountFen }) => (amountFen === 2_350 ? 9 * DAY_MS : 0)),
    );
    expect(await owner.carried()).toMatchObject([{ end: { kind: 'void' } }]);
  });
});
