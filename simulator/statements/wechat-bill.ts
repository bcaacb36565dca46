import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import { type BillTerms, beijing, entriesOf, feeOf, sum, yuan } from './bill.ts';

const HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

/** WeChat's trade bill (ALL): UTF-8, CRLF, a back-tick before every field, the summary last. */
export function wechatBill(ledger: readonly LedgerEntry[], terms: BillTerms): Uint8Array {
  const entries = entriesOf(ledger, ['WECHAT'], terms.day);
  const charges = entries.filter(({ kind }) => kind === 'charge');
  const back = entries.filter(({ kind }) => kind !== 'charge');
  const paid = yuan(sum(charges, ({ amountFen }) => amountFen));
  const returned = yuan(sum(back, ({ amountFen }) => amountFen));
  const fee = yuan(sum(entries, (entry) => feeOf(entry, terms.feeRateBp)));
  const lines = [
    HEADER,
    ...entries.map((entry) => ticked(fields(entry, terms))),
    SUMMARY,
    ticked([String(entries.length), paid, returned, '0.00', `${fee}000`, paid, returned]),
  ];
  return encodeUtf8(lines.map((line) => `${line}\r\n`).join(''));
}

function ticked(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}`).join(',');
}

function fields(entry: LedgerEntry, terms: BillTerms): string[] {
  const { kind, at, attemptId, transactionId, amountFen, refundId } = entry;
  const isCharge = kind === 'charge';
  const amount = yuan(amountFen);
  const state = isCharge ? 'SUCCESS' : kind === 'refund' ? 'REFUND' : 'REVOKED';
  const back = isCharge
    ? ['0', '0', '0.00', '0.00', '', '']
    : [`503${transactionId.slice(3)}`, refundId ?? attemptId, amount, '0.00', 'ORIGINAL', 'SUCCESS'];
  return [
    beijing(at),
    'wx8888888888888888',
    terms.merchantId,
    '',
    terms.terminalNo,
    transactionId,
    attemptId,
    'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    'MICROPAY',
    state,
    'OTHERS',
    'CNY',
    isCharge ? amount : '0.00',
    '0.00',
    ...back,
    `${terms.shopName},收款`,
    '',
    `${yuan(feeOf(entry, terms.feeRateBp))}000`,
    `${yuan(terms.feeRateBp)}%`,
    isCharge ? amount : '0.00',
    isCharge ? '0.00' : amount,
    '',
  ];
}
