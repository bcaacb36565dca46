import { type ChannelManner, paid, refusal } from './manner.ts';

/** Alipay trade.pay, query and cancel, codes of payment.md table 2-B. */
export const ALIPAY: ChannelManner = {
  // "the trade auto-closes after 3 min by default" (payment.md 2.1)
  autoCloseMs: 180_000,

  opened(trade, behaviour) {
    if (behaviour.kind === 'unclear') return { code: behaviour.code };
    if (trade.state === 'paid') return paid('10000', trade);
    if (trade.state === 'declined') return refusal(trade, 'ACQ.PAYMENT_FAIL');
    return { code: '10003', message: 'order success pay inprocess' };
  },

  again(trade, terms) {
    if (trade.isTombstone || trade.state === 'closed' || trade.state === 'refunded') {
      return { code: 'ACQ.TRADE_HAS_CLOSE', message: '交易已经关闭' };
    }
    if (!trade.isSameAs(terms)) return { code: 'ACQ.CONTEXT_INCONSISTENT', message: '交易信息被篡改' };
    // the same parameters under the same number are idempotent
    if (trade.state === 'paid') return paid('10000', trade);
    if (trade.state === 'open') return { code: '10003' };
    return refusal(trade, 'ACQ.PAYMENT_FAIL');
  },

  codeUsed: { code: 'ACQ.PAYMENT_AUTH_CODE_INVALID', message: '支付授权码无效' },

  query(trade) {
    switch (trade.state) {
      case 'paid':
        return paid('TRADE_SUCCESS', trade);
      case 'open':
        return { code: 'WAIT_BUYER_PAY' };
      case 'declined':
        // refused at once: no trade came to be; cancelled on the phone: it waits on until it is closed
        return trade.refusal ? { code: 'ACQ.TRADE_NOT_EXIST', message: '交易不存在' } : { code: 'WAIT_BUYER_PAY' };
      case 'closed':
      case 'refunded':
        return { code: 'TRADE_CLOSED' };
      default:
        return trade.state satisfies never;
    }
  },

  unknown: { code: 'ACQ.TRADE_NOT_EXIST', message: '交易不存在' },

  reverseRefused: () => undefined,

  // action=refund when the money had been taken, close otherwise; also for a trade that never existed
  reversed: (trade) => ({ code: '10000', refunded: trade.state === 'refunded', retry: false }),
};
