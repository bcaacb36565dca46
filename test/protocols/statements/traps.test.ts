import { expect, it } from 'vitest';
import { AlipayStatement } from '../../../protocols/statements/alipay.ts';
import { saysNoBill } from '../../../protocols/statements/no-bill.ts';
import type { StatementRow } from '../../../protocols/statements/row.ts';
import { UNIONPAY_LAYOUT, UnionPayStatement } from '../../../protocols/statements/unionpay.ts';
import { statementFen } from '../../../protocols/statements/values.ts';
import { WechatStatement } from '../../../protocols/statements/wechat.ts';

it.each([
  ['0.20000', 20],
  ['-0.06000', -6],
  ['-0.00', 0],
  ['0', 0],
  ['12', 1_200],
  ['101.5', 10_150],
  ['99999999999.99', 9_999_999_999_999],
])('%s is %i fen', (text, fen) => {
  expect(statementFen(text)).toBe(fen);
});

it.each(['', '1.005', '0.20001', '1e3', '+1.00', '1,000.00', ' 1.00', '1.', '.5', '--1', '100000000000.00', '１.00'])(
  '"%s" is no amount',
  (text) => {
    expect(() => statementFen(text)).toThrow(expect.objectContaining({ code: 'AMOUNT' }));
  },
);

const SUCCESS_HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

function wechat(lines: readonly string[]): StatementRow[] {
  const rows: StatementRow[] = [];
  const reader = new WechatStatement((row) => rows.push(row));
  for (const line of lines) reader.push(line);
  reader.end();
  return rows;
}

const paid =
  '`2024-11-20 15:00:02,`wx8,`190,`,`T1,`4200,`A1,`oU,`MICROPAY,`SUCCESS,`ICBC,`CNY,`35.80,`0.00,`茶,`,`0.21000,`0.60%,`35.80,`';

it('WeChat: a bill of successes has no columns about refunds', () => {
  const rows = wechat([SUCCESS_HEADER, paid, SUMMARY, '`1,`35.80,`0.00,`0.00,`0.21000,`35.80,`0.00']);
  expect(rows).toMatchObject([{ kind: 'PAYMENT', attemptId: 'A1', amountFen: 3_580, feeFen: 21, refundId: null }]);
});

it('WeChat: columns nobody knows do no harm', () => {
  const rows = wechat([
    `新的列,${SUCCESS_HEADER}`,
    `\`?,${paid}`,
    SUMMARY,
    '`1,`35.80,`0.00,`0.00,`0.21000,`35.80,`0.00',
  ]);
  expect(rows).toMatchObject([{ attemptId: 'A1', title: '茶' }]);
});

it.each([
  [
    'one fen more in a total',
    [SUCCESS_HEADER, paid, SUMMARY, '`1,`35.81,`0.00,`0.00,`0.21000,`35.80,`0.00'],
    'SUMMARY_TOTAL',
  ],
  [
    'another fee total',
    [SUCCESS_HEADER, paid, SUMMARY, '`1,`35.80,`0.00,`0.00,`0.22000,`35.80,`0.00'],
    'SUMMARY_TOTAL',
  ],
  ['a row behind the summary', [SUCCESS_HEADER, SUMMARY, '`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00', paid], 'ROW'],
  ['a row that is cut off, and more behind it', [SUCCESS_HEADER, paid.slice(0, 80), paid], 'ROW'],
  ['the summary cut off', [SUCCESS_HEADER, paid, SUMMARY, '`1,`35.80'], 'NO_SUMMARY'],
  ['an unknown state', [SUCCESS_HEADER, paid.replace('SUCCESS', 'SOMETHING')], 'ROW'],
  ['a needed column missing', [SUCCESS_HEADER.replace('手续费', '费')], 'HEADER'],
] as const)('WeChat: %s refuses the file', (_, lines, code) => {
  expect(() => wechat(lines)).toThrow(expect.objectContaining({ code }));
});

it('Alipay: the counts below the list are held against the rows', () => {
  const reader = new AlipayStatement(() => undefined);
  reader.push(['#账号：[2088]']);
  reader.push(
    '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,终端号,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,退款批次号/请求号,服务费（元）'.split(
      ',',
    ),
  );
  reader.push('1\t,A1\t,交易,茶,2024-11-20 15:20:01,2024-11-20 15:20:04,T1,35.80,35.80,0.00,0.00,,-0.21'.split(','));
  reader.push(['#交易合计：1笔，商家实收共35.80元，商家优惠共0.00元']);
  reader.push(['#退款合计：1笔，商家实收退款共-5.00元，商家优惠退款共0.00元']);
  expect(() => reader.end()).toThrow(expect.objectContaining({ code: 'SUMMARY_COUNT' }));
});

function unionPayLine(gap: string, values: Readonly<Record<string, string>>): Uint8Array {
  const text = UNIONPAY_LAYOUT.map(([name, width]) => (values[name] ?? '').padEnd(width)).join(gap);
  return Buffer.from(text.padEnd(gap === '' ? 567 : 607), 'latin1');
}

const CONSUME = {
  txnCode: 'S22',
  txnTime: '1231235959',
  amount: '000000010000',
  queryId: '202412312359590001238',
  orderId: 'A1',
  merFee: 'D000000000060',
  settleAmt: 'C000000009940',
  txnType: '01',
  merId: '700000000000001',
  termId: 'T0000001',
  discountAmt: 'C000000000000',
};

it.each(['', ' '])('UnionPay: fields with "%s" between them, and the last second of the old year', (gap) => {
  const rows: StatementRow[] = [];
  const reader = new UnionPayStatement('INN25010100ZM_700000000000001', (row) => rows.push(row));
  reader.push(unionPayLine(gap, CONSUME));
  reader.end();
  expect(rows).toMatchObject([
    { timeLocal: '2024-12-31 23:59:59', attemptId: 'A1', amountFen: 10_000, feeFen: 60, settleFen: 9_940 },
  ]);
});

it.each([
  ['another merchant', { merId: '700000000000002' }, 'MERCHANT'],
  ['a fee that does not fit', { merFee: 'D000000000061' }, 'AMOUNT'],
  ['an unknown transaction', { txnCode: 'X01', txnType: '77' }, 'ROW'],
  ['no such day', { txnTime: '1331235959' }, 'TIME'],
] as const)('UnionPay: %s refuses the file', (_, change, code) => {
  const reader = new UnionPayStatement('INN25010100ZM_700000000000001', () => undefined);
  expect(() => reader.push(unionPayLine(' ', { ...CONSUME, ...change }))).toThrow(expect.objectContaining({ code }));
});

it.each([
  '{"code":"NO_STATEMENT_EXIST","message":"账单文件不存在"}',
  '<xml><error_code><![CDATA[20002]]></error_code></xml>',
  '{"alipay_data_dataservice_bill_downloadurl_query_response":{"sub_code":"isp.bill_not_exist"}}',
])('%s is no bill, which is not an empty one', (text) => {
  expect(saysNoBill(text)).toBe(true);
});
