import type { ClosingEvent } from '../../protocols/backend/closings.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';

// What a till says of a shift or day, held against what the backend knows by itself. Fees and discounts are left alone: they are
// the till's own reckoning.

/** One channel as it was added up here. */
interface Sums {
  count: number;
  salesFen: number;
  refundCount: number;
  refundFen: number;
}

export interface ClosingDifference {
  readonly channel: string;
  readonly till: Readonly<Sums>;
  readonly backend: Readonly<Sums>;
}

/** A closing, and what is otherwise here; nothing: both agree. */
export interface CheckedClosing {
  readonly closing: ClosingEvent;
  readonly differences: readonly ClosingDifference[];
}

/** Money that moved, once. */
interface Moved {
  readonly id: string;
  readonly kind: 'sale' | 'refund';
  readonly channel: string;
  readonly amountFen: number;
}

/** Every closing among the events of one till, in order. */
export function checkedClosings(events: readonly EventEnvelope[]): CheckedClosing[] {
  const moved = movements(events);
  return events.flatMap(({ data }) => {
    if (data.type !== 'closing') return [];
    const { from, to } = data.events ?? { from: 1, to: 0 };
    const mine = [...moved].filter(([seq]) => seq >= from && seq <= to).map(([, one]) => one);
    return [{ closing: data, differences: differencesOf(data, sumsOf(mine)) }];
  });
}

/** By the number of the event that said it first. */
function movements(events: readonly EventEnvelope[]): Map<number, Moved> {
  const known = new Map<string, Moved>();
  const told = new Map<number, Moved>();
  const seen = new Set<string>();
  for (const { seq, data } of events) {
    const moved = movedBy(data, known);
    if (data.type === 'attempt') known.set(data.attemptId, saleOf(data.attemptId, channelOf(data), data.amountFen));
    if (!moved || seen.has(moved.id)) continue;
    seen.add(moved.id);
    told.set(seq, moved);
  }
  return told;
}

function movedBy(data: EventEnvelope['data'], known: ReadonlyMap<string, Moved>): Moved | undefined {
  if (data.type === 'attempt' && data.state === 'PAID') return saleOf(data.attemptId, channelOf(data), data.amountFen);
  if (data.type === 'intent' && data.state === 'PAID' && data.channel !== undefined)
    return saleOf(data.intentId, data.channel, data.paidFen ?? data.amountFen);
  if (data.type === 'refund' && data.state === 'REFUNDED')
    return { id: data.refundId, kind: 'refund', channel: data.channel, amountFen: data.refundFen };
  // a person found out that the shop has the money of an attempt that was in doubt
  if (data.type === 'resolution' && data.outcome === 'paid')
    return data.about.map((id) => known.get(id)).find((one) => one !== undefined);
  return undefined;
}

function saleOf(id: string, channel: string, amountFen: number): Moved {
  return { id, kind: 'sale', channel, amountFen };
}

/** What the terminal charged is a card payment, whatever the customer showed it. */
function channelOf({ channel, card }: Extract<EventEnvelope['data'], { type: 'attempt' }>): string {
  return card === undefined ? channel : 'CARD';
}

function sumsOf(moved: readonly Moved[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const { kind, channel, amountFen } of moved) {
    const sum = sums.get(channel) ?? { count: 0, salesFen: 0, refundCount: 0, refundFen: 0 };
    if (kind === 'sale') Object.assign(sum, { count: sum.count + 1, salesFen: sum.salesFen + amountFen });
    else Object.assign(sum, { refundCount: sum.refundCount + 1, refundFen: sum.refundFen + amountFen });
    sums.set(channel, sum);
  }
  return sums;
}

function differencesOf({ rows }: ClosingEvent, here: ReadonlyMap<string, Sums>): ClosingDifference[] {
  const there = new Map(rows.map((row) => [row.channel as string, plain(row)]));
  return [...new Set([...there.keys(), ...here.keys()])]
    .map((channel) => ({ channel, till: there.get(channel) ?? plain({}), backend: here.get(channel) ?? plain({}) }))
    .filter(({ till, backend }) => JSON.stringify(till) !== JSON.stringify(backend));
}

function plain({ count = 0, salesFen = 0, refundCount = 0, refundFen = 0 }: Partial<Sums>): Sums {
  return { count, salesFen, refundCount, refundFen };
}
