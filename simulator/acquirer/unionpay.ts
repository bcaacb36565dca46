import { type ChannelManner, paid, refusal } from './manner.ts';

/**
 * UnionPay QR consume. A pay answers 00 = accepted, never "paid": only a query proves, with 00 for the query and 00 for
 * the consume it asks about. The contract has one code: a query carries the original consume's.
 */
export const UNIONPAY: ChannelManner = {
  autoCloseMs: 300_000,

  opened(trade, behaviour) {
    if (behaviour.kind === 'unclear') return { code: behaviour.code };
    return trade.state === 'declined' ? refusal(trade, '01') : { code: '00', message: '受理成功' };
  },

  // 12: duplicate transaction, whatever became of the first
  again: () => ({ code: '12', message: '重复交易' }),

  codeUsed: { code: '61', message: '付款码无效' },

  query(trade) {
    switch (trade.state) {
      case 'paid':
        return paid('00', trade);
      case 'open':
        return { code: '05', message: '交易处理中' };
      case 'declined':
        return refusal(trade, '01');
      case 'closed':
      case 'refunded':
        return { code: '01', message: '交易已冲正' };
      default:
        return trade.state satisfies never;
    }
  },

  unknown: { code: '34', message: '查无此交易' },

  reverseRefused: () => undefined,

  reversed: () => ({ code: '00' }),
};
