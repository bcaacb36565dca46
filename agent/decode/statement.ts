import { formatYuan } from '../../protocols/money/fen.ts';
import { StatementFault, type StatementRow } from '../../protocols/statements/row.ts';
import { readStatementBytes } from '../statements/read-statement.ts';
import type { Decoder, Explanation } from './decoder.ts';

/** A channel's statement: its rows in the one format, under the names of unified.json. */
export const statementDecoder: Decoder = {
  kind: 'statement',
  summary:
    'the rows of a WeChat, Alipay or UnionPay statement (对账单), packed or not; UnionPay needs --file for its name',
  example: '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,...',
  explain(bytes, { name = '' }): Explanation {
    const rows: StatementRow[] = [];
    try {
      const summary = readStatementBytes(name, bytes, (row) => rows.push(row));
      const { channel, day, netFen } = summary;
      return {
        fields: { ...summary, count: rows.length, rows },
        lines: [`${channel} ${day ?? '-'}: ${rows.length} rows, net ${formatYuan(netFen)}`, ...rows.map(rowLine)],
        ok: true,
      };
    } catch (error) {
      if (!(error instanceof StatementFault)) throw error;
      const { code, message } = error;
      return { fields: { fault: code, detail: message }, lines: [`refused: ${code}: ${message}`], ok: false };
    }
  },
};

function rowLine({
  timeLocal,
  kind,
  status,
  amountFen,
  feeFen,
  attemptId,
  refundId,
  channelTxnId,
  title,
}: StatementRow) {
  const ids = [attemptId, refundId, channelTxnId].filter((id) => id !== null).join(' ');
  return `${timeLocal}  ${kind.padEnd(8)} ${status.padEnd(10)} ${formatYuan(amountFen).padStart(10)}  fee ${formatYuan(feeFen).padStart(6)}  ${ids}  ${title ?? ''}`;
}
