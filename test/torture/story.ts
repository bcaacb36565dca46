/** One line of what happened. */
export interface StoryLine {
  /** world time, ms from the start */
  readonly t: number;
  readonly who: string;
  readonly what: string;
}

/** Keeps what happened, when somebody wants to read it; a world that nobody reads costs nothing. */
export class Story {
  readonly lines: StoryLine[] = [];
  readonly #now: (() => number) | undefined;

  constructor(now?: () => number) {
    this.#now = now;
  }

  readonly tell = (who: string, what: () => string): void => {
    if (this.#now) this.lines.push({ t: Math.round(this.#now() * 10) / 10, who, what: what() });
  };
}

export function storyTable(lines: readonly StoryLine[]): string {
  const width = Math.max(...lines.map(({ who }) => who.length), 3);
  const rows = lines.map(
    ({ t, who, what }) => `${(t / 1000).toFixed(3).padStart(10)} s  ${who.padEnd(width)}  ${what}`,
  );
  return `${rows.join('\n')}\n`;
}
