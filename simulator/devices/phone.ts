import { toBase64 } from '../../protocols/bytes/base64.ts';

// The customer's phone: makes the code a wallet would show. Own knowledge of the simulator (payment.md 1.1), so that the
// agent's classifier is met by codes it did not make.

/** Channels whose customers come to this shop. */
export const WALLETS = {
  wechat: { channel: 'WECHAT', name: '微信支付', prefixes: ['10', '11', '12', '13', '14', '15'], length: 18 },
  alipay: { channel: 'ALIPAY', name: '支付宝', prefixes: ['25', '26', '27', '28', '29', '30'], length: 18 },
  unionpay: { channel: 'UNIONPAY', name: '云闪付', prefixes: ['62'], length: 19 },
  ecny: { channel: 'ECNY', name: '数字人民币', prefixes: ['01'], length: 19 },
  // prefixes from Lakala's SDK, lengths from memory (payment.md 1.1)
  bestpay: { channel: 'BESTPAY', name: '翼支付', prefixes: ['51'], length: 18 },
  suning: { channel: 'SUNING', name: '苏宁支付', prefixes: ['83'], length: 18 },
  /** a card as an EMVCo CPM code: no digits but base64 */
  emv: { channel: 'EMV', name: '银联二维码', prefixes: [], length: 0 },
} as const;

export type Wallet = keyof typeof WALLETS;

/** A fresh code of a wallet. `random`: 0 <= x < 1. */
export function showCode(wallet: Wallet, random: () => number): string {
  if (wallet === 'emv') return cardCode(random);
  const { prefixes, length } = WALLETS[wallet];
  for (;;) {
    const prefix = prefixes[Math.floor(random() * prefixes.length)] ?? prefixes[0];
    const code = prefix + digits(length - prefix.length, random);
    // A wallet's random digits may spell an identity number; a real customer would refresh, this one does it beforehand.
    if (!looksLikeIdentity(code)) return code;
  }
}

function digits(count: number, random: () => number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}

/** 18 digits with a calendar date of birth in the middle (GB 11643). */
function looksLikeIdentity(code: string): boolean {
  return code.length === 18 && /^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(code.slice(6, 14));
}

/**
 * A UnionPay card as an EMVCo consumer-presented code, with the objects of the worked sample in payment.md 1.4: CPV01,
 * then 61 { 4F AID, 57 track 2, 5F34 PAN sequence, 63 { 9F26 cryptogram, 9F27, 9F36 ATC } }.
 */
function cardCode(random: () => number): string {
  const track2 = `62${digits(14, random)}D3112201${digits(10, random)}`;
  const cryptogram = Array.from({ length: 8 }, () => Math.floor(random() * 256));
  const transparent = [
    ...object([0x9f, 0x26], cryptogram),
    ...object([0x9f, 0x27], [0x80]),
    ...object([0x9f, 0x36], [0, 1]),
  ];
  const application = [
    ...object([0x4f], [0xa0, 0, 0, 3, 0x33, 1, 1, 2]),
    ...object([0x57], packed(track2)),
    ...object([0x5f, 0x34], [0]),
    ...object([0x63], transparent),
  ];
  return toBase64(Uint8Array.from([...object([0x85], [0x43, 0x50, 0x56, 0x30, 0x31]), ...object([0x61], application)]));
}

/** Tag, length below 128, value. */
function object(tag: readonly number[], value: readonly number[]): number[] {
  return [...tag, value.length, ...value];
}

/** Two hex digits a byte. */
function packed(hex: string): number[] {
  return Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}
