import type { Attempt } from '../payment/attempt.ts';
import { isYesBehindNo, type LateWord } from '../payment/card.ts';
import { type Hold, holdIdOf, holdResolved, holdSurprised, holdWith, isStanding } from '../payment/hold.ts';
import type { Resolution } from '../refunds/resolution.ts';
import type { AttemptRecord } from './records.ts';

/** The holds that the log tells of, folded from the records of their attempts. One that stands is never forgotten. */
export class HoldMemory {
  readonly #holds = new Map<string, Hold>();

  /** oldest first */
  get all(): ReadonlyMap<string, Hold> {
    return this.#holds;
  }

  /** The one of this order that stands, or of which nobody knows. There is at most one. */
  standing(orderId: string): Hold | undefined {
    return this.ofOrder(orderId).find(isStanding);
  }

  ofOrder(orderId: string): readonly Hold[] {
    return [...this.#holds.values()].filter((hold) => hold.orderId === orderId);
  }

  keep(hold: Hold): void {
    this.#holds.set(hold.holdId, hold);
  }

  attempt({ attempt, startedAt }: AttemptRecord): void {
    const holdId = holdIdOf(attempt);
    const next = holdId === undefined ? undefined : holdWith(this.#holds.get(holdId), attempt, startedAt);
    if (next) this.keep(next);
  }

  late(about: Attempt | undefined, late: LateWord): void {
    const hold = about && isYesBehindNo(about, late) ? this.#holds.get(holdIdOf(about) ?? '') : undefined;
    if (about && hold) this.keep(holdSurprised(hold, about.attemptId, late));
  }

  /** An order that was paid another way says nothing of its hold, unless the person does. */
  resolved({ orderId, outcome, hold: found, charge }: Resolution): void {
    const hold = this.standing(orderId);
    if (!hold) return;
    const wasCharged = outcome === 'paid' && charge?.attemptId !== undefined && charge.attemptId === hold.runs;
    if (found !== undefined || wasCharged) this.keep(holdResolved(hold, found, charge?.attemptId));
  }

  /** With their orders, which are kept as long as a hold of them stands. */
  forget(orders: readonly string[]): void {
    if (orders.length === 0) return;
    const gone = new Set(orders);
    for (const { holdId, orderId } of this.#holds.values()) if (gone.has(orderId)) this.#holds.delete(holdId);
  }
}
