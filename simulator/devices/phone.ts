// The customer's phone: makes the code a wallet would show. Own knowledge of the simulator (payment.md 1.1), so that the
// agent's classifier is met by codes it did not make.

/** Channels whose customers come to this shop. */
export const WALLETS = {
  wechat: { channel: 'WECHAT', name: '微信支付', prefixes: ['10', '11', '12', '13', '14', '15'], length: 18 },
  alipay: { channel: 'ALIPAY', name: '支付宝', prefixes: ['25', '26', '27', '28', '29', '30'], length: 18 },
  unionpay: { channel: 'UNIONPAY', name: '云闪付', prefixes: ['62'], length: 19 },
} as const;

export type Wallet = keyof typeof WALLETS;

/** A fresh code of a wallet. `random`: 0 <= x < 1. */
export function showCode(wallet: Wallet, random: () => number): string {
  const { prefixes, length } = WALLETS[wallet];
  for (;;) {
    const prefix = prefixes[Math.floor(random() * prefixes.length)] ?? prefixes[0];
    let code: string = prefix;
    while (code.length < length) code += String(Math.floor(random() * 10));
    // A wallet's random digits may spell an identity number; a real customer would refresh, this one does it beforehand.
    if (!looksLikeIdentity(code)) return code;
  }
}

/** 18 digits with a calendar date of birth in the middle (GB 11643). */
function looksLikeIdentity(code: string): boolean {
  return code.length === 18 && /^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(code.slice(6, 14));
}
