import { type ChannelManner, paid, refusal } from './manner.ts';

/**
 * e-CNY, BestPay and Suning behind an aggregator, in the words of Lakala's trade_state (INIT, CREATE, SUCCESS, FAIL, DEAL,
 * UNKNOWN, CLOSE, REFUND). Query states are published; that pay and reverse answer in the same words is from memory.
 */
export const AGGREGATED: ChannelManner = {
  autoCloseMs: 180_000,

  opened(trade, behaviour) {
    if (behaviour.kind === 'unclear') return { code: behaviour.code };
    if (trade.state === 'paid') return paid('SUCCESS', trade);
    return trade.state === 'declined' ? refusal(trade, 'FAIL') : { code: 'DEAL', message: '交易处理中' };
  },

  again(trade, terms) {
    if (trade.state === 'closed' || trade.state === 'refunded') return { code: 'CLOSE', message: '交易已关闭' };
    if (!trade.isSameAs(terms)) return { code: 'FAIL', message: '订单信息不一致' };
    return this.query(trade);
  },

  codeUsed: { code: 'FAIL', message: '付款码无效' },

  query(trade) {
    switch (trade.state) {
      case 'paid':
        return paid('SUCCESS', trade);
      case 'open':
        return { code: 'DEAL' };
      case 'declined':
        return refusal(trade, 'FAIL');
      case 'closed':
        return { code: 'CLOSE' };
      case 'refunded':
        return { code: 'REFUND' };
      default:
        return trade.state satisfies never;
    }
  },

  unknown: { code: 'UNKNOWN', message: '交易不存在' },

  reverseRefused: () => undefined,

  reversed: (trade) =>
    trade.state === 'refunded' ? { code: 'REFUND', refunded: true } : { code: 'CLOSE', refunded: false },
};
