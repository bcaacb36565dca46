import { expect, it } from 'vitest';
import type { LocalRecord } from '../../../agent/statements/differences.ts';
import { CROSS_DAY_SECONDS, dayBeside, Reconciliation } from '../../../agent/statements/reconcile.ts';
import type { StatementChannel } from '../../../protocols/statements/row.ts';

// What becomes of a payment that the statements of `days` do not have.

function absent(channel: StatementChannel, timeLocal: string, days: readonly string[]): string | undefined {
  const record: LocalRecord = { channel, kind: 'PAYMENT', attemptId: 'A1', state: 'PAID', amountFen: 100, timeLocal };
  const reconciliation = new Reconciliation([record], { rates: {}, crossDaySeconds: CROSS_DAY_SECONDS });
  const [finding] = reconciliation.findings(days.map((day) => ({ channel, day })));
  return finding?.type;
}

it.each([
  ['WECHAT', '00:09:59', 'CROSS_DAY_PENDING'],
  ['WECHAT', '00:10:00', 'LOCAL_ONLY'],
  ['WECHAT', '23:49:59', 'LOCAL_ONLY'],
  ['WECHAT', '23:50:00', 'CROSS_DAY_PENDING'],
  ['ALIPAY', '23:15:00', 'LOCAL_ONLY'],
  ['UNIONPAY', '00:09:59', 'CROSS_DAY_PENDING'],
  ['UNIONPAY', '12:00:00', 'LOCAL_ONLY'],
  ['UNIONPAY', '22:49:59', 'LOCAL_ONLY'],
  ['UNIONPAY', '22:50:00', 'CROSS_DAY_PENDING'],
  ['UNIONPAY', '23:30:00', 'CROSS_DAY_PENDING'],
] as const)(
  "%s at %s and not in the statement of its day: %s (UnionPay's day ends at 23:00)",
  (channel, time, type) => {
    expect(absent(channel, `2026-11-22 ${time}`, ['2026-11-22'])).toBe(type);
  },
);

it.each([
  ['23:58:00', ['2026-11-22', '2026-11-25'], 'CROSS_DAY_PENDING'],
  ['23:58:00', ['2026-11-22', '2026-11-23'], 'CROSS_DAY_PENDING'],
  ['23:58:00', ['2026-11-22', '2026-11-23', '2026-11-25'], 'LOCAL_ONLY'],
  ['00:02:00', ['2026-11-22', '2026-11-23', '2026-11-25'], 'CROSS_DAY_PENDING'],
  ['00:02:00', ['2026-11-21', '2026-11-22', '2026-11-25'], 'LOCAL_ONLY'],
] as const)('paid at %s, in none of the statements of %j: %s', (time, days, type) => {
  expect(absent('WECHAT', `2026-11-22 ${time}`, days)).toBe(type);
});

it('the day beside is the next one, or behind midnight the one before, over the end of a year too', () => {
  expect(dayBeside('2026-12-31 23:59:59')).toBe('2027-01-01');
  expect(dayBeside('2027-01-01 00:00:00')).toBe('2026-12-31');
});
