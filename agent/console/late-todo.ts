import type { Advice } from '../errors.ts';
import type { LateMoney, LateWhat } from '../payment/late-money.ts';
import { LATE_TODO } from './todo.ts';

/** Of a surprise that is no payment: nothing of it can be kept or given back. */
const TODO: Readonly<Record<LateWhat, Advice>> = {
  refund: {
    zh: '终端先拒绝、后又执行了这笔退款，钱可能退了两次：请主管在终端上核对，多退的向顾客或收单机构追回，再登记订单的结果',
    en: 'The terminal carried out a refund that it had refused: the money may have gone back twice. A manager checks at the terminal, claims what is too much from the customer or the acquirer, then registers what became of the order',
  },
  hold: {
    zh: '终端先拒绝、后又执行了这笔预授权操作：请主管在终端上核对预授权是否还在，再登记订单和预授权的结果',
    en: 'The terminal carried out a hold, or its cancellation, that it had refused. A manager checks at the terminal whether the hold stands, then registers what became of the order and of the hold',
  },
};

/** What to do about money that nobody expected: the first surprise first. */
export function lateTodo([first]: readonly LateMoney[]): Advice {
  return first?.what === undefined ? LATE_TODO : TODO[first.what];
}
