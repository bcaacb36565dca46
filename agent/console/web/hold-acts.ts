import { isBegun, isYes, newOrderId } from './acts.ts';
import { untell } from './told.ts';
import type { Operation } from './types.ts';
import { wish } from './wishes.ts';

// What the clerk does about a hold (预授权). The agent says what it allows; what became of it is seen in the order.

const pathOf = (orderId: string, act: 'complete' | 'cancel') =>
  `/v1/orders/${encodeURIComponent(orderId)}/pre-authorisation/${act}`;

/** 预授权: of a new order, or of the one that is on the screen. */
export async function beginHold(amountFen: number, orderId: string = newOrderId()): Promise<boolean> {
  untell();
  const answer = await wish<Operation>('hold', '/v1/pre-authorisations', { orderId, amountFen });
  return isBegun(answer, orderId);
}

/** 预授权完成: charges so much of it. */
export async function completeHold(orderId: string, amountFen: number): Promise<boolean> {
  untell();
  return isYes(await wish<Operation>('completeHold', pathOf(orderId, 'complete'), { amountFen }));
}

/** 预授权撤销: all of it. */
export async function cancelHold(orderId: string): Promise<boolean> {
  untell();
  return isYes(await wish<Operation>('cancelHold', pathOf(orderId, 'cancel')));
}
