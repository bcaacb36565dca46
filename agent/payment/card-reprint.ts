import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { refusalOf } from './card-refusal.ts';
import type { CardRunner } from './card-runner.ts';

export interface CardReprintParts {
  readonly runner: Pick<CardRunner, 'reprint' | 'reprintRefusal'>;
  readonly results: CommandResults;
}

/**
 * The verb `card-reprint`: the terminal's own receipt of its last transaction, once more. It touches no money: the same question
 * may be asked any number of times, and what is printed here is marked.
 */
export class CardReprint implements VerbRoom {
  readonly #parts: CardReprintParts;

  constructor(parts: CardReprintParts) {
    this.#parts = parts;
  }

  refuse(): CommandRefusal | undefined {
    const refused = this.#parts.runner.reprintRefusal();
    return refused && refusalOf(refused);
  }

  execute({ id }: CommandEnvelope): void {
    const { runner, results } = this.#parts;
    void runner.reprint().then((ended) => {
      if (ended === 'printed') results.conclude(id, { status: 'ok', code: 'TERMINAL_REPRINTED' });
      else if (ended === 'refused') results.conclude(id, { status: 'declined', code: 'TERMINAL_NOT_REPRINTED' });
      else results.fail(id, refusalOf(ended));
    });
  }

  /** One receipt too many is marked, one too few is asked for again. */
  resume({ id }: CommandEnvelope): void {
    this.#parts.results.conclude(id, { status: 'unknown', code: 'TERMINAL_NOT_REPRINTED' });
  }
}
