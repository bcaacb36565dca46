import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import type { IntentPlan } from '../../simulator/acquirer/intents.ts';
import type { LCG } from '../seeded.ts';

/** Who comes on an ordinary day, and how often: of a hundred. */
const VISITS: readonly (readonly [name: string, of100: number, plan: (dice: LCG) => CustomerPlan])[] = [
  ['pays', 58, () => ({ behaviour: { kind: 'pays' } })],
  [
    'types the password',
    12,
    (dice) => ({ behaviour: { kind: 'enters-password', afterMs: 3_000 + dice.below(20_000) } }),
  ],
  ['cancels', 4, (dice) => ({ behaviour: { kind: 'cancels', afterMs: 2_000 + dice.below(8_000) } })],
  ['walks away', 4, () => ({ behaviour: { kind: 'enters-password', afterMs: 'never' } })],
  ['has no money', 4, () => ({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } })],
  ['pays, the answer is lost', 5, () => ({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } })],
  [
    'pays, the answer comes a minute late',
    3,
    () => ({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'delay', ms: 60_000 }] } }),
  ],
  [
    'pays, nobody can be asked',
    4,
    () => ({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }], query: lost(20) } }),
  ],
  [
    'pays late, the channel does not know',
    3,
    (dice) => ({ behaviour: { kind: 'unclear', code: 'SYSTEMERROR', paysAfterMs: 2_000 + dice.below(6_000) } }),
  ],
  ['pays behind the deadline', 2, () => ({ behaviour: { kind: 'enters-password', afterMs: 44_900 } })],
  [
    'gets the money back an hour later',
    1,
    () => ({ behaviour: { kind: 'pays' }, refunds: { kind: 'later', afterMs: 3_600_000 } }),
  ],
];

function lost(times: number) {
  return Array.from({ length: times }, () => ({ kind: 'lose' }) as const);
}

export interface Visit {
  readonly name: string;
  readonly plan: CustomerPlan;
}

export function nextVisit(dice: LCG): Visit {
  let at = dice.below(100);
  for (const [name, of100, plan] of VISITS) {
    at -= of100;
    if (at < 0) return { name, plan: plan(dice) };
  }
  return { name: 'pays', plan: { behaviour: { kind: 'pays' } } };
}

/** A customer who scans the shop's code: pays, pays and the notice is lost, or never does. */
export function nextBuyer(dice: LCG): IntentPlan {
  const wallet = dice.pick(['WECHAT', 'ALIPAY', 'UNIONPAY'] as const);
  const of10 = dice.below(10);
  if (of10 === 0) return {};
  if (of10 === 1) return { buyers: [{ afterMs: 20_000, wallet }], answers: { query: [{ kind: 'lose' }] } };
  return { buyers: [{ afterMs: 5_000 + dice.below(60_000), wallet }] };
}
