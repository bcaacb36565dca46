import type { Clock } from '../world/clock.ts';
import type { Happening, Line, SectionName, Sections } from './schemas.ts';

/** Frames kept for whoever comes later: a busy hour of one till. */
const MOST_LINES = 2_000;
const MOST_HAPPENINGS = 1_000;

interface Section {
  readonly json: string;
  /** when it became so, in the feed's own count */
  readonly since: number;
}

interface Kept<T> {
  readonly since: number;
  readonly value: T;
}

/** What a reader has not seen yet. */
export interface News {
  readonly sections: readonly { readonly name: SectionName; readonly json: string }[];
  readonly lines: readonly Line[];
  readonly happenings: readonly Happening[];
}

/**
 * What the page shows, counted: each change has a number, and a reader says which one it saw last. Nothing is queued for
 * anybody; a slow reader gets what is true when it asks, and the lines that are still kept.
 */
export class LabFeed {
  readonly #sections = new Map<SectionName, Section>();
  readonly #clock: Clock;
  #lines: Kept<Line>[] = [];
  #happenings: Kept<Happening>[] = [];
  #count = 0;
  #lineNumber = 0;
  #happeningNumber = 0;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get head(): number {
    return this.#count;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  put<N extends SectionName>(name: N, value: Sections[N]): void {
    const json = JSON.stringify(value);
    if (this.#sections.get(name)?.json === json) return;
    this.#sections.set(name, { json, since: this.#next() });
    this.#wake();
  }

  tell(happening: Omit<Happening, 'n' | 'at'>): void {
    const value = { ...happening, n: (this.#happeningNumber += 1), at: this.#clock.now() };
    this.#happenings = [...this.#happenings.slice(1 - MOST_HAPPENINGS), { since: this.#next(), value }];
    this.#wake();
  }

  line(line: Omit<Line, 'n' | 'at'>): void {
    this.#lines.push({ since: this.#next(), value: { ...line, n: (this.#lineNumber += 1), at: this.#clock.now() } });
    if (this.#lines.length > MOST_LINES * 1.2) this.#lines = this.#lines.slice(-MOST_LINES);
    this.#wake();
  }

  get lines(): readonly Line[] {
    return this.#lines.map(({ value }) => value);
  }

  get happenings(): readonly Happening[] {
    return this.#happenings.map(({ value }) => value);
  }

  since(seen: number): News {
    const fresh = <T>(kept: readonly Kept<T>[]) => kept.filter(({ since }) => since > seen).map(({ value }) => value);
    return {
      sections: [...this.#sections].flatMap(([name, { json, since }]) => (since > seen ? [{ name, json }] : [])),
      lines: fresh(this.#lines),
      happenings: fresh(this.#happenings),
    };
  }

  /** Resolves at the next change, or after `ms`. */
  news(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        stop();
        this.#waiting.delete(wake);
        resolve();
      };
      const stop = this.#clock.after(ms, wake);
      this.#waiting.add(wake);
    });
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #next(): number {
    return (this.#count += 1);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
