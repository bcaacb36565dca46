import type { IntentReply } from '../../protocols/backend/replies.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { Clock } from '../world/clock.ts';
import type { AnswerFate } from './customer.ts';
import type { Ledger } from './ledger.ts';
import type { TradeTerms } from './trade.ts';

/** A person who opens the code, as data. Times are milliseconds after the code was made. */
export interface Buyer {
  readonly afterMs: number;
  readonly wallet: Channel;
  /** other money than asked for: a channel's fault */
  readonly paysFen?: number;
  /** had the page open: the provider takes the money although the code was paid or closed meanwhile */
  readonly slipsThrough?: boolean;
}

type Action = IntentReply['action'];

/** What becomes of one intent at the provider. Lists are used up from the front; after the last one all is well. */
export interface IntentPlan {
  readonly buyers?: readonly Buyer[];
  /** the channel did its part, its answer goes astray */
  readonly answers?: Partial<Record<Action, readonly AnswerFate[]>>;
  /** somebody pays so many ms after it was closed: the provider breaks its word */
  readonly breaksCloseAfterMs?: number;
  /** this many closes are answered with no certainty, and do nothing */
  readonly unclearCloses?: number;
  /** the provider closes by itself at the expiry */
  readonly closesItself?: boolean;
  /** the create request is refused */
  readonly refuses?: boolean;
  readonly riskNotice?: IntentReply['riskNotice'];
}

/** A payment of an intent, as the ledger has it. */
export interface IntentCharge {
  readonly intentId: string;
  readonly orderId: string;
  readonly paidFen: number;
  readonly paidAt: number;
  readonly channel: Channel;
  readonly transactionId: string;
}

interface IntentTrade {
  readonly intentId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly plan: IntentPlan;
  readonly expiresAt: number;
  state: 'open' | 'paid' | 'closed';
  wasClosed: boolean;
  unclearLeft: number;
  readonly charges: IntentCharge[];
}

/** What the provider says of an intent. */
export type IntentWord = Pick<IntentReply, 'state'> &
  Partial<Pick<IntentReply, 'paidFen' | 'paidAt' | 'channel' | 'transactionId' | 'code' | 'expiresAt' | 'riskNotice'>>;

/** The providers behind merchant-presented codes: who opened one, who paid, what is closed. Money is in the ledger. */
export class IntentCounter {
  /** everybody who pays without a plan of his own */
  everybody: IntentPlan = {};
  onCharge: (charge: IntentCharge) => void = () => undefined;
  /** the charge that is booked in this moment is one that the shop did not ask for: a provider's fault */
  unexpected = false;
  /** somebody opened a code that takes no payment any more */
  onRefused: (intentId: string) => void = () => undefined;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #openTrade: (terms: TradeTerms) => string;
  readonly #trades = new Map<string, IntentTrade>();
  readonly #plans: IntentPlan[] = [];
  #isWell = false;

