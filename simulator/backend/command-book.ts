import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { CollectArgs } from '../../protocols/backend/verbs.ts';
import type { Clock } from '../world/clock.ts';

export interface CollectOrder {
  readonly orderId: string;
  readonly amountFen: number;
  readonly title?: string;
  /** how long the till may take it up, milliseconds */
  readonly validForMs?: number;
}

const VALID_FOR_MS = 60_000;
const RESULTS_KEPT = 10_000;

interface Waiting {
  readonly id: string;
  readonly wanted: (result: CommandResult) => boolean;
  readonly found: (result: CommandResult) => void;
}

/** The commands sent and what came back on `res/{id}`. */
export class CommandBook {
  readonly #clock: Clock;
  readonly #results: CommandResult[] = [];
  #waiting: Waiting[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  collect(id: string, order: CollectOrder): CommandEnvelope {
    const { orderId, amountFen, title, validForMs = VALID_FOR_MS } = order;
    const args = { orderId, amountFen, currency: 'CNY', ...(title === undefined ? {} : { title }) };
    CollectArgs.parse(args);
    return this.draft(id, 'collect', args, validForMs);
  }

  /** A command of any verb, not yet published. */
  draft(id: string, type: string, args: CommandEnvelope['args'], validForMs = VALID_FOR_MS): CommandEnvelope {
    const issued = this.#clock.now();
    return { v: 1, id, type, issued, exp: issued + validForMs, by: 'backend', hash: canonicalHash(args), args };
  }

  add(result: CommandResult): void {
    this.#results.push(result);
    if (this.#results.length > RESULTS_KEPT) this.#results.shift();
    const met = this.#waiting.filter(({ id, wanted }) => id === result.id && wanted(result));
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { found } of met) found(result);
  }

  of(id: string): readonly CommandResult[] {
    return this.#results.filter((result) => result.id === id);
  }

  /** The next result of this command that is wanted; rejects after `deadlineMs`. */
  next(id: string, deadlineMs: number, wanted: Waiting['wanted'] = () => true): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const stop = this.#clock.after(deadlineMs, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new Error(`no answer to command ${id} within ${deadlineMs} ms`));
      });
      const found = (result: CommandResult) => {
        stop();
        resolve(result);
      };
      const waiting: Waiting = { id, wanted, found };
      this.#waiting.push(waiting);
    });
  }
}
