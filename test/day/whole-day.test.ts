import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runTillwire } from '../../agent/cli.ts';
import type { Report } from '../../agent/reports/report.ts';
import { closedReports, reportOfDate } from '../../agent/reports/report-of-date.ts';
import { reconcileSlipOf } from '../../agent/statements/reconcile-slip.ts';
import type { LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import { LocalCaller } from '../stories/local-caller.ts';
import { TILL } from '../world/shop.ts';
import { DAY, type DayResult, FEE_RATES, nextMorning, saveJournal, wholeDay, writeStatements } from './whole-day.ts';

// One day of 300 payments, lived once; every test looks at the same next morning.

let day: DayResult;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-day-'));
  day = await wholeDay({ seed: 1, payments: 300 });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the channels list: payments of three wallets, and the rest of the ledger. */
const listed = ({ channel }: LedgerEntry) => ['WECHAT', 'ALIPAY', 'UNIONPAY', 'EMV'].includes(channel);
const charges = () => day.shop.acquirer.ledger.entries.filter((entry) => entry.kind === 'charge' && listed(entry));
const untouched = () => charges().filter(({ attemptId }) => !taken().has(attemptId));
const taken = () =>
  new Set(day.shop.acquirer.ledger.entries.filter(({ kind }) => kind !== 'charge').map(({ attemptId }) => attemptId));

function theFirst(): LedgerEntry {
  const [entry] = untouched();
  if (!entry) throw new Error('nobody paid');
  return entry;
}

const key = ({ channel, attemptId }: LedgerEntry) => `${channel === 'EMV' ? 'UNIONPAY' : channel}|P|${attemptId}`;

describe('a day of 300 payments with faults, power cuts and refunds', () => {
  it('had everything in it', () => {
    expect(day.refunds).toBe(20);
    for (const kind of [
      'power cuts',
      'walks away',
      'pays, nobody can be asked',
      'scans the code of the shop',
      'cancels',
    ])
      expect(day.story[kind], kind).toBeGreaterThan(0);
    expect(day.shop.acquirer.ledger.total().reversals).toBeGreaterThan(0);
    expect(charges().length).toBeGreaterThan(100);
  });

  it('[001-9] reconciles to the fen with the statements of the next morning', async () => {
    const report = await nextMorning(day);
    expect(report.findings).toEqual([]);
    expect(report.ok).toBe(true);
    const { entries } = day.shop.acquirer.ledger;
    const net = entries
      .filter(listed)
      .reduce((sum, { kind, amountFen }) => sum + (kind === 'charge' ? amountFen : -amountFen), 0);
    expect(report.totals.reduce((sum, { localFen }) => sum + localFen, 0)).toBe(net);
    expect(report.totals.reduce((sum, { channelFen }) => sum + channelFen, 0)).toBe(net);
    expect(report.statements.reduce((sum, { rows }) => sum + rows, 0)).toBe(entries.filter(listed).length);
  });

  it('[001-10] two shifts and the closing say what the ledger says, to the fen, fees too', async () => {
    const { entries } = day.shop.acquirer.ledger;
    const of = (kind: LedgerEntry['kind']) => entries.filter((entry) => entry.kind === kind);
    const sum = (some: readonly LedgerEntry[]) => some.reduce((total, { amountFen }) => total + amountFen, 0);
    const { total, needsCheck, open, number, closedBy } = day.closing;
    expect({ needsCheck, open, number, closedBy }).toEqual({
      needsCheck: 0,
      open: 0,
      number: 1,
      closedBy: 'manager-1',
    });
    expect(total.salesFen).toBe(sum(of('charge')) - sum(of('reversal')));
    expect([total.refundCount, total.refundFen]).toEqual([of('refund').length, sum(of('refund'))]);
    expect(total.count).toBe(of('charge').length - of('reversal').length);
    const adds = (read: (report: Report) => number) => day.shifts.reduce((all, shift) => all + read(shift), 0);
    expect(day.shifts.map(({ openedBy, closedBy: by }) => [openedBy, by])).toEqual([
      ['clerk-1', 'clerk-1'],
      ['clerk-2', 'clerk-2'],
    ]);
    expect(adds(({ total }) => total.salesFen)).toBe(total.salesFen);
    expect(adds(({ total }) => total.refundFen)).toBe(total.refundFen);
    expect(day.closing.byHour.reduce((all, { salesFen }) => all + salesFen, 0)).toBe(total.salesFen);
    const { totals } = await nextMorning(day);
    for (const { channel, feeFen, netFen } of totals) {
      const rows = day.closing.rows.filter(
        (row) => row.channel === channel || (row.channel === 'EMV' && channel === 'UNIONPAY'),
      );
      const read = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
      expect([read((row) => row.feeFen ?? 0), read((row) => row.netFen)], channel).toEqual([feeFen, netFen]);
    }
  });

  it('the backend was told of all three closings, and adds up to the same by itself', () => {
    const told = day.shop.backend.closings(TILL);
    expect(told.map(({ closing: { period, number } }) => [period, number])).toEqual([
      ['shift', 1],
      ['shift', 2],
      ['day', 1],
    ]);
    expect(told.flatMap(({ differences }) => differences)).toEqual([]);
    expect(told[2]?.closing.total).toEqual(day.closing.total);
  });

  it('the closing was printed, and the journal has it', async () => {
    expect(day.shop.slipText()).toContain('日结单');
    const [kept] = await closedReports(day.shop.disk.open(), 'day');
    expect(kept).toEqual(day.closing);
    const date = await reportOfDate(day.shop.disk.open(), DAY, { rates: FEE_RATES, timeZone: 'Asia/Shanghai' });
    expect(date.total).toEqual(day.closing.total);
  });

  it('[002-10] by one command, with the same words', async () => {
    const files = writeStatements(folder, day.shop.acquirer.ledger.entries);
    const data = await saveJournal(day, join(folder, 'till'));
    const said: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    const rates = ['wechat=0.60', 'alipay=0.55', 'unionpay=0.38'].flatMap((rate) => ['--rate', rate]);
    try {
      expect(await runTillwire(['reconcile', ...files, '--data', data, ...rates, '--json'])).toBe(0);
      expect(await runTillwire(['reconcile', ...files, '--data', data, '--rate', 'wechat=0.38'])).toBe(1);
    } finally {
      log.mockRestore();
    }
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ ok: true, findings: [] });
    expect(said[1]).toContain('FEE_MISMATCH');
  });
});

