import { Columns } from './columns.ts';
import { type OnRow, StatementFault, type StatementReader, type StatementRow } from './row.ts';
import { given, negated, statementFen, statementTime } from './values.ts';

// WeChat trade bill (payment.md §5.1, pay.weixin.qq.com format-trade.html), UTF-8, one transaction a line:
//
//   交易时间,公众账号ID,商户号,...                      header: no back-ticks
//   `2024-11-20 15:00:02,`wx8888888888888888,`19000...   every field begins with a back-tick
//   总交易单数,应结订单总金额,...                       header of the summary
//   `10,`101.51,`30.00,...                               the summary, last
//
// Fields end at comma + back-tick, since a product's name may hold commas. One that holds comma + back-tick itself makes too
// many fields: what is too much belongs to the name. This is not CSV: a quotation mark is a letter here.

interface Layout {
  readonly count: number;
  readonly time: number;
  readonly merchant: number;
  readonly subMerchant: number;
  readonly device: number;
  readonly transaction: number;
  readonly order: number;
  readonly state: number;
  readonly settle: number;
  readonly coupon: number;
  readonly channelRefund: number;
  readonly refund: number;
  readonly refundSettle: number;
  readonly refundCoupon: number;
  readonly refundState: number;
  readonly title: number;
  readonly fee: number;
  readonly rate: number;
  readonly amount: number;
  readonly refundAmount: number;
}

/** Names of today, then those of before 2017. A SUCCESS bill (20 columns) has none about refunds. */
function layoutOf(header: string): Layout {
  const columns = new Columns(header.split(','));
  const settle = columns.need('应结订单金额', '总金额');
  const refundSettle = columns.find('退款金额');
  return {
    count: columns.count,
    time: columns.need('交易时间'),
    merchant: columns.need('商户号'),
    subMerchant: columns.find('特约商户号', '子商户号'),
    device: columns.find('设备号'),
    transaction: columns.need('微信订单号'),
    order: columns.need('商户订单号'),
    state: columns.need('交易状态'),
    settle,
    coupon: columns.find('代金券金额', '代金券或立减优惠金额', '企业红包金额'),
    channelRefund: columns.find('微信退款单号'),
    refund: columns.find('商户退款单号'),
    refundSettle,
    refundCoupon: columns.find('充值券退款金额', '代金券或立减优惠退款金额', '企业红包退款金额'),
    refundState: columns.find('退款状态'),
    title: columns.need('商品名称'),
    fee: columns.need('手续费'),
    rate: columns.find('费率'),
    amount: columns.find('订单金额') < 0 ? settle : columns.find('订单金额'),
    refundAmount: columns.find('申请退款金额') < 0 ? refundSettle : columns.find('申请退款金额'),
  };
}

/** Makes text of a field whose letters are bytes; throws where it is no UTF-8. */
export type DecodeField = (field: string) => string;

/**
 * Lines of a WeChat trade bill, without their ends. A million lines are read in half the time when every letter of them is one
 * byte and only what may hold Chinese is decoded: UTF-8 never hides a comma, a back-tick or a digit in a longer letter.
 */
export class WechatStatement implements StatementReader<string> {
  readonly #onRow: OnRow;
  readonly #decode: DecodeField;
  readonly #totals = new Totals();
  readonly #fields = new Fields();
  #layout: Layout | undefined;
  #summaryHeader: Columns | undefined;
  #summary: readonly string[] | undefined;
  /** a row that cannot be read: when nothing follows, the file was cut off in the middle of it */
  #broken: StatementFault | undefined;

  constructor(onRow: OnRow, decode: DecodeField = (field) => field) {
    this.#onRow = onRow;
    this.#decode = decode;
  }

