import { both, type Words } from './language.ts';
import type { Attempt, PaymentRecord } from './types.ts';

/** What the person at the counter does now, as the agent says it; the number to call is added where it is known. */
export function stepOf({ action, todo }: Attempt['clerk'], phone: string | undefined): Words {
  if (action === 'CONTACT_SUPPORT' && phone !== undefined) return both('stepSupportPhone', phone);
  if (action === 'APPROVE') return both('stepApprove');
  return todo ?? both('stepSupport');
}

export const CHANNEL_NAMES: Readonly<Record<PaymentRecord['channel'], Words>> = {
  INTENT: { zh: '收款码', en: 'QR code' },
  WECHAT: { zh: '微信支付', en: 'WeChat Pay' },
  ALIPAY: { zh: '支付宝', en: 'Alipay' },
  UNIONPAY: { zh: '云闪付', en: 'UnionPay' },
  ECNY: { zh: '数字人民币', en: 'e-CNY' },
  BESTPAY: { zh: '翼支付', en: 'BestPay' },
  SUNING: { zh: '苏宁支付', en: 'Suning' },
  QQ: { zh: 'QQ钱包', en: 'QQ Wallet' },
  JD_LEGACY: { zh: '京东支付', en: 'JD Pay' },
  EMV: { zh: '银联二维码', en: 'UnionPay card code' },
  CARD: { zh: '银行卡', en: 'Card' },
};
