import type { Channel } from './paycode.ts';

/** How we know: read in a public source, or from memory only (then it is configuration, not law). */
export type Evidence = 'verified' | 'prefix-verified' | 'memory';

export interface PaymentCodeRule {
  readonly channel: Channel;
  /** what a normalised code must match, as the source of a regular expression */
  readonly pattern: string;
  /** the beginning alone, and how many digits belong to it: for "right code, wrong length" */
  readonly prefix: string;
  readonly digits: readonly [min: number, max: number];
  readonly enabled: boolean;
  readonly evidence: Evidence;
  readonly source: string;
  /** what slips and the page call the channel */
  readonly label: { readonly zh: string; readonly en: string };
}

export interface PaymentCodeRules {
  /** Rises with every change. A table of the backend replaces this one only if its version is higher. */
  readonly version: number;
  readonly rules: readonly PaymentCodeRule[];
}

/**
 * Whose digits are whose (payment.md 1.1). For early rejection, wording and routing hints only: the backend is the judge.
 * JR/T 0245-2025 (in force 2025-12-23) defines the codes anew and is not public, which is why this is data with a version.
 * UnionPay codes of 20 digits stand in no public source: not here.
 */
export const PAYMENT_CODE_RULES: PaymentCodeRules = {
  version: 1,
  rules: [
    {
      channel: 'WECHAT',
      pattern: '^(?:1[0-5]\\d{16}|160\\d{15})$',
      prefix: '^(?:1[0-5]|160)',
      digits: [18, 18],
      enabled: true,
      evidence: 'verified',
      source: 'pay.weixin.qq.com QuickPay (10-15), fusion_wallet QuickPay chapter3_1 (160)',
      label: { zh: '微信支付', en: 'WeChat Pay' },
    },
    {
      channel: 'ALIPAY',
      pattern: '^(?:2[5-9]|30)\\d{14,22}$',
      prefix: '^(?:2[5-9]|30)',
      digits: [16, 24],
      enabled: true,
      evidence: 'verified',
      source: 'Alipay SDK, field comment of auth_code. AlipayHK and Alipay+ look the same: the backend knows',
      label: { zh: '支付宝', en: 'Alipay' },
    },
    {
      channel: 'UNIONPAY',
      pattern: '^62\\d{17}$',
      prefix: '^62',
      digits: [19, 19],
      enabled: true,
      evidence: 'verified',
      source: 'CMB and Huifu documents, jeepay; JD Pay shares 62 and 19 digits and cannot be told apart',
      label: { zh: '银联/京东', en: 'UnionPay / JD Pay' },
    },
    {
      channel: 'ECNY',
      pattern: '^01\\d{17}$',
      prefix: '^01',
      digits: [19, 19],
      enabled: true,
      evidence: 'verified',
      source: 'Lakala SDK V3LabsTransMicropayRequest (01 = DCPAY); length from one public POS client',
      label: { zh: '数字人民币', en: 'e-CNY' },
    },
    {
      channel: 'BESTPAY',
      pattern: '^51\\d{16}$',
      prefix: '^51',
      digits: [18, 18],
      enabled: true,
      evidence: 'prefix-verified',
      source: 'Lakala SDK; length from memory',
      label: { zh: '翼支付', en: 'BestPay' },
    },
    {
      channel: 'SUNING',
      pattern: '^83\\d{16}$',
      prefix: '^83',
      digits: [18, 18],
      enabled: true,
      evidence: 'prefix-verified',
      source: 'Lakala SDK; length from memory',
      label: { zh: '苏宁支付', en: 'Suning Pay' },
    },
    {
      channel: 'QQ',
      pattern: '^91\\d{16}$',
      prefix: '^91',
      digits: [18, 18],
      enabled: false,
      evidence: 'memory',
      source: 'memory',
      label: { zh: 'QQ钱包', en: 'QQ Wallet' },
    },
    {
      channel: 'JD_LEGACY',
      pattern: '^18\\d{16}$',
      prefix: '^18',
      digits: [18, 18],
      enabled: false,
      evidence: 'memory',
      source: 'memory',
      label: { zh: '京东支付', en: 'JD Pay (legacy)' },
    },
  ],
};

/** No code of any rule is longer: two codes glued together are at least 32 digits. */
export const LONGEST_NUMERIC_CODE = 24;
