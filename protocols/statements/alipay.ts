import { Columns } from './columns.ts';
import { type OnRow, StatementFault, type StatementReader, type StatementRow } from './row.ts';
import { negated, statementFen, statementTime } from './values.ts';

// Alipay trade bill (payment.md §5.2): CSV in GBK, inside a ZIP. Lines with # frame it:
//
//   #支付宝业务明细查询
//   #账号：[20881000000000000156]
//   #起始日期：[2024年11月20日 00:00:00]   终止日期：[2024年11月21日 00:00:00]
//   #-----业务明细列表-----
//   支付宝交易号,商户订单号,...                       header
//   2024112022001400001000000001<TAB>,T0001...<TAB>   TAB: so that a spreadsheet leaves the number alone
//   #-----业务明细列表结束-----
//   #交易合计：3笔，商家实收共153.80元，商家优惠共2.00元
//   #退款合计：1笔，商家实收退款共-5.00元，商家优惠退款共0.00元
//
// Refund rows are negative; 服务费 is negative when it was charged.

const KINDS = new Map<string, StatementRow['kind']>([
  ['交易', 'PAYMENT'],
  ['退款', 'REFUND'],
]);

interface Layout {
  readonly columns: Columns;
  readonly trade: number;
  readonly order: number;
  readonly kind: number;
  readonly title: number;
  readonly finished: number;
  readonly terminal: number;
  readonly amount: number;
  readonly settle: number;
  readonly channelDiscount: number;
  readonly shopDiscount: number;
  readonly refund: number;
  readonly fee: number;
}

function layoutOf(names: readonly string[]): Layout {
  const columns = new Columns(names.map((name) => name.trim().replace(/（元）$/, '')));
  return {
    columns,
    trade: columns.need('支付宝交易号'),
    order: columns.need('商户订单号'),
    kind: columns.need('业务类型'),
    title: columns.need('商品名称'),
    finished: columns.need('完成时间'),
    terminal: columns.find('终端号'),
    amount: columns.need('订单金额'),
    settle: columns.need('商家实收'),
    channelDiscount: columns.find('支付宝优惠'),
    shopDiscount: columns.find('商家优惠'),
    refund: columns.need('退款批次号/请求号', '退款批次号'),
    fee: columns.need('服务费'),
  };
}

/** What one of the two footer lines says. */
interface Footer {
  readonly count: number;
  readonly settleFen: number;
  readonly discountFen: number;
}

/** Records of an Alipay trade bill: lines with #, header and rows, each as its CSV fields. */
export class AlipayStatement implements StatementReader<readonly string[]> {
  readonly #onRow: OnRow;
  #merchantId: string | undefined;
  #layout: Layout | undefined;
  #listEnded = false;
  #payments: Footer | undefined;
  #refunds: Footer | undefined;
  readonly #sums = { PAYMENT: newSum(), REFUND: newSum() };

  constructor(onRow: OnRow) {
    this.#onRow = onRow;
  }

  push(fields: readonly string[]): void {
    const [first = ''] = fields;
    if (fields.length === 1 && first.trim() === '') return;
    if (first.startsWith('#')) this.#mark(fields.join(','));
    else if (this.#listEnded) throw new StatementFault('ROW', 'a row behind the end of the list');
    else if (this.#layout) this.#row(fields, this.#layout);
    else this.#layout = layoutOf(fields);
  }

  end(): void {
    if (!this.#payments || !this.#refunds)
      throw new StatementFault('NO_SUMMARY', 'the file ends before 交易合计 and 退款合计');
    check('交易合计', this.#payments, this.#sums.PAYMENT);
    check('退款合计', this.#refunds, this.#sums.REFUND);
  }

  #mark(line: string): void {
    const account = /^#账号：\[([^\]]+)\]/.exec(line);
    if (account) this.#merchantId = account[1];
    if (/列表结束-*$/.test(line.trim())) this.#listEnded = true;
    if (line.startsWith('#交易合计：')) this.#payments = footer(line);
    if (line.startsWith('#退款合计：')) this.#refunds = footer(line);
  }

  #row(fields: readonly string[], layout: Layout): void {
    if (this.#merchantId === undefined) throw new StatementFault('HEADER', 'no 账号 before the rows');
    if (fields.length < layout.columns.count)
      throw new StatementFault('ROW', `${fields.length} fields instead of ${layout.columns.count}`);
    const row = rowOf(fields, layout, this.#merchantId);
    const sum = this.#sums[row.kind === 'PAYMENT' ? 'PAYMENT' : 'REFUND'];
    sum.count += 1;
    sum.settleFen += row.settleFen;
    if (layout.shopDiscount >= 0) sum.discountFen += statementFen(fields[layout.shopDiscount] ?? '');
    this.#onRow(row);
  }
}

function newSum() {
  return { count: 0, settleFen: 0, discountFen: 0 };
}

/** `#交易合计：3笔，商家实收共153.80元，商家优惠共2.00元` */
function footer(line: string): Footer {
  const match = /^#..合计：(\d{1,9})笔，商家实收(?:退款)?共(-?[\d.]+)元，商家优惠(?:退款)?共(-?[\d.]+)元/.exec(line);
  const [, count = '', settle = '', discount = ''] = match ?? [];
  if (!match) throw new StatementFault('NO_SUMMARY', `a summary that cannot be read: ${line.slice(0, 80)}`);
  return { count: Number(count), settleFen: statementFen(settle), discountFen: statementFen(discount) };
}

function check(name: string, printed: Footer, sum: Footer): void {
  if (printed.count !== sum.count)
    throw new StatementFault('SUMMARY_COUNT', `${name} counts ${printed.count} rows, the file holds ${sum.count}`);
  if (printed.settleFen !== sum.settleFen || printed.discountFen !== sum.discountFen)
    throw new StatementFault(
      'SUMMARY_TOTAL',
      `${name} is ${printed.settleFen} and ${printed.discountFen} fen, the rows make ${sum.settleFen} and ${sum.discountFen}`,
    );
}

function rowOf(fields: readonly string[], layout: Layout, merchantId: string): StatementRow {
  const at = (index: number): string => (fields[index] ?? '').trim();
  const kind = KINDS.get(at(layout.kind));
  if (!kind) throw new StatementFault('ROW', `unknown 业务类型 "${at(layout.kind).slice(0, 40)}"`);
  return {
    channel: 'ALIPAY',
    kind,
    status: 'SUCCESS',
    timeLocal: statementTime(at(layout.finished)),
    merchantId,
    subMerchantId: null,
    terminalNo: at(layout.terminal) || null,
    attemptId: at(layout.order) || null,
    channelTxnId: at(layout.trade),
    refundId: kind === 'REFUND' ? at(layout.refund) || null : null,
    channelRefundId: null,
    amountFen: statementFen(at(layout.amount)),
    settleFen: statementFen(at(layout.settle)),
    channelDiscountFen: layout.channelDiscount < 0 ? 0 : statementFen(at(layout.channelDiscount)),
    feeFen: negated(statementFen(at(layout.fee))),
    rate: null,
    title: at(layout.title) || null,
  };
}
