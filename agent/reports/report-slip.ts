import type { Config } from '../config.ts';
import { channelName } from '../slips/slip-texts.ts';
import type { ReportSlip } from '../slips/till-slips.ts';
import type { ChannelRow, Report } from './report.ts';

/** A report as it is printed: what a manager adds up and holds against the statement. */
export function reportSlipOf(report: Report, merchant: Config['merchant']): ReportSlip {
  const { kind, number, from, until, rows, total, reversed, open, needsCheck, journal, holds } = report;
  return {
    kind: kind === 'shift' ? 'shift' : 'day',
    merchantName: merchant.name,
    merchantNo: merchant.merchantNo,
    terminalNo: merchant.terminalNo,
    operatorNo: report.closedBy ?? report.openedBy,
    shiftNo: number === undefined ? undefined : String(number),
    from,
    until,
    rows: rows.flatMap(linesOf),
    salesFen: total.salesFen,
    refundsFen: total.refundFen,
    feesFen: total.feeFen,
    discountsFen: total.discountFen,
    reversed,
    open: open + needsCheck,
    holds,
    journalHash: journal.hash.slice(0, 16),
  };
}

function linesOf({ channel, count, salesFen, refundCount, refundFen }: ChannelRow): ReportSlip['rows'] {
  const name = channelName(channel, 'zh-CN');
  const refunds = { kind: `${name} 退款`, count: refundCount, amountFen: -refundFen };
  return [{ kind: `${name} 收款`, count, amountFen: salesFen }, ...(refundCount > 0 ? [refunds] : [])];
}
