import { encodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import { type BillTerms, beijing, entriesOf, feeOf, sum, yuan } from './bill.ts';
import { zipOf } from './zip.ts';

const RULER = '-----------------------------------------';
const HEADER =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const SUMMARY =
  '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）';

interface Sums {
  readonly paidFen: number;
  readonly backFen: number;
  readonly feeFen: number;
  readonly charges: number;
  readonly returns: number;
}

/** Alipay's trade bill: two GBK files in a ZIP whose names are GBK too. */
export function alipayBill(ledger: readonly LedgerEntry[], terms: BillTerms): Uint8Array {
  const entries = entriesOf(ledger, ['ALIPAY'], terms.day);
  const charges = entries.filter(({ kind }) => kind === 'charge');
  const back = entries.filter(({ kind }) => kind !== 'charge');
  const sums = {
    paidFen: sum(charges, ({ amountFen }) => amountFen),
    backFen: sum(back, ({ amountFen }) => amountFen),
    feeFen: sum(entries, (entry) => feeOf(entry, terms.feeRateBp)),
    charges: charges.length,
    returns: back.length,
  };
  const name = `${terms.merchantId}_${terms.day.replaceAll('-', '')}_业务明细`;
  return zipOf([
    {
      name: encodeGb18030(`${name}.csv`),
      content: text([...detailHead(terms), ...entries.map((entry) => row(entry, terms)), ...detailTail(sums)]),
    },
    { name: encodeGb18030(`${name}(汇总).csv`), content: text(summary(sums, terms)) },
  ]);
}

function text(lines: readonly string[]): Uint8Array {
  return encodeGb18030(lines.map((line) => `${line}\r\n`).join(''));
}

function frame(title: string, { merchantId, day }: BillTerms): string[] {
  return [
    title,
    `#账号：[${merchantId}]`,
    `#起始日期：[${chinese(day)} 00:00:00]   终止日期：[${chinese(nextDay(day))} 00:00:00]`,
  ];
}

function detailHead(terms: BillTerms): string[] {
  return [...frame('#支付宝业务明细查询', terms), `#${RULER}业务明细列表${RULER}`, HEADER];
}

function detailTail({ charges, returns, paidFen, backFen }: Sums): string[] {
  return [
    `#${RULER}业务明细列表结束${RULER}`,
    `#交易合计：${charges}笔，商家实收共${yuan(paidFen)}元，商家优惠共0.00元`,
    `#退款合计：${returns}笔，商家实收退款共${yuan(backFen === 0 ? 0 : -backFen)}元，商家优惠退款共0.00元`,
  ];
}

/** The tab keeps a spreadsheet from taking a number for one. */
function row(entry: LedgerEntry, terms: BillTerms): string {
  const { kind, at, attemptId, transactionId, amountFen, refundId } = entry;
  const isCharge = kind === 'charge';
  const amount = yuan(isCharge ? amountFen : -amountFen);
  const fee = feeOf(entry, terms.feeRateBp);
  return [
    `${transactionId}\t`,
    `${attemptId}\t`,
    isCharge ? '交易' : '退款',
    `"${terms.shopName},""收款"""`,
    beijing(at),
    beijing(at),
    'S001',
    terms.shopName,
    'op01',
    terms.terminalNo,
    '*明(138****0000)',
    amount,
    amount,
    '0.00,0.00,0.00,0.00,0.00,,0.00,0.00',
    isCharge ? '' : `${refundId ?? attemptId}\t`,
    yuan(fee === 0 ? 0 : -fee),
    '0.00',
    '',
  ].join(',');
}

function summary({ charges, returns, paidFen, backFen, feeFen }: Sums, terms: BillTerms): string[] {
  const received = yuan(paidFen - backFen);
  const sums = [received, received, '0.00', '0.00', '0.00', yuan(-feeFen), '0.00', yuan(paidFen - backFen - feeFen)];
  const counts = [String(charges), String(returns)];
  return [
    ...frame('#支付宝业务汇总查询', terms),
    `#${RULER}业务汇总列表${RULER}`,
    SUMMARY,
    ['S001', terms.shopName, ...counts, ...sums].join(','),
    ['合计', '', ...counts, ...sums].join(','),
    `#${RULER}业务汇总列表结束${RULER}`,
  ];
}

function chinese(day: string): string {
  const [year, month, date] = day.split('-');
  return `${year}年${month}月${date}日`;
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}
