import { systemClock } from '../world/clock.ts';
import { TestkitError } from './trouble.ts';

/** What a look finds: the thing itself, or how it is now instead. */
export type Look<T> = { readonly found: T } | { readonly now: string };

export interface WaitTerms {
  readonly withinMs: number;
  /** it must stay so for so long: a second charge or slip would show */
  readonly holdsMs?: number;
}

/** Waits for things to come true, looks again whenever something happened, and says why when they do not. */
export class Waiting {
  /** what else is to be said when a wait fails */
  readonly #context: () => string;
  /** why nothing can come true any more; undefined: all runs */
  readonly #broken: () => string | undefined;
  readonly #looks = new Set<() => void>();

  constructor(context: () => string, broken: () => string | undefined) {
    this.#context = context;
    this.#broken = broken;
  }

  /** Something happened. */
  wake(): void {
    for (const look of this.#looks) look();
  }

  until<T>(what: string, look: () => Look<T>, { withinMs, holdsMs = 0 }: WaitTerms): Promise<T> {
    return new Promise((resolve, reject) => {
      let holding: (() => void) | undefined;
      let isOverdue = false;
      const end = (settle: () => void) => {
        this.#looks.delete(again);
        callOff();
        holding?.();
        settle();
      };
      const fail = (why: string) =>
        end(() => reject(new TestkitError(`${what}: ${why}\n${this.#context()}`.trimEnd())));
      const again = () => {
        const is = look();
        if ('now' in is) {
          holding?.();
          holding = undefined;
          const broken = this.#broken();
          if (isOverdue) fail(`it did not stay so for ${holdsMs} ms; ${is.now}`);
          else if (broken !== undefined) fail(`${is.now}\n${broken}`);
        } else if (holdsMs === 0) end(() => resolve(is.found));
        else holding ??= systemClock.after(holdsMs, () => end(() => resolve(is.found)));
      };
      const callOff = systemClock.after(withinMs, () => {
        isOverdue = true;
        const is = look();
        // what has come true may still show that it stays so
        if ('now' in is) fail(`not within ${withinMs / 1000} s; ${is.now}`);
      });
      this.#looks.add(again);
      again();
    });
  }
}
