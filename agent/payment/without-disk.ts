import { type Attempt, isFinal } from './attempt.ts';
import type { Step } from './machine.ts';

/**
 * What may happen although it could not be written down, while the disk is full or read-only: asking, waiting, and
 * reversing again. A first reverse must be on disk before it leaves, or a restart could take its money for payment; a
 * result must be on disk before anybody hears of it. Those wait for the disk. The pay request has left when this is asked.
 */
export function withoutDisk(before: Attempt, { attempt, orders }: Step): boolean {
  if (isFinal(attempt)) return false;
  return before.reverses > 0 || !orders.some(({ kind }) => kind === 'send-reverse');
}
