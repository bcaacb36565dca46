import type { Manner, SyntheticCodes } from './synthetic.ts';

/** One character of what was read, wherever it stands: in a stream, in reports, or under a key. */
export interface Cell {
  readonly char: string;
  write(char: string): void;
}

/** Longest code there is (QR, 7,089 digits); what is longer is none and is made harmless in parts. */
const MOST_CELLS = 8_192;

/** Characters that belong together, until it is known that the code is over. Then they are replaced all at once. */
export class Lane {
  readonly #codes: SyntheticCodes;
  readonly #manner: Manner;
  #cells: Cell[] = [];

  constructor(codes: SyntheticCodes, manner: Manner = {}) {
    this.#codes = codes;
    this.#manner = manner;
  }

  get isEmpty(): boolean {
    return this.#cells.length === 0;
  }

  add(cell: Cell): void {
    this.#cells.push(cell);
    if (this.#cells.length >= MOST_CELLS) this.flush();
  }

  /** The code is over. */
  flush(): void {
    const cells = this.#cells;
    this.#cells = [];
    if (cells.length === 0) return;
    const made = this.#codes.of(cells.map(({ char }) => char).join(''), this.#manner);
    for (const [at, cell] of cells.entries()) {
      const char = made.charAt(at);
      if (char !== cell.char) cell.write(char);
    }
  }
}
