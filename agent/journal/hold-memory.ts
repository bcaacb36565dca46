import type { Attempt } from '../payment/attempt.ts';
import { isYesBehindNo, type LateWord } from '../payment/card.ts';
import { type Hold, holdIdOf, holdResolved, holdSurprised, holdWith, isStanding } from '../payment/hold.ts';
import type { Resolution } from '../refunds/resolution.ts';
import type { AttemptRecord } from './records.ts';

/** The holds that the log tells of, folded from the records of their attempts. One that stands is never forgotten. */
export class HoldMemory {
  readonly #holds = new Map<string, Hold>();
  /** an order is asked about at every payment, and a till may remember a year of holds */
  readonly #byOrder = new Map<string, readonly string[]>();

  /** oldest first */
  get all(): ReadonlyMap<string, Hold> {
    return this.#holds;
  }

  /** The one of this order that stands, or of which nobody knows. There is at most one. */
  standing(orderId: string): Hold | undefined {
    return this.ofOrder(orderId).find(isStanding);
  }

  ofOrder(orderId: string): readonly Hold[] {
    return (this.#byOrder.get(orderId) ?? []).flatMap((holdId) => this.#holds.get(holdId) ?? []);
  }

  keep(hold: Hold): void {
    const { holdId, orderId } = hold;
    if (!this.#holds.has(holdId)) this.#byOrder.set(orderId, [...(this.#byOrder.get(orderId) ?? []), holdId]);
    this.#holds.set(holdId, hold);
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
    for (const orderId of orders) {
      for (const holdId of this.#byOrder.get(orderId) ?? []) this.#holds.delete(holdId);
      this.#byOrder.delete(orderId);
    }
  }
}
