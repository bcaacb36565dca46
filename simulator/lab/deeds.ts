import type { Clock } from '../world/clock.ts';
import type { ActName } from './acts.ts';
import type { Sections } from './schemas.ts';

/** A story that somebody plays by hand is shorter. */
const MOST_DEEDS = 200;

/** One act of a person at the counter, when it was, and what the customer was up to then. */
export interface Deed {
  /** monotonic ms */
  readonly at: number;
  readonly name: ActName;
  /** as the act's schema read it */
  readonly body: unknown;
  readonly customer: Pick<Sections['phone'], 'wallet' | 'mood'>;
}

/** What was done since somebody began to write it down. */
export class Deeds {
  readonly #clock: Clock;
  #list: readonly Deed[] = [];
  /** slips that had come out by then */
  slipsBefore = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get list(): readonly Deed[] {
    return this.#list;
  }

  add(name: ActName, body: unknown, customer: Deed['customer']): void {
    this.#list = [...this.#list.slice(1 - MOST_DEEDS), { at: this.#clock.mono(), name, body, customer }];
  }

  begin(slipsBefore: number): void {
    this.#list = [];
    this.slipsBefore = slipsBefore;
  }
}
