import type { PayChannel } from '../../protocols/backend/fields.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { EntryRef } from '../journal/entry.ts';
import type { Locale } from './words.ts';

const CHANNELS: Readonly<Record<PayChannel, readonly [zh: string, en: string]>> = {
  WECHAT: ['微信支付', 'WeChat Pay'],
  ALIPAY: ['支付宝', 'Alipay'],
  UNIONPAY: ['云闪付', 'UnionPay QuickPass'],
  ECNY: ['数字人民币', 'e-CNY'],
  BESTPAY: ['翼支付', 'Bestpay'],
  SUNING: ['苏宁支付', 'Suning Pay'],
  QQ: ['QQ钱包', 'QQ Wallet'],
  JD_LEGACY: ['京东支付', 'JD Pay'],
  EMV: ['银联二维码', 'UnionPay QR'],
  CARD: ['银行卡', 'Card'],
};

export const channelName = (channel: PayChannel, locale: Locale): string => CHANNELS[channel][locale === 'en' ? 1 : 0];

/** Longest text of one field (JR/T 0001-2001: merchant names have 40 characters); other texts are ids. */
const MAX_TEXT = 64;

export function limited(text: string): string {
  return text.length <= MAX_TEXT ? text : [...text].slice(0, MAX_TEXT).join('');
}

/**
 * 凭证号: the number of the journal entry that says PAID. It fits its line, a reprint carries the same one, and
 * `tillwire journal list` shows the entry. `undefined`: the till has forgotten it.
 */
export function voucherNo(paid: EntryRef | undefined): string | undefined {
  return paid && String(paid.seq).padStart(6, '0');
}

/** Fen as yuan with two decimals. */
export function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError(`${fen} is not an amount in fen`);
  return formatYuan(fen);
}

const SHANGHAI_MS = 8 * 3600 * 1000;

/** `2026/11/22 13:05:09`. China has one time, UTC+8, and no summer time since 1991. */
export function dateTime(unixMs: number): string {
  const iso = new Date(unixMs + SHANGHAI_MS).toISOString();
  return `${iso.slice(0, 4)}/${iso.slice(5, 7)}/${iso.slice(8, 10)} ${iso.slice(11, 19)}`;
}
