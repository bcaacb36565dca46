import type { Problem } from '../../protocols/escpos/problems.ts';
import { rowsOf, type Slip, type StreamSummary } from '../../protocols/escpos/slip.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import { drawSlips } from './draw.ts';
import { png } from './png.ts';
import { readSummary } from './stream.ts';

/** Slips kept: what a person would scroll back to. Older paper is torn off and gone. */
const MOST_SLIPS = 100;
const MOST_PROBLEMS = 1000;
/** dots of paper kept, 15 m */
const MOST_DOTS = 120_000;

/** The paper that came out of a printer, growing: as picture, as text and as what a phone reads from it. */
export class PaperRoll {
  readonly dots: number;
  #slips: Slip[] = [];
  #problems: Problem[] = [];

  /** dots across */
  constructor(dots: number) {
    this.dots = dots;
  }

  get slips(): readonly Slip[] {
    return this.#slips;
  }

  add(slip: Slip): void {
    this.#slips.push(slip);
    while (this.#slips.length > MOST_SLIPS || (this.#slips.length > 1 && this.#length > MOST_DOTS)) this.#slips.shift();
  }

  report(problem: Problem): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
  }

  /** `hanging`: what has not been cut off yet. */
  png(hanging?: Slip): Uint8Array {
    return png(drawSlips(this.#all(hanging), this.dots));
  }

  text(hanging?: Slip): string {
    return this.#all(hanging)
      .map((slip) => slipText(slip, this.dots))
      .join('');
  }

  summary(hanging?: Slip): StreamSummary {
    return readSummary({ slips: this.#all(hanging), problems: this.#problems }, this.dots);
  }

  #all(hanging: Slip | undefined): readonly Slip[] {
    return hanging && hanging.items.length > 0 ? [...this.#slips, hanging] : this.#slips;
  }

  get #length(): number {
    return this.#slips.reduce((sum, { items }) => items.reduce((rows, item) => rows + Math.abs(rowsOf(item)), sum), 0);
  }
}
