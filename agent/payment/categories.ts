// What the clerk is told: 32 categories (payment.md table 2-A). The words are for a person in a hurry; they say what
// happened and what to do now. certainty: `final-*` may close an attempt, `unknown` keeps it open, `local-rejection`
// means nothing was sent.

export type Certainty = 'final-success' | 'final-failure' | 'unknown' | 'local-rejection';

export type NextStep =
  /** print / hand over */
  | 'DONE'
  /** query loop */
  | 'POLL'
  /** query loop, final query, reverse */
  | 'POLL_THEN_REVERSE'
  /** same order, new attemptId, fresh code */
  | 'NEW_CODE_NEW_ATTEMPT'
  /** same order, new attempt, other wallet/card/cash */
  | 'OTHER_METHOD'
  /** query the stored attempt; never send a second pay for it */
  | 'QUERY_ORIGINAL'
  /** show phone, reference number, terminal number */
  | 'CONTACT_SUPPORT'
  /** technician / back office */
  | 'FIX_CONFIG'
  /** change the amount (refund) or the method (pay) */
  | 'LOWER_AMOUNT'
  /** automatic, see flow-scenarios */
  | 'WAIT_RETRY_REVERSE'
  /** when the link is back */
  | 'RETRY_LATER';

export interface CategoryRow {
  readonly certainty: Certainty;
  readonly zh: string;
  readonly en: string;
  readonly next: NextStep;
  readonly sound: string;
  readonly led: string;
}

