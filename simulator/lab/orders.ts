import type { EventData } from '../../protocols/backend/events.ts';
import type { Ledger } from '../acquirer/ledger.ts';
import type { Sections } from './schemas.ts';

/** Orders on the page; the backend itself knows all of them. */
const MOST_ORDERS = 30;

type Order = Sections['backend']['orders'][number];
type Attempt = Order['attempts'][number];

/** What the backend knows of its orders: what it asked for, and what the till's events say came of it. */
export class OrderBook {
  #orders: readonly Omit<Order, 'netFen'>[] = [];

  asked(orderId: string, amountFen: number, at: number): void {
    this.#orders = [...this.#orders.slice(1 - MOST_ORDERS), { orderId, amountFen, at, answer: null, attempts: [] }];
  }

  answered(orderId: string, answer: string): void {
    this.#change(orderId, (order) => ({ ...order, answer }));
  }

  heard(data: EventData, at: number): void {
    if (data.type === 'slip') return this.#slip(data.attemptId, data.state);
    if (data.type !== 'attempt') return;
    const { attemptId, orderId, amountFen, channel, state, category, transactionId } = data;
    // begun at the till itself
    if (!this.#orders.some((order) => order.orderId === orderId)) this.asked(orderId, amountFen, at);
    const told = { attemptId, channel, state, category, ...(transactionId !== undefined && { transactionId }) };
    this.#change(orderId, (order) => ({ ...order, attempts: merged(order.attempts, told) }));
  }

  view(ledger: Ledger): Order[] {
    return this.#orders.map((order) => ({ ...order, netFen: ledger.ofOrder(order.orderId).netFen }));
  }

  #slip(attemptId: string, slip: string): void {
    for (const { orderId, attempts } of this.#orders) {
      const attempt = attempts.find((one) => one.attemptId === attemptId);
      if (attempt)
        this.#change(orderId, (order) => ({ ...order, attempts: merged(order.attempts, { ...attempt, slip }) }));
    }
  }

  #change(orderId: string, change: (order: Omit<Order, 'netFen'>) => Omit<Order, 'netFen'>): void {
    this.#orders = this.#orders.map((order) => (order.orderId === orderId ? change(order) : order));
  }
}

function merged(attempts: readonly Attempt[], told: Attempt): Attempt[] {
  const known = attempts.find(({ attemptId }) => attemptId === told.attemptId);
  if (!known) return [...attempts, told];
  return attempts.map((attempt) => (attempt === known ? { ...attempt, ...told } : attempt));
}
