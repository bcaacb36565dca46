import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { ChannelRequest, PayRequest } from '../../protocols/backend/requests.ts';
import type { ChannelOp } from '../../protocols/backend/topics.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { Clock } from '../world/clock.ts';
import { AGGREGATED } from './aggregated.ts';
import { ALIPAY } from './alipay.ts';
import { type AnswerFate, type CustomerPlan, PAYS, type Trouble } from './customer.ts';
import { IntentCounter } from './intents.ts';
import { Ledger } from './ledger.ts';
import type { ChannelAnswer, ChannelManner } from './manner.ts';
import { RefundCounter } from './refunds.ts';
import { Trade, type TradeTerms, termsOf } from './trade.ts';
import { UNIONPAY } from './unionpay.ts';
import { WECHAT } from './wechat.ts';

const MANNERS: Partial<Record<Channel, ChannelManner>> = {
  WECHAT,
  ALIPAY,
  UNIONPAY,
  // a card as an EMVCo CPM code goes through UnionPay's gateway
  EMV: UNIONPAY,
  ECNY: AGGREGATED,
  BESTPAY: AGGREGATED,
  SUNING: AGGREGATED,
};
const DELIVER: AnswerFate = { kind: 'deliver' };

/** One visit while it is used up. */
interface Visit {
  readonly plan: CustomerPlan;
  readonly used: Map<string, number>;
}

/** The channels, their customers' phones, and the ledger that knows the truth about money. */
export class Acquirer {
  readonly ledger = new Ledger();
  /** codes that customers scan */
  readonly intents: IntentCounter;
  /** who comes when nobody in particular was sent */
  everybody: CustomerPlan = PAYS;
  /** a pay reached the channel: what the customer's phone shows */
  onPay: (terms: TradeTerms) => void = () => undefined;
  readonly #clock: Clock;
  readonly #trades = new Map<string, Trade>();
  readonly #visits = new Map<string, Visit>();
  readonly #queue: CustomerPlan[] = [];
  /** hashes: a paycode works once, and is kept by nobody */
  readonly #codesUsed = new Set<string>();
  readonly #refunds: RefundCounter;
  #serial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#refunds = new RefundCounter(clock);
    this.intents = new IntentCounter(clock, this.ledger, (terms) => {
      const trade = this.#open(terms, 'open');
      trade.pay();
      return trade.transactionId;
    });
  }

  /** The next new attempt meets this customer. */
  send(plan: CustomerPlan): void {
    this.#queue.push(plan);
  }

  supports(channel: Channel): boolean {
    return MANNERS[channel] !== undefined;
  }

  stateOf(attemptId: string): Trade['state'] | undefined {
    return this.#trades.get(attemptId)?.state;
  }

  /** A person at the customer's phone says yes or no; nothing happens when the phone is not asking any more. */
  decide(attemptId: string, pays: boolean): void {
    this.#trades.get(attemptId)?.decide(pays);
  }

  /** Does what the channel does; `reply` is called once, later or never, as the customer's plan says. */
  ask(request: ChannelRequest, reply: (answer: ChannelAnswer) => void): void {
    const manner = MANNERS[request.args.channel];
    if (!manner) throw new RangeError(`no such channel here: ${request.args.channel}`);
    const visit = this.#visit(request.attemptId);
    const answer = byCustomer(visit.plan, this.#trouble(visit, request.op) ?? this.#answer(manner, request, visit));
    const fate = next(visit, 'answers', request.op) ?? DELIVER;
    if (fate.kind === 'deliver') reply(answer);
    if (fate.kind === 'delay') this.#clock.after(fate.ms, () => reply(answer));
  }

  #visit(attemptId: string): Visit {
    const known = this.#visits.get(attemptId);
    if (known) return known;
    const visit: Visit = { plan: this.#queue.shift() ?? this.everybody, used: new Map() };
    this.#visits.set(attemptId, visit);
    return visit;
  }

  #trouble(visit: Visit, op: ChannelOp): ChannelAnswer | undefined {
    const trouble: Trouble | undefined = next(visit, 'trouble', op);
    return trouble && { ...trouble };
  }

  #answer(manner: ChannelManner, request: ChannelRequest, { plan }: Visit): ChannelAnswer {
    switch (request.op) {
      case 'pay':
        return this.#pay(manner, request, plan);
      case 'query':
        return this.#query(manner, request.attemptId);
      case 'reverse':
        return this.#reverse(manner, termsOf(request));
      case 'refund':
        return this.#refunds.ask(request, this.#trades.get(request.attemptId), plan.refunds ?? { kind: 'at-once' });
      case 'refund-query':
        return this.#refunds.query(request, this.#trades.get(request.attemptId));
      default:
        return request satisfies never;
    }
  }

  #pay(manner: ChannelManner, request: PayRequest, { behaviour }: CustomerPlan): ChannelAnswer {
    const terms = termsOf(request);
    const known = this.#trades.get(terms.attemptId);
    if (known) return manner.again(known, terms);
    const code = canonicalHash(request.args.paycode);
    if (this.#codesUsed.has(code)) return manner.codeUsed;
    this.#codesUsed.add(code);
    const trade = this.#open(terms, 'open');
    trade.begin(behaviour, manner.autoCloseMs);
    this.onPay(terms);
    return manner.opened(trade, behaviour);
  }

  #query(manner: ChannelManner, attemptId: string): ChannelAnswer {
    const trade = this.#trades.get(attemptId);
    return trade ? manner.query(trade) : manner.unknown;
  }

  /** A number that was never seen is closed for good: the pay that may still be under way comes too late. */
  #reverse(manner: ChannelManner, terms: TradeTerms): ChannelAnswer {
    const trade = this.#trades.get(terms.attemptId) ?? this.#open(terms, 'closed');
    // money that goes back by a refund does not go back a second time
    const refused = trade.refunds.size > 0 ? { code: 'TRADE_ERROR' } : manner.reverseRefused(trade);
    if (refused) return refused;
    trade.reverse();
    return manner.reversed(trade);
  }

  #open(terms: TradeTerms, state: 'open' | 'closed'): Trade {
    this.#serial += 1;
    const day = new Date(this.#clock.now()).toISOString().slice(0, 10).replaceAll('-', '');
    const trade = new Trade(
      terms,
      `42000${day}${String(this.#serial).padStart(10, '0')}`,
      state,
      this.ledger,
      this.#clock,
    );
    this.#trades.set(terms.attemptId, trade);
    return trade;
  }
}

/** The next entry of a plan's list for this operation, used up by looking. */
function next<K extends 'answers' | 'trouble'>(visit: Visit, list: K, op: ChannelOp) {
  const key = `${list} ${op}`;
  const index = visit.used.get(key) ?? 0;
  visit.used.set(key, index + 1);
  return visit.plan[list]?.[op]?.[index] as NonNullable<NonNullable<CustomerPlan[K]>[ChannelOp]>[number] | undefined;
}

/** Who says that money moved says whose it was and how it is paid; a wallet that asks says what it warns of. */
function byCustomer({ payer, instalments, riskNotice }: CustomerPlan, answer: ChannelAnswer): ChannelAnswer {
  if (answer.transactionId === undefined) return riskNotice === undefined ? answer : { ...answer, riskNotice };
  return {
    ...answer,
    ...(payer === undefined ? {} : { payer }),
    ...(instalments === undefined ? {} : { instalments }),
  };
}
