import type { CustomerPlan } from '../acquirer/customer.ts';

/** A named story of one sale: what goes wrong, and how a right agent ends it. Shared by rehearsal, documents and tests. */
export interface SaleScenario {
  readonly name: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** what it shows, in the words of the seeds and the failure table */
  readonly covers: readonly string[];
  readonly customer: CustomerPlan;
  readonly ends: {
    readonly state: 'PAID' | 'FAILED' | 'REVERSED';
    readonly charges: number;
    readonly reversals: number;
    readonly slips: number;
  };
  /** longest it may take, ms: the channel's own waits and some air */
  readonly withinMs: number;
}

const PAID = { state: 'PAID', charges: 1, reversals: 0, slips: 1 } as const;

export const SALES: readonly SaleScenario[] = [
  {
    name: 'paid',
    title: { zh: '免密支付成功', en: 'paid at once' },
    covers: ['001-6'],
    customer: { behaviour: { kind: 'pays' } },
    ends: PAID,
    withinMs: 20_000,
  },
  {
    name: 'user-paying',
    title: { zh: '顾客输入密码后成功', en: 'the customer types the password, then it is paid' },
    covers: ['001-6', '004-15'],
    customer: { behaviour: { kind: 'enters-password', afterMs: 3_000 } },
    ends: PAID,
    withinMs: 40_000,
  },
  {
    name: 'answer-lost',
    title: {
      zh: '已扣款，应答丢失：查询得知已付',
      en: 'charged, but the answer never came: asked, learnt, printed once',
    },
    covers: ['004-3', '004-17', 'F3', 'F24'],
    customer: { behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } },
    ends: PAID,
    withinMs: 60_000,
  },
  {
    name: 'answer-late',
    title: { zh: '应答迟到', en: 'the answer comes after its time-out' },
    covers: ['F24'],
    customer: { behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'delay', ms: 12_000 }] } },
    ends: PAID,
    withinMs: 60_000,
  },
  {
    name: 'user-paying-timeout',
    title: { zh: '顾客一直未输入密码：撤销，未收款', en: 'the password never comes: reversed, no money taken' },
    covers: ['004-3', '004-17', 'F24'],
    customer: { behaviour: { kind: 'enters-password', afterMs: 'never' } },
    ends: { state: 'REVERSED', charges: 0, reversals: 0, slips: 0 },
    withinMs: 150_000,
  },
  {
    name: 'customer-cancels',
    title: { zh: '顾客取消支付', en: 'the customer cancels on the phone' },
    covers: ['004-1', '004-18'],
    customer: { behaviour: { kind: 'cancels', afterMs: 2_000 } },
    ends: { state: 'REVERSED', charges: 0, reversals: 0, slips: 0 },
    withinMs: 150_000,
  },
];

/** The scenario of that name. */
export function saleScenario(name: string): SaleScenario | undefined {
  return SALES.find((scenario) => scenario.name === name);
}