  /** `openTrade` begins a paid trade under this number, so that it can be refunded, and books its charge. */
  constructor(clock: Clock, ledger: Ledger, openTrade: (terms: TradeTerms) => string) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#openTrade = openTrade;
  }

  /** The next new intent meets these people. */
  send(plan: IntentPlan): void {
    this.#plans.push(plan);
  }

  stateOf(intentId: string): IntentTrade['state'] | undefined {
    return this.#trades.get(intentId)?.state;
  }

  /** The provider said once that no payment can come; it may have broken its word since. */
  wasClosed(intentId: string): boolean {
    return this.#trades.get(intentId)?.wasClosed === true;
  }

  /** Everything that was ever paid with a code. */
  get charges(): readonly IntentCharge[] {
    return [...this.#trades.values()].flatMap(({ charges }) => charges);
  }

  /** From now on every answer comes and is clear; what people do stays what it is. */
  mend(): void {
    this.#isWell = true;
  }

  /** How the answer to this action travels: used up by looking. */
  fateOf(intentId: string, action: Action, nth: number): AnswerFate {
    const planned = this.#isWell ? undefined : this.#trades.get(intentId)?.plan.answers?.[action]?.[nth];
    return planned ?? { kind: 'deliver' };
  }

  create(intentId: string, orderId: string, amountFen: number, ttlMs: number): IntentWord {
    const known = this.#trades.get(intentId);
    if (known) return this.#wordOf(known);
    const plan = this.#plans.shift() ?? this.everybody;
    const expiresAt = this.#clock.now() + ttlMs;
    const state = plan.refuses ? 'closed' : 'open';
    const trade: IntentTrade = {
      intentId,
      orderId,
      amountFen,
      plan,
      expiresAt,
      state,
      wasClosed: state === 'closed',
      unclearLeft: plan.unclearCloses ?? 0,
      charges: [],
    };
    this.#trades.set(intentId, trade);
    if (plan.refuses) return { state: 'UNKNOWN', code: 'PROVIDER_REFUSED' };
    for (const buyer of plan.buyers ?? []) this.#clock.after(buyer.afterMs, () => this.opens(intentId, buyer));
    const notice = plan.riskNotice === undefined ? {} : { riskNotice: plan.riskNotice };
    return { state: 'WAITING', expiresAt, ...notice };
  }

  query(intentId: string): IntentWord {
    const trade = this.#trades.get(intentId);
    return trade ? this.#wordOf(trade) : { state: 'NOT_FOUND' };
  }

  /** A number that was never seen is closed for good: the create that may still be under way comes too late. */
  close(intentId: string, orderId: string, amountFen: number): IntentWord {
    const trade = this.#trades.get(intentId);
    if (!trade) {
      const rest = { plan: {}, expiresAt: 0, state: 'closed' as const, wasClosed: true, unclearLeft: 0, charges: [] };
      this.#trades.set(intentId, { intentId, orderId, amountFen, ...rest });
      return { state: 'CLOSED' };
    }
    if (trade.unclearLeft > 0 && !this.#isWell) {
      trade.unclearLeft -= 1;
      return { state: 'UNKNOWN', code: 'SYSTEMERROR' };
    }
    if (trade.state === 'open') this.#close(trade);
    return this.#wordOf(trade);
  }

  #close(trade: IntentTrade): void {
    trade.state = 'closed';
    trade.wasClosed = true;
    const { breaksCloseAfterMs: ms, buyers: [buyer] = [] } = trade.plan;
    const late = { wallet: buyer?.wallet ?? ('WECHAT' as const), slipsThrough: true };
    if (ms !== undefined) this.#clock.after(ms, () => this.opens(trade.intentId, late));
  }

  /** Somebody opens the code and pays, if it lets him. */
  opens(intentId: string, { wallet, paysFen, slipsThrough = false }: Omit<Buyer, 'afterMs'>): boolean {
    const trade = this.#trades.get(intentId);
    if (!trade) return false;
    const may = trade.state === 'open' && this.#clock.now() <= trade.expiresAt;
    if (!may && !slipsThrough) {
      this.onRefused(intentId);
      return false;
    }
    const paidFen = paysFen ?? trade.amountFen;
    this.unexpected = !may || paidFen !== trade.amountFen;
    this.#charge(trade, wallet, paidFen);
    this.unexpected = false;
    return true;
  }

  #charge(trade: IntentTrade, channel: Channel, paidFen: number): void {
    const { intentId, orderId, charges } = trade;
    const terms = { attemptId: intentId, orderId, channel, amountFen: paidFen };
    const paidAt = this.#clock.now();
    const again = charges.length > 0;
    const transactionId = again ? `43000${intentId.slice(-20)}${charges.length}` : this.#openTrade(terms);
    if (again) this.#ledger.book({ kind: 'charge', at: paidAt, ...terms, transactionId });
    trade.state = 'paid';
    const charge = { intentId, orderId, paidFen, paidAt, channel, transactionId };
    charges.push(charge);
    this.onCharge(charge);
  }

  #wordOf(trade: IntentTrade): IntentWord {
    const [charge] = trade.charges;
    if (charge) {
      const { paidFen, paidAt, channel, transactionId } = charge;
      return { state: 'PAID', paidFen, paidAt, channel, transactionId };
    }
    const over = trade.plan.closesItself === true && this.#clock.now() > trade.expiresAt;
    if (over && trade.state === 'open') this.#close(trade);
    return trade.state === 'closed' ? { state: 'CLOSED' } : { state: 'WAITING', expiresAt: trade.expiresAt };
  }
}
