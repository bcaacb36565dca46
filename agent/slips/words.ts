/** zh-CN slips show Chinese with small English captions where the paper is wide enough, en slips English only. */
export type Locale = 'zh-CN' | 'en';

type Word = readonly [zh: string, en: string];

/** Labels of slips; the Chinese ones are those of JR/T 0001-2001 §8 and of wallet practice (receipts.md 5.2). */
export const WORDS = {
  merchantName: ['商户名称', 'Merchant'],
  merchantNo: ['商户编号', 'Merchant no.'],
  terminalNo: ['终端编号', 'Terminal no.'],
  operatorNo: ['操作员号', 'Operator no.'],
  transactionType: ['交易类型', 'Type'],
  channel: ['支付方式', 'Paid by'],
  paycode: ['付款码', 'Payment code'],
  slipId: ['凭证号', 'Slip no.'],
  orderId: ['订单号', 'Order no.'],
  attemptId: ['商户订单号', 'Payment ID'],
  transactionId: ['交易单号', 'Trans. no.'],
  journal: ['记录校验', 'Journal'],
  time: ['交易时间', 'Date/time'],
  issuer: ['发卡行', 'Issuer'],
  acquirer: ['收单行', 'Acquirer'],
  cardNo: ['卡号', 'Card no.'],
  expiry: ['有效期', 'Expires'],
  batchNo: ['批次号', 'Batch no.'],
  voucherNo: ['凭证号', 'Voucher no.'],
  authNo: ['授权码', 'Auth. no.'],
  referenceNo: ['参考号', 'Ref. no.'],
  orderAmount: ['订单金额', 'Order'],
  discount: ['优惠金额', 'Discount'],
  tip: ['小费', 'Tip'],
  amount: ['金额', 'Amount'],
  paidAmount: ['实付金额', 'Paid'],
  refundAmount: ['退款金额', 'Refund'],
  voidAmount: ['撤销金额', 'Voided'],
  printedAt: ['打印时间', 'Printed'],
  originalSlip: ['原凭证号', 'Orig. voucher'],
  originalReference: ['原参考号', 'Orig. ref. no.'],
  originalDate: ['原交易日期', 'Orig. date'],
  refundId: ['退款单号', 'Refund no.'],
  approvedBy: ['授权人', 'Approved by'],
  application: ['应用标签', 'App. label'],
  aid: ['应用标识', 'AID'],
  certificate: ['应用密文', 'TC'],
  featureCode: ['特征码', 'Feature code'],
  servicePhone: ['客服热线', 'Service'],
  journalHash: ['日志校验', 'Journal'],
  total: ['合计', 'Total'],
  capitals: ['大写', 'In words'],
  createdAt: ['开单时间', 'Issued'],
  expiresAt: ['有效期至', 'Valid until'],
  item: ['品名', 'Item'],
  quantity: ['数量', 'Qty'],
  price: ['单价', 'Price'],
  sum: ['金额', 'Amount'],
  recipient: ['收货人', 'Deliver to'],
  address: ['地址', 'Address'],
  shiftNo: ['班次', 'Shift'],
  from: ['开始', 'From'],
  until: ['结束', 'Until'],
  kind: ['类型', 'Type'],
  count: ['笔数', 'Count'],
  sales: ['消费合计', 'Sales'],
  refunds: ['退款合计', 'Refunds'],
  net: ['净额', 'Net'],
  open: ['待核对', 'To be checked'],
  reversed: ['已撤销', 'Reversed'],
  drawerOpened: ['开钱箱', 'Drawer opened'],
  version: ['版本', 'Version'],
  till: ['收银台', 'Till'],
} as const satisfies Record<string, Word>;

export type WordName = keyof typeof WORDS;

export const word = (locale: Locale, name: WordName): string => WORDS[name][locale === 'en' ? 1 : 0];

/** A sentence that needs no entry of its own in the table. */
export const say = (locale: Locale, zh: string, en: string): string => (locale === 'en' ? en : zh);