  push(line: string): void {
    if (line === '') return;
    if (this.#broken) throw this.#broken;
    if (this.#summary) throw new StatementFault('ROW', 'something stands behind the summary');
    if (line.charCodeAt(0) !== BACKTICK) return this.#header(line);
    if (this.#summaryHeader) this.#summary = line.slice(1).split(',`');
    else this.#row(line);
  }

  end(): void {
    if (!this.#summary || !this.#summaryHeader || this.#summary.length < this.#summaryHeader.count)
      throw new StatementFault('NO_SUMMARY', 'the file ends before its summary');
    this.#totals.check(this.#summaryHeader, this.#summary);
  }

  #header(line: string): void {
    const text = this.#decode(line);
    if (!this.#layout) this.#layout = layoutOf(text);
    else if (!this.#summaryHeader) this.#summaryHeader = new Columns(text.split(','));
    else throw new StatementFault('ROW', 'a third header');
  }

  #row(line: string): void {
    const layout = this.#layout;
    if (!layout) throw new StatementFault('HEADER', 'rows before the header');
    const count = this.#fields.cut(line, layout);
    if (count < layout.count) {
      this.#broken = new StatementFault('ROW', `${count} fields instead of ${layout.count}`);
      return;
    }
    const row = rowOf(this.#fields, layout, this.#decode);
    this.#totals.add(row);
    this.#onRow(row);
  }
}

const BACKTICK = 0x60;
const COMMA = 0x2c;
/** Fields of one line; the widest bill has 29 columns, and a name may hold some back-ticks. */
const MOST_FIELDS = 256;

/**
 * Where the fields of one line begin: no line is taken to pieces, because most of its fields are never looked at. Every second
 * of reading a million lines was spent on that.
 */
class Fields {
  #line = '';
  readonly #starts = new Int32Array(MOST_FIELDS + 1);
  #count = 0;
  #title = 0;
  #extra = 0;

  /** How many there are. What is too much belongs to the name. */
  cut(line: string, { count, title }: Layout): number {
    this.#line = line;
    this.#count = 0;
    for (let at = line.indexOf('`'); at >= 0 && this.#count < MOST_FIELDS; at = line.indexOf('`', at + 1))
      if (at === 0 || line.charCodeAt(at - 1) === COMMA) this.#starts[this.#count++] = at + 1;
    this.#starts[this.#count] = line.length + 2;
    this.#title = title;
    this.#extra = Math.max(0, this.#count - count);
    return this.#count;
  }

  /** Of the column; empty when the bill has no such column. */
  at(column: number): string {
    if (column < 0) return '';
    const first = column > this.#title ? column + this.#extra : column;
    const behind = column >= this.#title ? column + this.#extra + 1 : column + 1;
    return this.#line.slice(this.#starts[first], (this.#starts[behind] ?? 0) - 2);
  }
}

function rowOf(fields: Fields, layout: Layout, decode: DecodeField): StatementRow {
  const at = (column: number): string => fields.at(column);
  const state = at(layout.state);
  const isPayment = state === 'SUCCESS';
  if (!isPayment && state !== 'REFUND' && state !== 'REVOKED')
    throw new StatementFault('ROW', `unknown 交易状态 "${state.slice(0, 40)}"`);
  const money = (index: number): number => (index < 0 ? 0 : statementFen(at(index)));
  return {
    channel: 'WECHAT',
    kind: isPayment ? 'PAYMENT' : state === 'REFUND' ? 'REFUND' : 'REVERSAL',
    status: isPayment ? 'SUCCESS' : at(layout.refundState),
    timeLocal: statementTime(at(layout.time)),
    merchantId: at(layout.merchant),
    subMerchantId: given(at(layout.subMerchant)),
    terminalNo: given(at(layout.device)),
    attemptId: given(at(layout.order)),
    channelTxnId: at(layout.transaction),
    refundId: isPayment ? null : given(at(layout.refund)),
    channelRefundId: isPayment ? null : given(at(layout.channelRefund)),
    amountFen: isPayment ? money(layout.amount) : negated(money(layout.refundAmount)),
    settleFen: isPayment ? money(layout.settle) : negated(money(layout.refundSettle)),
    channelDiscountFen: isPayment ? money(layout.coupon) : negated(money(layout.refundCoupon)),
    feeFen: money(layout.fee),
    rate: given(at(layout.rate)),
    title: given(decode(at(layout.title))),
  };
}

/** What the summary must say. Only money that went the way of its column is in it; the fee is net. */
class Totals {
  #count = 0;
  #settle = 0;
  #amount = 0;
  #refundSettle = 0;
  #refundAmount = 0;
  #refundCoupon = 0;
  #fee = 0;

  add(row: StatementRow): void {
    this.#count += 1;
    this.#fee += row.feeFen;
    if (row.kind === 'PAYMENT') {
      this.#settle += row.settleFen;
      this.#amount += row.amountFen;
      return;
    }
    this.#refundSettle -= row.settleFen;
    this.#refundAmount -= row.amountFen;
    this.#refundCoupon -= row.channelDiscountFen;
  }

  check(header: Columns, summary: readonly string[]): void {
    const printed = summary[header.need('总交易单数')] ?? '';
    if (printed !== String(this.#count))
      throw new StatementFault('SUMMARY_COUNT', `the summary counts ${printed} rows, the file holds ${this.#count}`);
    const sums: readonly (readonly [number, readonly string[]])[] = [
      [this.#settle, ['应结订单总金额', '总交易额']],
      [this.#refundSettle, ['退款总金额', '总退款金额']],
      [this.#refundCoupon, ['充值券退款总金额', '总代金券或立减优惠退款金额', '总企业红包退款金额']],
      [this.#fee, ['手续费总金额']],
      [this.#amount, ['订单总金额']],
      [this.#refundAmount, ['申请退款总金额']],
    ];
    for (const [sum, names] of sums) {
      const at = header.find(...names);
      if (at >= 0 && statementFen(summary[at] ?? '') !== sum)
        throw new StatementFault('SUMMARY_TOTAL', `${names[0]} is ${summary[at]}, the rows make ${sum} fen`);
    }
  }
}
