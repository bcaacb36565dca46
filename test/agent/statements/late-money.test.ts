import { expect, it } from 'vitest';
import type { Finding, LocalRecord } from '../../../agent/statements/differences.ts';
import { CROSS_DAY_SECONDS, Reconciliation } from '../../../agent/statements/reconcile.ts';
import type { StatementRow } from '../../../protocols/statements/row.ts';

// Money turned up behind an end without any, and the statement has it: as long as nobody has settled it, goods or a refund are owed.

const AT = { channel: 'WECHAT', attemptId: 'A1', amountFen: 1_250, timeLocal: '2026-11-22 12:00:00' } as const;
const ROW: StatementRow = {
  ...AT,
  kind: 'PAYMENT',
  status: 'SUCCESS',
  merchantId: 'M1',
  subMerchantId: null,
  terminalNo: null,
  channelTxnId: 'T1',
  refundId: null,
  channelRefundId: null,
  settleFen: 1_250,
  channelDiscountFen: 0,
  feeFen: 0,
  rate: null,
  title: null,
};

function finding(state: string, row: Partial<StatementRow> = {}): Finding | undefined {
  const record: LocalRecord = { ...AT, kind: 'PAYMENT', state };
  const reconciliation = new Reconciliation([record], { rates: {}, crossDaySeconds: CROSS_DAY_SECONDS });
  reconciliation.take({ ...ROW, ...row });
  return reconciliation.findings([{ channel: 'WECHAT', day: '2026-11-22' }])[0];
}

it('unsettled: the states contradict each other, which is high', () => {
  expect(finding('DISPUTED')).toMatchObject({
    type: 'STATUS_MISMATCH',
    was: 'DISPUTED',
    channel: 'SUCCESS',
    channelFen: 1_250,
    severity: 'high',
  });
});

it('taken back at the channel meanwhile: the statement decides', () => {
  expect(finding('DISPUTED', { kind: 'REVERSAL' })).toMatchObject({ type: 'LATE_RESOLVED', becomes: 'REVERSED' });
});

it('a payment of which nobody knows the end is resolved by the statement, as before', () => {
  expect(finding('UNKNOWN')).toMatchObject({ type: 'LATE_RESOLVED', becomes: 'PAID' });
});
