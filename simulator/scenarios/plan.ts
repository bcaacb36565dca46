import type { ChannelOp } from '../../protocols/backend/topics.ts';
import type { AnswerFate, CustomerPlan, Trouble } from '../acquirer/customer.ts';
import type { RefundCourse } from '../acquirer/refunds.ts';
import type { StepOf } from './steps.ts';
import { msOf } from './terms.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the steps about a phone and a channel say of the next customer, gathered until the gun reads. */
export class PlanOfVisit {
  #behaviour: CustomerPlan['behaviour'] = { kind: 'pays' };
  #answers: Partial<Record<ChannelOp, AnswerFate[]>> = {};
  #trouble: Partial<Record<ChannelOp, Trouble[]>> = {};
  #refunds: RefundCourse | undefined;
  #isSaid = false;

  phone(step: StepOf<'phone'>): void {
    this.#isSaid = true;
    this.#behaviour = behaviourOf(step);
  }

  channel(step: StepOf<'channel'>): void {
    this.#isSaid = true;
    if (step.channel === 'gives money back') {
      this.#refunds = courseOf(step.when);
      return;
    }
    const times = step.times ?? 1;
    if (step.channel === 'is in trouble') {
      const { code, retry } = step;
      this.#add(this.#trouble, step.to, { code, ...(retry === undefined ? {} : { retry }) }, times);
    } else this.#add(this.#answers, step.to, fateOf(step), times);
  }

  /** The plan so far, once; `undefined`: nothing was said, whoever comes pays. */
  take(): CustomerPlan | undefined {
    if (!this.#isSaid) return undefined;
    const plan: Mutable<CustomerPlan> = { behaviour: this.#behaviour, answers: this.#answers, trouble: this.#trouble };
    if (this.#refunds) plan.refunds = this.#refunds;
    this.#behaviour = { kind: 'pays' };
    this.#answers = {};
    this.#trouble = {};
    this.#refunds = undefined;
    this.#isSaid = false;
    return plan;
  }

  #add<T>(lists: Partial<Record<ChannelOp, T[]>>, op: ChannelOp, one: T, times: number): void {
    const list = (lists[op] ??= []);
    for (let n = 0; n < times; n++) list.push(one);
  }
}

function behaviourOf(step: StepOf<'phone'>): CustomerPlan['behaviour'] {
  switch (step.phone) {
    case 'pays at once':
      return { kind: 'pays' };
    case 'asks for the password':
      return { kind: 'enters-password', afterMs: momentOf(step.paysAfter) };
    case 'asks and is cancelled':
      return { kind: 'cancels', afterMs: msOf(step.after) };
    case 'is refused':
      return { kind: 'refuses', code: step.code, ...(step.message === undefined ? {} : { message: step.message }) };
    case 'gets no clear answer':
      return { kind: 'unclear', code: step.code, paysAfterMs: momentOf(step.paysAfter) };
    default:
      return step satisfies never;
  }
}

function fateOf(
  step: Extract<StepOf<'channel'>, { channel: 'answers' | 'loses its answer' | 'answers late' }>,
): AnswerFate {
  if (step.channel === 'answers late') return { kind: 'delay', ms: msOf(step.by) };
  return { kind: step.channel === 'answers' ? 'deliver' : 'lose' };
}

function courseOf(when: string): RefundCourse {
  if (when === 'at once') return { kind: 'at-once' };
  return when === 'not at all' ? { kind: 'closed' } : { kind: 'later', afterMs: momentOf(when) };
}

function momentOf(text: string): number | 'never' {
  return text === 'never' ? text : msOf(text);
}
