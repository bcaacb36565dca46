import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { PrintArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { refundJobId } from './refund-slip.ts';
import type { SlipSpool } from './spool.ts';

export interface PrintRoomParts {
  readonly book: TillBook;
  readonly spool: SlipSpool;
  readonly hasPrinter: boolean;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
}

/** The verb `print`: a slip once more, marked 重打印 / DUPLICATE. Done when the job is on disk; the paper is told by events. */
export class PrintRoom implements VerbRoom {
  readonly #parts: PrintRoomParts;
  readonly #queue: VerbQueue;

  constructor(parts: PrintRoomParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  refuse({ args }: CommandEnvelope): CommandRefusal | undefined {
    const parsed = PrintArgs.safeParse(args);
    if (!parsed.success) return { code: 'BAD_REQUEST', message: 'args: orderId, refundId' };
    if (!this.#parts.hasPrinter) return { code: 'DEVICE_OFFLINE', message: 'this till has no printer' };
    if (this.#wanted(parsed.data)) return undefined;
    return { code: 'NOT_FOUND', message: 'this till remembers no slip of it' };
  }

  execute(command: CommandEnvelope): void {
    const { spool, results } = this.#parts;
    this.#queue.add(command, async () => {
      const wanted = this.#wanted(PrintArgs.parse(command.args));
      if (wanted?.kind === 'payment') await spool.reprint(wanted.attemptId);
      if (wanted?.kind === 'refund') await spool.reprintDocument(wanted.jobId, command.by);
      results.conclude(command.id, { status: 'ok', code: 'PRINT_QUEUED' });
    });
  }

  /** Nobody knows whether the job was kept before the crash. One slip too many is marked, one too few is asked for again. */
  resume(command: CommandEnvelope): void {
    this.#parts.results.conclude(command.id, { status: 'unknown', code: 'PRINT_QUEUED' });
  }

  stop(): void {
    this.#queue.stop();
  }

  #wanted({ orderId, refundId }: PrintArgs) {
    const { book, spool } = this.#parts;
    if (refundId !== undefined) {
      const jobId = refundJobId(refundId);
      const isThere = book.refunds.get(refundId)?.orderId === orderId && spool.document(jobId) !== undefined;
      return isThere ? ({ kind: 'refund', jobId } as const) : undefined;
    }
    const attemptId = book.charge(orderId)?.attemptId;
    const isPaid = attemptId !== undefined && book.attempts.get(attemptId)?.attempt.state === 'PAID';
    return isPaid ? ({ kind: 'payment', attemptId } as const) : undefined;
  }
}
