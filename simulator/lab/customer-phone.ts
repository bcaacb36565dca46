import type { Acquirer } from '../acquirer/acquirer.ts';
import type { CustomerPlan } from '../acquirer/customer.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import type { TradeTerms } from '../acquirer/trade.ts';
import { showCode, WALLETS, type Wallet } from '../devices/phone.ts';
import type { Clock } from '../world/clock.ts';
import type { Mood, Sections } from './schemas.ts';

/** How long a wallet shows one code (payment.md 1.1). */
export const CODE_LIFE_MS = 60_000;
/** A customer who declines looks at the amount first. */
export const DECLINES_AFTER_MS = 1_500;

/** What a channel answers when the money is not there; UnionPay has the issuer's one code, the aggregator its FAIL. */
const INSUFFICIENT = {
  WECHAT: { code: 'NOTENOUGH', message: '余额不足' },
  ALIPAY: { code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH', message: '买家余额不足' },
  UNIONPAY: { code: '60', message: '余额不足' },
} as const satisfies Record<string, { readonly code: string; readonly message: string }>;
const AGGREGATED = { code: 'FAIL', message: '余额不足' };

/** The customer at the counter: a phone with a code that turns, and somebody who makes up their mind. */
export class CustomerPhone {
  onChange: () => void = () => undefined;
  onTurn: () => void = () => undefined;
  readonly #acquirer: Acquirer;
  readonly #clock: Clock;
  readonly #random: () => number;
  #wallet: Wallet = 'wechat';
  #mood: Mood = 'asks';
  #code = '';
  /** the code before this one: a customer who was too slow */
  #codeBefore: string | undefined;
  #turnsAt = 0;
  #callOff: () => void = () => undefined;
  #payment: TradeTerms | undefined;

  constructor(acquirer: Acquirer, clock: Clock, random: () => number) {
    this.#acquirer = acquirer;
    this.#clock = clock;
    this.#random = random;
    acquirer.onPay = (terms) => {
      this.#payment = terms;
      // paid at once: its money moved before anybody could say that it is this phone's
      if (acquirer.stateOf(terms.attemptId) === 'open') this.onChange();
      else this.turn();
    };
    this.turn();
  }

  get code(): string {
    return this.#code;
  }

  get codeBefore(): string | undefined {
    return this.#codeBefore;
  }

  change({ wallet = this.#wallet, mood = this.#mood }: { readonly wallet?: Wallet; readonly mood?: Mood }): void {
    const isOther = wallet !== this.#wallet;
    this.#wallet = wallet;
    this.#mood = mood;
    if (isOther) this.turn();
    else this.onChange();
  }

  /** A fresh code, and in a minute the next one. */
  turn(): void {
    this.#callOff();
    this.#codeBefore = this.#code === '' ? undefined : this.#code;
    this.#code = showCode(this.#wallet, this.#random);
    this.#turnsAt = this.#clock.now() + CODE_LIFE_MS;
    this.#callOff = this.#clock.after(CODE_LIFE_MS, () => this.#minuteOver());
    this.onTurn();
    this.onChange();
  }

  /** The customer presses a button on the phone. */
  decide(pays: boolean): void {
    const { asking } = this.view();
    if (asking) this.#acquirer.decide(asking.attemptId, pays);
    this.onChange();
  }

  /** Money moved: what was shown is used up. */
  moved({ kind, attemptId }: LedgerEntry): void {
    if (kind === 'charge' && attemptId === this.#payment?.attemptId) this.turn();
    else this.onChange();
  }

  view(): Sections['phone'] {
    const payment = this.#payment;
    const state = payment && this.#acquirer.stateOf(payment.attemptId);
    return {
      wallet: this.#wallet,
      name: WALLETS[this.#wallet].name,
      mood: this.#mood,
      code: this.#code,
      turnsAt: this.#turnsAt,
      lifeMs: CODE_LIFE_MS,
      asking: payment && state === 'open' ? { attemptId: payment.attemptId, amountFen: payment.amountFen } : null,
      ended: payment && state && state !== 'open' ? { how: state, amountFen: payment.amountFen } : null,
    };
  }

  close(): void {
    this.#callOff();
  }

  #minuteOver(): void {
    if (!this.view().asking) this.#payment = undefined;
    this.turn();
  }

  /** The phone is held before the gun: whoever comes to the channel now is this customer. */
  show(): void {
    this.#acquirer.everybody = this.#planOf(this.#mood);
  }

  /** What a wallet's channel says when the money is not there. */
  noMoneyOf(wallet: Wallet): { readonly code: string; readonly message: string } {
    const { channel } = WALLETS[wallet];
    return channel in INSUFFICIENT ? INSUFFICIENT[channel as keyof typeof INSUFFICIENT] : AGGREGATED;
  }

  #planOf(mood: Mood): CustomerPlan {
    switch (mood) {
      case 'pays':
        return { behaviour: { kind: 'pays' } };
      case 'declines':
        return { behaviour: { kind: 'cancels', afterMs: DECLINES_AFTER_MS } };
      case 'insufficient':
        return { behaviour: { kind: 'refuses', ...this.noMoneyOf(this.#wallet) } };
      // somebody decides at the phone, or nobody ever does
      case 'asks':
      case 'away':
        return { behaviour: { kind: 'enters-password', afterMs: 'never' } };
    }
  }
}
