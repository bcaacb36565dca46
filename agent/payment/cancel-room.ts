import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { CancelArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import type { Cancelled, PaymentDesk } from './desk.ts';

export interface CancelParts {
  readonly book: TillBook;
  readonly desk: Pick<PaymentDesk, 'cancel'>;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
}

/** The verb `cancel`: as if the clerk had pressed it. What becomes of a running attempt is told to whoever had it collected. */
export class CancelRoom implements VerbRoom {
  readonly #parts: CancelParts;
  readonly #queue: VerbQueue;

  constructor(parts: CancelParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  refuse({ args }: CommandEnvelope): CommandRefusal | undefined {
    const parsed = CancelArgs.safeParse(args);
    if (!parsed.success) return { code: 'BAD_REQUEST', message: 'args: orderId' };
    if (this.#parts.book.orders.has(parsed.data.orderId)) return undefined;
    return { code: 'NOT_FOUND', message: 'this till remembers no such order' };
  }

  execute(command: CommandEnvelope): void {
    const { orderId } = CancelArgs.parse(command.args);
    this.#queue.add(command, async () => {
      const outcome = await this.#parts.desk.cancel(orderId);
      this.#parts.results.conclude(command.id, { status: STATUS[outcome], code: outcome });
    });
  }

  /** Cancelling twice is cancelling once. */
  resume(command: CommandEnvelope): void {
    this.execute(command);
  }

  stop(): void {
    this.#queue.stop();
  }
}

const STATUS: Readonly<Record<Cancelled, ResultBody['status']>> = {
  ORDER_CANCELLED: 'ok',
  ATTEMPT_REVERSING: 'ok',
  CARD_STOPPING: 'ok',
  ALREADY_PAID: 'declined',
  HOLD_STANDS: 'declined',
  NEEDS_MANUAL_CHECK: 'unknown',
  NOTHING_TO_CANCEL: 'declined',
};
