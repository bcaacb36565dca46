import type { Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { entryAt } from './place.ts';
import { LIST_LIMIT, type Projection } from './projection.ts';
import type { Recalled } from './records.ts';
import { TillState } from './state.ts';

// What memory let go of is still in the log: an order that was paid longer ago, found by the projection and read from where
// it stands.

/** Everything that can still be read of one order, oldest first. */
export async function historyOf(projection: Projection, files: LogFiles, orderId: string): Promise<Entry[]> {
  await projection.catchUp(files);
  const entries = await Promise.all(projection.mentionsOf(orderId).map((place) => entryAt(files, place)));
  return entries.filter((entry) => entry !== undefined);
}

/**
 * The order as its own entries make it, by the fold that made the till's memory. `undefined`: it was never paid, or not all
 * of its story is at hand. The oldest entries may be gone (retention.ts): what went back stands behind the payment.
 */
export function recalled(entries: readonly Entry[], orderId: string): Recalled | undefined {
  if (entries.length >= LIST_LIMIT) return undefined;
  const state = new TillState();
  for (const entry of entries) state.fold(entry, NOWHERE);
  const order = state.orders.get(orderId);
  const charge = state.charges.get(orderId);
  if (!order || !charge) return undefined;
  return { order, charge, refunds: [...state.refunds.values()].filter((refund) => refund.orderId === orderId) };
}

/** Events of that time have left long ago. */
const NOWHERE = { segment: 0, offset: 0, bytes: 0 };
