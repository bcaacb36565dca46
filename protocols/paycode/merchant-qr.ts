import type { Channel } from './paycode.ts';

/** A collection code that a gun meets by mistake. `[V]` read in a public source, `[M]` from memory (payment.md 1.6). */
interface MerchantForm {
  readonly channel: Channel;
  readonly form: RegExp;
}

const MERCHANT_FORMS: readonly MerchantForm[] = [
  { channel: 'WECHAT', form: /^wxp:\/\//i }, // [V] personal f2f0, business f2f1, wbf2f
  { channel: 'WECHAT', form: /^weixin:\/\/wxpay\//i }, // [V] Native code_url
  { channel: 'WECHAT', form: /^(?:https?:\/\/)?(?:wx\.tenpay\.com|payapp\.weixin\.qq\.com|payapp\.wechatpay\.cn)\//i }, // [M]
  { channel: 'ALIPAY', form: /^(?:https?:\/\/)?qr\.alipay\.com\//i }, // [V] fkx static, bax dynamic
  { channel: 'ALIPAY', form: /^alipays?:\/\//i }, // [M] app link
  { channel: 'ALIPAY', form: /^(?:https?:\/\/)?(?:mobilecodec|render|ds)\.alipay\.com\//i }, // [M]
  { channel: 'UNIONPAY', form: /^(?:https?:\/\/)?qr\.95516\.com\//i }, // [V]
  { channel: 'UNIONPAY', form: /^up(?:wallet|api):\/\//i }, // [M]
];

/** Whose collection code the text is; scheme and host in any letter case. */
export function merchantChannel(text: string): Channel | undefined {
  return MERCHANT_FORMS.find(({ form }) => form.test(text))?.channel;
}

/** Collection codes of persons: WeChat's wxp://f2f and Alipay's fkx [V] (payment.md 6, seed 001-1). No shop collects with one. */
const PERSONAL_FORMS = [/^wxp:\/\/f2f0/i, /^(?:https?:\/\/)?qr\.alipay\.com\/fkx/i];

export function isPersonalCode(text: string): boolean {
  return PERSONAL_FORMS.some((form) => form.test(text));
}

/** Any other address. */
export function isUrl(text: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]{0,31}:\/\/|www\.[a-z0-9-])/i.test(text);
}
