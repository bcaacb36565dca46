import type { RequestOp } from '../../protocols/backend/topics.ts';
import type { AnswerFate, CustomerBehaviour, CustomerPlan, Trouble } from '../../simulator/acquirer/customer.ts';
import type { Wallet } from '../../simulator/devices/phone.ts';
import type { Chance } from './chance.ts';

/** What customers and channels do beside paying at once; said in faults.ts. */
export type CustomerFault =
  | 'password-asked'
  | 'password-never-entered'
  | 'customer-cancels'
  | 'customer-refused'
  | 'channel-quotes-the-code'
  | 'late-success'
  | 'acquirer-slow'
  | 'acquirer-silent'
  | 'acquirer-unclear'
  | 'reverse-unclear'
  | 'reverse-impossible'
  | 'refund-slow'
  | 'refund-closed'
  | 'refund-silent'
  | 'refund-unclear';

/** A plan that can be made harmless while it is used. */
export type Visit = { -readonly [K in keyof CustomerPlan]: CustomerPlan[K] } & { readonly faults: CustomerFault[] };

/** A code no table knows: an unknown result, never a failure. */
const UNHEARD_OF: Trouble = { code: 'UNHEARD_OF' };

const UNCLEAR: Readonly<Record<Wallet, readonly [Trouble, ...Trouble[]]>> = {
  wechat: [{ code: 'SYSTEMERROR' }, { code: 'BANKERROR' }, UNHEARD_OF],
  alipay: [{ code: '20000' }, { code: 'ACQ.SYSTEM_ERROR' }, UNHEARD_OF],
  unionpay: [{ code: '03' }, { code: '05' }, UNHEARD_OF],
  ecny: [{ code: 'UNKNOWN' }, UNHEARD_OF],
  bestpay: [{ code: 'UNKNOWN' }, UNHEARD_OF],
  suning: [{ code: 'UNKNOWN' }, UNHEARD_OF],
  emv: [{ code: '03' }, UNHEARD_OF],
};

const REVERSE_UNCLEAR: Readonly<Record<Wallet, readonly [Trouble, ...Trouble[]]>> = {
  ...UNCLEAR,
  wechat: [{ code: 'SYSTEMERROR' }, { code: 'USERPAYING' }],
  alipay: [{ code: '20000' }, { code: '10000', retry: true }, { code: 'ACQ.SYSTEM_ERROR' }],
};

/** Codes that end every reversal: only a person can go on. */
const IMPOSSIBLE: Partial<Record<Wallet, Trouble>> = {
  wechat: { code: 'TRADE_ERROR' },
  alipay: { code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' },
};

/** Unclear, or a no although an earlier request may have been carried out. */
const REFUND_TROUBLE: Readonly<Record<Wallet, readonly [Trouble, ...Trouble[]]>> = {
  ...UNCLEAR,
  wechat: [{ code: 'SYSTEMERROR' }, { code: 'NOTENOUGH' }, { code: 'REFUNDNOTEXIST' }],
  alipay: [{ code: '20000' }, { code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' }, UNHEARD_OF],
};

const REFUSED: Readonly<Record<Wallet, string>> = {
  wechat: 'NOTENOUGH',
  alipay: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
  unionpay: '51',
  ecny: 'FAIL',
  bestpay: 'FAIL',
  suning: 'FAIL',
  emv: '51',
};

/** Draws one customer's visit; `wants` says which faults happen in this world and how often. */
export function drawVisit(
  wallet: Wallet,
  code: string,
  chance: Chance,
  wants: (fault: CustomerFault) => boolean,
): Visit {
  const faults: CustomerFault[] = [];
  const draw = (fault: CustomerFault) => {
    const drawn = wants(fault);
    if (drawn) faults.push(fault);
    return drawn;
  };
  const visit: Visit = { behaviour: behaviour(wallet, code, chance, draw), faults };
  const answers: Partial<Record<RequestOp, AnswerFate[]>> = {};
  const trouble: Partial<Record<RequestOp, Trouble[]>> = {};
  if (draw('acquirer-slow')) answers.pay = [{ kind: 'delay', ms: chance.between(500, 40_000) }];
  if (draw('acquirer-silent'))
    answers[chance.pick(['pay', 'query', 'reverse'])] = many(chance, () => ({ kind: 'lose' }));
  if (draw('acquirer-unclear'))
    trouble[chance.pick(['pay', 'query'])] = many(chance, () => chance.pick(UNCLEAR[wallet]));
  if (draw('reverse-unclear'))
    trouble.reverse = Array.from({ length: chance.between(1, 8) }, () => chance.pick(REVERSE_UNCLEAR[wallet]));
  const impossible = IMPOSSIBLE[wallet];
  if (impossible && draw('reverse-impossible')) trouble.reverse = [impossible];
  if (draw('refund-silent')) answers[chance.pick(['refund', 'refund-query'])] = many(chance, () => ({ kind: 'lose' }));
  if (draw('refund-unclear'))
    trouble[chance.pick(['refund', 'refund-query'])] = many(chance, () => chance.pick(REFUND_TROUBLE[wallet]));
  if (draw('refund-slow')) visit.refunds = { kind: 'later', afterMs: chance.between(1_000, 120_000) };
  else if (draw('refund-closed')) visit.refunds = { kind: 'closed' };
  return Object.assign(visit, { answers, trouble });
}

function many<T>(chance: Chance, make: () => T): T[] {
  return Array.from({ length: chance.between(1, 4) }, make);
}

function behaviour(
  wallet: Wallet,
  code: string,
  chance: Chance,
  draw: (fault: CustomerFault) => boolean,
): CustomerBehaviour {
  if (draw('password-never-entered')) return { kind: 'enters-password', afterMs: 'never' };
  if (draw('password-asked')) return { kind: 'enters-password', afterMs: chance.between(1_000, 58_000) };
  if (draw('customer-cancels')) return { kind: 'cancels', afterMs: chance.between(1_000, 30_000) };
  if (draw('customer-refused')) return { kind: 'refuses', code: REFUSED[wallet] };
  if (draw('channel-quotes-the-code'))
    return { kind: 'refuses', code: REFUSED[wallet], message: `付款码${code}不可用, auth_code=${code}` };
  if (draw('late-success')) {
    const paysAfterMs = chance.happens(0.7) ? chance.between(2_000, 55_000) : 'never';
    return { kind: 'unclear', code: chance.pick(UNCLEAR[wallet]).code, paysAfterMs };
  }
  return { kind: 'pays' };
}

/** The channel is well again; what the customer does stays what it is. */
export function mend(visit: Visit): void {
  visit.answers = {};
  visit.trouble = {};
}
