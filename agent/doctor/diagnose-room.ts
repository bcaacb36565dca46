import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { DiagnoseArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import type { TillBook } from '../journal/book.ts';
import type { AskDoctor } from './doctor-process.ts';
import { toldFindings } from './told-findings.ts';

export interface DiagnoseParts {
  readonly doctor: AskDoctor;
  readonly book: Pick<TillBook, 'attempts'>;
  readonly results: CommandResults;
}

/**
 * The verb `diagnose`: what `tillwire doctor` finds at this till, for somebody far away. It moves nothing and changes nothing, so
 * nobody signs it and a restart begins it again; one at a time, beside the payments.
 */
export class DiagnoseRoom implements VerbRoom {
  readonly #parts: DiagnoseParts;
  readonly #stopped = new AbortController();
  #isBusy = false;

  constructor(parts: DiagnoseParts) {
    this.#parts = parts;
  }

  refuse({ args }: CommandEnvelope): CommandRefusal | undefined {
    const parsed = DiagnoseArgs.safeParse(args);
    if (!parsed.success) return { code: 'BAD_REQUEST', message: 'args: checks, attemptId, lang' };
    const { attemptId } = parsed.data;
    if (attemptId !== undefined && !this.#parts.book.attempts.has(attemptId))
      return { code: 'NOT_FOUND', message: 'this till remembers no such attempt' };
    if (this.#isBusy) return { code: 'DEVICE_BUSY', message: 'a diagnosis is under way' };
    return undefined;
  }

  execute(command: CommandEnvelope): void {
    const { results } = this.#parts;
    // two that came together were both accepted: what holds now decides
    const late = this.refuse(command);
    if (late) return results.fail(command.id, late);
    this.#isBusy = true;
    void this.#diagnose(command).finally(() => {
      this.#isBusy = false;
    });
  }

  resume(command: CommandEnvelope): void {
    this.execute(command);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #diagnose({ id, args }: CommandEnvelope): Promise<void> {
    const { doctor, results } = this.#parts;
    const { checks, lang, attemptId } = DiagnoseArgs.parse(args);
    const report = await doctor({ checks, lang }, this.#stopped.signal);
    // stopped: the next process begins it again
    if (this.#stopped.signal.aborted) return;
    if (report === 'no-such-check')
      return results.fail(id, { code: 'BAD_REQUEST', message: 'checks: a code that no check has' });
    if (report === 'unfinished') return results.conclude(id, { status: 'unknown', code: 'DIAGNOSIS_UNFINISHED' });
    const attempt = attemptId === undefined ? {} : { attempt: this.#attempt(attemptId) };
    results.conclude(id, { status: 'ok', code: 'DIAGNOSIS', data: { ...toldFindings(report), ...attempt } });
  }

  #attempt(attemptId: string): Data {
    const known = this.#parts.book.attempts.get(attemptId)?.attempt;
    if (!known) return { attemptId };
    const { state, category, channel, amountFen, code, queries, reverses } = known;
    return {
      attemptId,
      state,
      category,
      channel,
      amountFen,
      queries,
      reverses,
      ...(code === undefined ? {} : { code }),
    };
  }
}

type Data = NonNullable<ResultBody['data']>;
