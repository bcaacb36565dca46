import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { NoticeArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import type { Notice } from './notice.ts';

export interface NoticeParts {
  readonly book: TillBook;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
}

/**
 * The verb `notice`: kept, and shown until its time is over. A person beside the till says that it was read; the backend
 * hears of it through the outbox.
 */
export class NoticeRoom implements VerbRoom {
  readonly #parts: NoticeParts;
  readonly #queue: VerbQueue;
  /** acknowledgements on their way to the disk */
  readonly #acknowledging = new Map<string, Promise<void>>();

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

  /**
   * A person says that it was read. The first one counts, whoever says it again. Resolves when that is on disk, with the
   * notice as it stands then; `undefined`: no such notice. Rejects when the disk does not take it.
   */
  async acknowledge(noticeId: string, personId: string): Promise<Notice | undefined> {
    const { notices } = this.#parts.book;
    const known = notices.get(noticeId);
    if (!known || known.acknowledged) return known;
    const writing = this.#acknowledging.get(noticeId) ?? this.#write(noticeId, personId);
    this.#acknowledging.set(noticeId, writing);
    await writing.finally(() => this.#acknowledging.delete(noticeId));
    return notices.get(noticeId);
  }

  async #write(noticeId: string, personId: string): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    const by = { personId, at: backendNow() };
    const event = book.event({ type: 'notice-ack', noticeId, ...by }, newId(), boot, by.at);
    await book.write({ type: 'NOTICE_ACK', noticeId, by, event });
    log.info({ noticeId, personId }, 'a notice was read');
  }

  stop(): void {
    this.#queue.stop();
  }
}