export const CATEGORIES = {
  PAID: {
    certainty: 'final-success',
    zh: '收款成功',
    en: 'Payment received',
    next: 'DONE',
    sound: 'success',
    led: 'green',
  },
  USER_PAYING: {
    certainty: 'unknown',
    zh: '顾客正在输入密码，请稍候，不要重复扫码',
    en: 'Customer is confirming on the phone. Wait. Do not scan again',
    next: 'POLL',
    sound: 'wait',
    led: 'yellow-blink',
  },
  RESULT_UNKNOWN: {
    certainty: 'unknown',
    zh: '支付结果查询中，以本机结果为准，请勿让顾客再次付款',
    en: 'Checking the result. Trust this terminal only. Do not charge again yet',
    next: 'POLL_THEN_REVERSE',
    sound: 'wait',
    led: 'yellow-blink',
  },
  CUSTOMER_CANCELLED: {
    certainty: 'final-failure',
    zh: '顾客未完成支付（取消或密码错误），订单已撤销，未收款',
    en: 'Customer cancelled or mistyped the password. Order reversed, no money taken',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail',
    led: 'red',
  },
  INSUFFICIENT_FUNDS: {
    certainty: 'final-failure',
    zh: '顾客余额不足，请顾客换一张卡或换一种付款方式',
    en: 'Not enough balance. Ask for another card or method',
    next: 'OTHER_METHOD',
    sound: 'fail',
    led: 'red',
  },
  CODE_EXPIRED: {
    certainty: 'final-failure',
    zh: '付款码已过期，请顾客刷新付款码后重新扫码',
    en: 'Payment code expired. Ask the customer to refresh it, then scan again',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail',
    led: 'red',
  },
  CODE_USED: {
    certainty: 'final-failure',
    zh: '付款码已使用过，请顾客刷新付款码后重新扫码',
    en: 'Payment code already used. Ask the customer to refresh it, then scan again',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail',
    led: 'red',
  },
  CODE_INVALID: {
    certainty: 'final-failure',
    zh: '付款码无效，请顾客打开“付款码”并刷新后重新扫码',
    en: 'Invalid payment code. Ask the customer to open “Pay” and refresh it',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail',
    led: 'red',
  },
  WRONG_CODE_KIND: {
    certainty: 'local-rejection',
    zh: '这不是付款码（可能是收款码、商品条码或证件），请顾客打开“付款码”',
    en: 'This is not a payment code (collection QR, product bar code or ID). Ask for the “Pay” code',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail-short',
    led: 'red-short',
  },
  BUYER_LIMIT: {
    certainty: 'final-failure',
    zh: '超出顾客的支付限额，请顾客换一种付款方式',
    en: 'Over the customer’s payment limit. Ask for another method',
    next: 'OTHER_METHOD',
    sound: 'fail',
    led: 'red',
  },
  BUYER_ACCOUNT: {
    certainty: 'final-failure',
    zh: '顾客账户暂不能付款，请顾客查看手机提示或换一种付款方式',
    en: 'The customer’s account cannot pay now. See the phone or use another method',
    next: 'OTHER_METHOD',
    sound: 'fail',
    led: 'red',
  },
  RISK_REJECTED: {
    certainty: 'final-failure',
    zh: '本次交易被支付机构风控拒绝，请换一种付款方式，不要反复尝试',
    en: 'Rejected by the payment institution’s risk control. Use another method, do not keep trying',
    next: 'OTHER_METHOD',
    sound: 'fail',
    led: 'red',
  },
  METHOD_NOT_SUPPORTED: {
    certainty: 'final-failure',
    zh: '暂不支持该付款方式或该卡，请换一种付款方式',
    en: 'This method or card is not supported. Use another method',
    next: 'OTHER_METHOD',
    sound: 'fail',
    led: 'red',
  },
  MERCHANT_LIMIT: {
    certainty: 'final-failure',
    zh: '超出本店收款限额，请换其他方式或联系客服',
    en: 'Over the shop’s collection limit. Use another method or call support',
    next: 'CONTACT_SUPPORT',
    sound: 'fail',
    led: 'red',
  },
  MERCHANT_SUSPENDED: {
    certainty: 'final-failure',
    zh: '本店收款功能已暂停，请联系客服',
    en: 'Collection is suspended for this shop. Call support',
    next: 'CONTACT_SUPPORT',
    sound: 'alarm',
    led: 'red',
  },
  TERMINAL_UNREGISTERED: {
    certainty: 'final-failure',
    zh: '终端未登记或状态异常，请联系装机人员',
    en: 'Terminal is not registered or not active. Call the technician',
    next: 'CONTACT_SUPPORT',
    sound: 'alarm',
    led: 'red',
  },
  AMOUNT_INVALID: {
    certainty: 'local-rejection',
    zh: '金额不正确，请重新输入',
    en: 'Invalid amount. Enter it again',
    next: 'FIX_CONFIG',
    sound: 'fail-short',
    led: 'red-short',
  },
  AMOUNT_OVER_LIMIT: {
    certainty: 'local-rejection',
    zh: '超出单笔限额，请换其他方式（不要拆分收款）',
    en: 'Over the per-payment limit. Use another method (do not split)',
    next: 'LOWER_AMOUNT',
    sound: 'fail',
    led: 'red',
  },
  DUPLICATE_ORDER: {
    certainty: 'unknown',
    zh: '订单号重复，正在查询原订单',
    en: 'Duplicate order number. Checking the first one',
    next: 'QUERY_ORIGINAL',
    sound: 'wait',
    led: 'yellow',
  },
  ALREADY_PAID: {
    certainty: 'unknown',
    zh: '该订单可能已支付，正在核对',
    en: 'This order may be paid already. Checking',
    next: 'QUERY_ORIGINAL',
    sound: 'wait',
    led: 'yellow',
  },
  ORDER_CLOSED: {
    certainty: 'final-failure',
    zh: '订单已关闭，请重新收款',
    en: 'Order is closed. Start again',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail',
    led: 'red',
  },
  REVERSED: {
    certainty: 'final-failure',
    zh: '超时未支付，订单已撤销，顾客如已扣款将原路退回',
    en: 'Timed out and reversed. If the customer was charged, the money goes back',
    next: 'NEW_CODE_NEW_ATTEMPT',
    sound: 'fail',
    led: 'red',
  },
  REVERSE_PENDING: {
    certainty: 'unknown',
    zh: '撤销处理中，请勿交货，系统会自动重试',
    en: 'Reversal in progress. Do not hand over goods. Retrying automatically',
    next: 'WAIT_RETRY_REVERSE',
    sound: 'alarm',
    led: 'yellow-blink',
  },
  NEEDS_MANUAL_CHECK: {
    certainty: 'unknown',
    zh: '结果待人工核对，请记下单号并联系客服',
    en: 'Needs a manual check. Note the order number and call support',
    next: 'CONTACT_SUPPORT',
    sound: 'alarm',
    led: 'red',
  },
  CHANNEL_UNAVAILABLE: {
    certainty: 'final-failure',
    zh: '该支付渠道维护中，请换其他方式',
    en: 'This channel is under maintenance. Use another method',
    next: 'OTHER_METHOD',
    sound: 'fail',
    led: 'red',
  },
  NETWORK_DOWN: {
    certainty: 'local-rejection',
    zh: '网络未连接，未发起收款',
    en: 'No network. Nothing was sent',
    next: 'RETRY_LATER',
    sound: 'alarm',
    led: 'red',
  },
  CONFIG_ERROR: {
    certainty: 'final-failure',
    zh: '收款配置错误，请联系客服',
    en: 'Payment configuration error. Call support',
    next: 'FIX_CONFIG',
    sound: 'alarm',
    led: 'red',
  },
  REFUND_OK: {
    certainty: 'final-success',
    zh: '退款成功',
    en: 'Refund done',
    next: 'DONE',
    sound: 'success',
    led: 'green',
  },
  REFUND_PROCESSING: {
    certainty: 'unknown',
    zh: '退款处理中，到账时间以支付机构为准',
    en: 'Refund in progress',
    next: 'POLL',
    sound: 'wait',
    led: 'yellow',
  },
  REFUND_AMOUNT: {
    certainty: 'final-failure',
    zh: '退款金额超过可退金额',
    en: 'Refund amount exceeds what is left',
    next: 'LOWER_AMOUNT',
    sound: 'fail',
    led: 'red',
  },
  REFUND_MERCHANT_BALANCE: {
    certainty: 'final-failure',
    zh: '商户余额不足，暂不能退款',
    en: 'Merchant balance too low to refund',
    next: 'CONTACT_SUPPORT',
    sound: 'fail',
    led: 'red',
  },
  REFUND_WINDOW: {
    certainty: 'final-failure',
    zh: '已超过可退款期限',
    en: 'Refund period has passed',
    next: 'CONTACT_SUPPORT',
    sound: 'fail',
    led: 'red',
  },
} as const satisfies Record<string, CategoryRow>;

export type Category = keyof typeof CATEGORIES;
