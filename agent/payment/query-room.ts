import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { QueryOrderArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import type { TillBook } from '../journal/book.ts';
import type { Refund } from '../refunds/refund.ts';
import { remainingFen } from '../refunds/remaining.ts';
import type { Attempt } from './attempt.ts';

export interface QueryParts {
  readonly book: TillBook;
  readonly results: CommandResults;
}

/** The verb `query`: what the till knows of an order now. What is open it asks after by itself. */
export class QueryRoom implements VerbRoom {
  readonly #parts: QueryParts;

  constructor(parts: QueryParts) {
    this.#parts = parts;
  }

  refuse({ args }: CommandEnvelope): CommandRefusal | undefined {
    const parsed = QueryOrderArgs.safeParse(args);
    if (!parsed.success) return { code: 'BAD_REQUEST', message: 'args: orderId' };
    if (this.#parts.book.orders.has(parsed.data.orderId)) return undefined;
    return { code: 'NOT_FOUND', message: 'this till remembers no such order' };
  }

  execute(command: CommandEnvelope): void {
    const { orderId } = QueryOrderArgs.parse(command.args);
    this.#parts.results.conclude(command.id, { status: 'ok', code: 'ORDER', data: this.#known(orderId) });
  }

  resume(command: CommandEnvelope): void {
    this.execute(command);
  }

  #known(orderId: string): Data {
    const { book } = this.#parts;
    const order = book.orders.get(orderId);
    const attempts = [...book.attempts.values()].map(({ attempt }) => attempt).filter((one) => one.orderId === orderId);
    const refunds = [...book.refunds.values()].filter((one) => one.orderId === orderId);
    const charge = book.charge(orderId);
    return {
      orderId,
      ...(order === undefined ? {} : { state: order.state, amountFen: order.amountFen }),
      attempts: attempts.slice(-MOST).map(attemptFacts),
      refunds: refunds.slice(-MOST).map(refundFacts),
      ...(charge === undefined ? {} : { remainingFen: remainingFen(charge, refunds) }),
    };
  }
}

/** of each kind, the newest; a result stays far below the contract's 64 KiB */
const MOST = 20;

type Data = NonNullable<ResultBody['data']>;

function attemptFacts({ attemptId, state, category, channel, amountFen, transactionId }: Attempt): Data {
  const known = transactionId === undefined ? {} : { transactionId };
  return { attemptId, state, category, channel, amountFen, ...known };
}

function refundFacts({ refundId, state, category, refundFen, requestedBy, approvedBy }: Refund): Data {
  return { refundId, state, category, refundFen, requestedBy, ...(approvedBy === undefined ? {} : { approvedBy }) };
}
