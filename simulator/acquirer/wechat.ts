import { type ChannelManner, paid, refusal } from './manner.ts';

/** WeChat refuses to reverse a trade that is younger and still being paid (payment.md 2.1). */
const REVERSE_MIN_AGE_MS = 15_000;

/** WeChat Pay micropay (付款码支付), codes of payment.md table 2-B. */
export const WECHAT: ChannelManner = {
  // WeChat revokes unpaid trades after 45 s, but is known to take money between the merchant's last query and its reverse
  autoCloseMs: 60_000,

  opened(trade, behaviour) {
    if (behaviour.kind === 'unclear') return { code: behaviour.code };
    if (trade.state === 'paid') return paid('SUCCESS', trade);
    if (trade.state === 'declined') return refusal(trade, 'TRADE_ERROR');
    return { code: 'USERPAYING', message: '需要用户输入支付密码' };
  },

  again(trade, terms) {
    if (trade.isTombstone || trade.state === 'refunded') return { code: 'ORDERREVERSED', message: '订单已撤销' };
    if (!trade.isSameAs(terms)) return { code: 'OUT_TRADE_NO_USED', message: '商户订单号重复' };
    if (trade.state === 'paid') return { code: 'ORDERPAID', message: '订单已支付' };
    if (trade.state === 'open') return { code: 'USERPAYING', message: '需要用户输入支付密码' };
    return { code: trade.state === 'closed' ? 'ORDERCLOSED' : 'OUT_TRADE_NO_USED' };
  },

  codeUsed: { code: 'AUTH_CODE_ERROR', message: '付款码仅限使用一次' },

  query(trade) {
    switch (trade.state) {
      case 'paid':
        return paid('SUCCESS', trade);
      case 'open':
        return { code: 'USERPAYING' };
      case 'declined':
        return { code: 'PAYERROR', message: '支付失败，请撤销订单' };
      case 'closed':
      case 'refunded':
        return { code: 'REVOKED' };
      default:
        return trade.state satisfies never;
    }
  },

  unknown: { code: 'ORDERNOTEXIST' },

  reverseRefused(trade) {
    if (trade.state !== 'open' || trade.ageMs >= REVERSE_MIN_AGE_MS) return undefined;
    return { code: 'USERPAYING', message: '正在支付中不能发起撤销' };
  },

  reversed: () => ({ code: 'SUCCESS' }),
};