describe('what the channels say otherwise is found, each as what it is', () => {
  const morning = (change: (ledger: readonly LedgerEntry[]) => readonly LedgerEntry[]) => nextMorning(day, change);

  it('a payment that the channel does not list', async () => {
    const gone = theFirst();
    const { findings, ok } = await morning((ledger) => ledger.filter((entry) => entry !== gone));
    expect(findings).toEqual([{ key: key(gone), type: 'LOCAL_ONLY', severity: 'high' }]);
    expect(ok).toBe(false);
  });

  it('money that nobody here knows', async () => {
    const stranger = { ...theFirst(), attemptId: 'NOBODYSATTEMPT', amountFen: 4_200, transactionId: '9'.repeat(23) };
    const { findings } = await morning((ledger) => [...ledger, stranger]);
    expect(findings).toEqual([{ key: key(stranger), type: 'CHANNEL_ONLY', channelFen: 4_200, severity: 'high' }]);
  });

  it('another amount', async () => {
    const other = theFirst();
    const { findings } = await morning((ledger) =>
      ledger.map((entry) => (entry === other ? { ...entry, amountFen: entry.amountFen + 1 } : entry)),
    );
    expect(findings).toEqual([
      { key: key(other), type: 'AMOUNT_MISMATCH', localFen: other.amountFen, channelFen: other.amountFen + 1 },
    ]);
  });

  it('a reversal that the channel never made', async () => {
    const { entries } = day.shop.acquirer.ledger;
    const reversal = entries.find((entry) => entry.kind === 'reversal' && listed(entry));
    if (!reversal) throw new Error('nothing was reversed');
    const { findings } = await morning((ledger) => ledger.filter((entry) => entry !== reversal));
    expect(findings).toMatchObject([
      { key: key(reversal), type: 'STATUS_MISMATCH', was: 'REVERSED', severity: 'high' },
    ]);
  });

  it('on paper: what it comes to, and what to do', async () => {
    const gone = theFirst();
    const report = await morning((ledger) => ledger.filter((entry) => entry !== gone));
    const before = day.shop.slipText().length;
    const caller = new LocalCaller(day.shop, 'tillwire');
    const answer = await caller.ask('/v1/reconciliations/slips', { body: reconcileSlipOf(report) });
    expect(answer.status).toBe(202);
    await day.shop.pass(30_000);
    const paper = day.shop.slipText().slice(before);
    for (const words of ['对账结果', 'LOCAL_ONLY', gone.attemptId.slice(0, 8), '货可能已交出', '对账不平'])
      expect(paper).toContain(words);
  });

  it('a payment that was booked the day after', async () => {
    const late = theFirst();
    const { findings } = await morning((ledger) =>
      ledger.map((entry) => (entry === late ? { ...entry, at: entry.at + 86_400_000 } : entry)),
    );
    // ten in the morning is not close to midnight: it is missing, not carried over
    expect(findings).toEqual([{ key: key(late), type: 'LOCAL_ONLY', severity: 'high' }]);
  });

  it('a payment listed twice refuses the file before anything is compared', async () => {
    await expect(morning((ledger) => [...ledger, theFirst()])).rejects.toMatchObject({ code: 'DUPLICATE_IN_BILL' });
  });
});
