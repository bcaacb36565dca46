// One row format for the statements (对账单) of all channels: payment.md §5.4. Money is integer fen; a refund is negative; a
// fee above zero was charged to the merchant, below zero given back.

export type StatementChannel = 'WECHAT' | 'ALIPAY' | 'UNIONPAY';

export interface StatementRow {
  readonly channel: StatementChannel;
  readonly kind: 'PAYMENT' | 'REFUND' | 'REVERSAL';
  /** the channel's word for it: SUCCESS, PROCESSING, ... */
  readonly status: string;
  /** Beijing time, `YYYY-MM-DD hh:mm:ss` */
  readonly timeLocal: string;
  readonly merchantId: string;
  readonly subMerchantId: string | null;
  readonly terminalNo: string | null;
  /** our `out_trade_no`; UnionPay does not repeat it in a refund */
  readonly attemptId: string | null;
  readonly channelTxnId: string;
  readonly refundId: string | null;
  readonly channelRefundId: string | null;
  /** the order's amount: what is booked, whatever the payer paid of it */
  readonly amountFen: number;
  /** as the channel prints it: WeChat and Alipay before the fee, UnionPay after it. {@link netFen} compares */
  readonly settleFen: number;
  readonly channelDiscountFen: number;
  readonly feeFen: number;
  readonly rate: string | null;
  readonly title: string | null;
}

/** What reaches the merchant's account. */
export function netFen({ channel, settleFen, feeFen }: StatementRow): number {
  return channel === 'UNIONPAY' ? settleFen : settleFen - feeFen;
}

/** Why a file is refused as a whole. Nothing of a refused file is ever matched. */
export type StatementFaultCode =
  /** the channel says that it has no bill yet: not a bill without rows; the day stays open */
  | 'NO_BILL'
  | 'UNKNOWN_FORMAT'
  | 'TEXT_ENCODING'
  /** a column that is needed is not in the header */
  | 'HEADER'
  /** a row that cannot be read */
  | 'ROW'
  | 'AMOUNT'
  | 'TIME'
  /** the file ends before its summary */
  | 'NO_SUMMARY'
  | 'SUMMARY_COUNT'
  | 'SUMMARY_TOTAL'
  /** rows of another merchant than the file's */
  | 'MERCHANT'
  | 'DATE'
  | 'DUPLICATE_IN_BILL'
  // the container
  | 'ZIP'
  | 'ENTRY_NAME'
  | 'CRC'
  | 'TOO_LARGE';

export class StatementFault extends Error {
  readonly code: StatementFaultCode;

  constructor(code: StatementFaultCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Takes the pieces of one file in order and gives its rows. Both throw {@link StatementFault}. */
export interface StatementReader<Piece> {
  push(piece: Piece): void;
  /** The file has ended: everything it says about itself is checked. */
  end(): void;
}

export type OnRow = (row: StatementRow) => void;
