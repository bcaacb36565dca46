import { StatementFault } from './row.ts';

/** Where a name stands in a header; channels add columns over the years, so nothing is found by its number. */
export class Columns {
  readonly count: number;
  readonly #at: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.count = names.length;
    this.#at = new Map(names.map((name, at) => [name, at]));
  }

  /** The first of `names` that is there; -1: none. */
  find(...names: readonly string[]): number {
    for (const name of names) {
      const at = this.#at.get(name);
      if (at !== undefined) return at;
    }
    return -1;
  }

  need(...names: readonly string[]): number {
    const at = this.find(...names);
    if (at < 0) throw new StatementFault('HEADER', `no column ${names.join(' or ')}`);
    return at;
  }
}
