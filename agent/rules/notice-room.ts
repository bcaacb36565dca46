import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { NoticeArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';

export interface NoticeParts {
  readonly book: TillBook;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
}

/** The verb `notice`: kept, and shown until its time is over. That somebody has read it is said elsewhere. */
export class NoticeRoom implements VerbRoom {
  readonly #parts: NoticeParts;
  readonly #queue: VerbQueue;

  constructor(parts: NoticeParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  refuse({ args }: CommandEnvelope): CommandRefusal | undefined {
    const parsed = NoticeArgs.safeParse(args);
    if (!parsed.success) return { code: 'BAD_REQUEST', message: 'args: not those of a notice' };
    const known = this.#parts.book.notices.get(parsed.data.noticeId);
    return known && known.textZh !== parsed.data.textZh
      ? { code: 'IDEMPOTENCY_CONFLICT', message: 'the noticeId was used for another notice' }
      : undefined;
  }

  execute(command: CommandEnvelope): void {
    const { book, results, log } = this.#parts;
    const notice = NoticeArgs.parse(command.args);
    this.#queue.add(command, async () => {
      if (!book.notices.has(notice.noticeId)) await book.write({ type: 'NOTICE', notice });
      log.info({ noticeId: notice.noticeId, level: notice.level }, 'notice from the backend');
      results.conclude(command.id, { status: 'ok', code: 'NOTICE_KEPT' });
    });
  }

  resume(command: CommandEnvelope): void {
    this.execute(command);
  }

  stop(): void {
    this.#queue.stop();
  }
}
