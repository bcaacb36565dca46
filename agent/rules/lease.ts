import { CATEGORIES } from '../payment/categories.ts';
import type { TerminalBlock, TerminalRefusal } from '../payment/terminal-state.ts';

/** Less than this is left of it: the till tightens its limits, and a person has time to ask why (a fifth of a day's lease). */
export const LEASE_LOW_MS = 0.2 * 86_400_000;

/** The backend's word that this terminal may collect has run out, and nobody has renewed it (payment.md 4.7). */
export function leaseRefusal(block: TerminalBlock | undefined, now: number): TerminalRefusal | undefined {
  if (block?.leaseUntil === undefined || now <= block.leaseUntil) return undefined;
  const { zh, en } = CATEGORIES.MERCHANT_SUSPENDED;
  const phone = block.servicePhone;
  return {
    category: 'MERCHANT_SUSPENDED',
    advice: {
      zh: `${zh}（原因：收款授权已到期，请检查网络${phone === undefined ? '' : `；客服电话：${phone}`}）`,
      en: `${en} (reason: the lease has run out, check the network${phone === undefined ? '' : `; phone: ${phone}`})`,
    },
  };
}

export function isLeaseLow(block: TerminalBlock | undefined, now: number): boolean {
  return block?.leaseUntil !== undefined && block.leaseUntil - now < LEASE_LOW_MS;
}
