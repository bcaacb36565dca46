import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { StatementChannel } from '../../protocols/statements/row.ts';
import type { MoneyFact } from '../reports/money-facts.ts';
import type { LocalRecord } from './differences.ts';

/** Whose statement lists it. A card shown as an EMVCo code goes through UnionPay's gateway. */
const STATEMENT_OF: Readonly<Partial<Record<PayChannel, StatementChannel>>> = {
  WECHAT: 'WECHAT',
  ALIPAY: 'ALIPAY',
  UNIONPAY: 'UNIONPAY',
  EMV: 'UNIONPAY',
};
const ALL: readonly StatementChannel[] = ['WECHAT', 'ALIPAY', 'UNIONPAY'];

/** The journal's word in the statements' terms. Nothing of channels without a statement. */
export function localRecords(facts: Iterable<MoneyFact>): LocalRecord[] {
  return [...facts].flatMap((fact) => {
    if (fact.channel === undefined)
      return ALL.map((channel) => ({ ...recordOf(fact, channel), unsaid: true as const }));
    const channel = STATEMENT_OF[fact.channel];
    return channel ? [recordOf(fact, channel)] : [];
  });
}

function recordOf(
  { kind, id, attemptId, orderId, state, amountFen, at }: MoneyFact,
  channel: StatementChannel,
): LocalRecord {
  const common = { channel, attemptId, orderId, state, timeLocal: beijingTime(at) };
  if (kind === 'payment') return { ...common, kind: 'PAYMENT', amountFen };
  return { ...common, kind: 'REFUND', refundId: id, amountFen: -amountFen };
}

/** Statements are in Beijing time, wherever the shop is: UTC+8, no summer time since 1991. */
export function beijingTime(unixMs: number): string {
  return new Date(unixMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
