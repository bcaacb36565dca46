import type { Clock } from '../clock.ts';
import type { Entry } from '../journal/entry.ts';
import type { LogFiles } from '../journal/files.ts';
import { entryAt } from '../journal/place.ts';
import { type AttemptRow, Projection, type Wanted } from '../journal/projection.ts';

export interface SearchParts {
  readonly files: LogFiles;
  /** file of the search tables, or `:memory:` */
  readonly file: string;
  readonly clock: Clock;
}

/** The till's payments, as people search them. Opened when somebody first asks; what is missing is taken in then. */
export class RecordSearch {
  readonly #parts: SearchParts;
  #projection: Projection | undefined;
  /** one question after the other: two must not take in the same entries */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** Payments, newest first. */
  find(wanted: Wanted): Promise<readonly AttemptRow[]> {
    return this.#ask((projection) => projection.find(wanted));
  }

  /** Everything the journal says of one order, oldest first. */
  history(orderId: string): Promise<readonly Entry[]> {
    const { files } = this.#parts;
    return this.#ask(async (projection) => {
      const entries = await Promise.all(projection.mentionsOf(orderId).map((place) => entryAt(files, place)));
      return entries.filter((entry) => entry !== undefined);
    });
  }

  close(): void {
    this.#projection?.close();
    this.#projection = undefined;
  }

  #ask<T>(question: (projection: Projection) => T | Promise<T>): Promise<T> {
    const answer = this.#queue.then(() => this.#caughtUp()).then(question);
    this.#queue = answer.catch(() => this.#startAnew());
    return answer;
  }

  async #caughtUp(): Promise<Projection> {
    const { file, files, clock } = this.#parts;
    this.#projection ??= Projection.open(file);
    await this.#projection.catchUp(files, () => new Promise((resolve) => clock.after(0, resolve)));
    return this.#projection;
  }

  /** A power cut may have spoilt the tables; they are only a copy. */
  #startAnew(): void {
    const { file } = this.#parts;
    this.close();
    if (file !== ':memory:') Projection.remove(file);
  }
}
