import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { Entry } from '../journal/entry.ts';
import { fromJournal } from '../journal/records.ts';
import { type ContractRates, feeOf } from '../statements/reconcile.ts';
import { factsOf, type MoneyFact, newer } from './money-facts.ts';
import type { ChannelRow, HourRow, Takings } from './report.ts';
import type { ShopTime } from './shop-time.ts';

export interface TakingsTerms {
  readonly rates: ContractRates;
  readonly time: ShopTime;
  /** only what happened at such times counts; without it all does */
  readonly isWanted?: (at: number) => boolean;
}

type Sum = { -readonly [K in keyof ChannelRow]: ChannelRow[K] };

const RATE_OF = { WECHAT: 'WECHAT', ALIPAY: 'ALIPAY', UNIONPAY: 'UNIONPAY', EMV: 'UNIONPAY' } as const;

/**
 * Adds a part of the journal up, entry by entry. A payment counts once, in the part that holds the entry with which it became
 * paid; a refund in the one in which it went back.
 */
export class TakingsFold {
  readonly #terms: TakingsTerms;
  readonly #counted = new Set<string>();
  readonly #facts = new Map<string, MoneyFact>();
  readonly #sums = new Map<PayChannel, Sum>();
  readonly #hours = new Map<number, { count: number; salesFen: number }>();

  constructor(terms: TakingsTerms) {
    this.#terms = terms;
  }

  take(entry: Entry): void {
    for (const fact of factsOf(entry)) if (this.#terms.isWanted?.(fact.at) !== false) this.#take(fact, entry);
  }

  #take(fact: MoneyFact, entry: Entry): void {
    this.#facts.set(fact.id, newer(this.#facts.get(fact.id), fact));
    if (!MOVED.has(fact.state) || fact.channel === undefined || this.#counted.has(fact.id)) return;
    this.#counted.add(fact.id);
    const sum = this.#sumOf(fact.channel);
    if (fact.kind === 'refund') this.#refund(sum, fact);
    else this.#sale(sum, fact, discountOf(entry));
  }

  takings(): Takings {
    const rows = [...this.#sums.values()].map(withNet);
    const facts = [...this.#facts.values()];
    const count = (is: (fact: MoneyFact) => boolean) => facts.filter(is).length;
    return {
      rows,
      total: totalOf(rows),
      byHour: [...this.#hours].map(([hour, sums]): HourRow => ({ hour, ...sums })).sort((a, b) => a.hour - b.hour),
      reversed: count(({ kind, state }) => kind === 'payment' && state === 'REVERSED'),
      open: count(({ state }) => !OVER.has(state)),
      needsCheck: count(({ state }) => state === 'NEEDS_MANUAL_CHECK' || state === 'DISPUTED'),
    };
  }

  #sale(sum: Sum, { amountFen, at, channel }: MoneyFact, discountFen: number): void {
    sum.count += 1;
    sum.salesFen += amountFen;
    sum.discountFen += discountFen;
    this.#addFee(sum, channel, amountFen);
    const hour = this.#terms.time.hour(at);
    const hours = this.#hours.get(hour) ?? { count: 0, salesFen: 0 };
    this.#hours.set(hour, { count: hours.count + 1, salesFen: hours.salesFen + amountFen });
  }

  #refund(sum: Sum, { amountFen, channel }: MoneyFact): void {
    sum.refundCount += 1;
    sum.refundFen += amountFen;
    this.#addFee(sum, channel, -amountFen);
  }

  #addFee(sum: Sum, channel: PayChannel | undefined, amountFen: number): void {
    const listed = channel !== undefined && channel in RATE_OF ? RATE_OF[channel as keyof typeof RATE_OF] : undefined;
    const rate = listed && this.#terms.rates[listed];
    if (rate !== undefined) sum.feeFen = (sum.feeFen ?? 0) + feeOf(amountFen, rate);
  }

  #sumOf(channel: PayChannel): Sum {
    const known = this.#sums.get(channel);
    if (known) return known;
    const sum: Sum = { channel, ...NOTHING };
    this.#sums.set(channel, sum);
    return sum;
  }
}

const NOTHING = { count: 0, salesFen: 0, refundCount: 0, refundFen: 0, discountFen: 0, netFen: 0 };
const MOVED: ReadonlySet<string> = new Set(['PAID', 'REFUNDED']);
const OVER: ReadonlySet<string> = new Set([
  'PAID',
  'FAILED',
  'REVERSED',
  'NEEDS_MANUAL_CHECK',
  'EXPIRED',
  'CLOSED',
  'DISPUTED',
  'REFUNDED',
  'REJECTED',
  'RESOLVED',
]);

/** What the shop itself took off stands in the intent with its lines. */
function discountOf(entry: Entry): number {
  const record = fromJournal(entry);
  return record.type === 'INTENT' ? (record.intent.discountFen ?? 0) : 0;
}

function withNet(row: ChannelRow): ChannelRow {
  return { ...row, netFen: row.salesFen - row.refundFen - (row.feeFen ?? 0) };
}

function totalOf(rows: readonly ChannelRow[]): Takings['total'] {
  const sum = (of: (row: ChannelRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const fees = rows.filter(({ feeFen }) => feeFen !== undefined);
  return {
    count: sum(({ count }) => count),
    salesFen: sum(({ salesFen }) => salesFen),
    refundCount: sum(({ refundCount }) => refundCount),
    refundFen: sum(({ refundFen }) => refundFen),
    discountFen: sum(({ discountFen }) => discountFen),
    ...(fees.length === 0 ? {} : { feeFen: sum(({ feeFen = 0 }) => feeFen) }),
    netFen: sum(({ netFen }) => netFen),
  };
}
