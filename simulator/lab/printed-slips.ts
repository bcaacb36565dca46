import { rowsOf, type Slip } from '../../protocols/escpos/slip.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import type { PrinterModel } from '../devices/printer.ts';
import { drawSlips } from '../render/draw.ts';
import { png } from '../render/png.ts';
import { renderStream } from '../render/stream.ts';

/** Paper that lies behind the printer; older pieces are thrown away. */
const MOST_SLIPS = 30;

interface Printed {
  readonly n: number;
  readonly at: number;
  readonly rows: number;
  readonly text: string;
  readonly slips: readonly Slip[];
}

/** The paper of the counter's printer: what came out, drawn from the bytes that made it, and what hangs out. */
export class PrintedSlips {
  readonly #printer: PrinterModel;
  #printed: readonly Printed[] = [];
  #count = 0;
  #hanging = { key: '', v: 0 };

  constructor(printer: PrinterModel) {
    this.#printer = printer;
  }

  add(bytes: Uint8Array, at: number): void {
    const { profile } = this.#printer;
    const rendered = renderStream(bytes, profile);
    const { slips } = rendered.decoded;
    this.#count += 1;
    const one: Printed = { n: this.#count, at, rows: heightOf(slips), text: rendered.text(), slips };
    this.#printed = [...this.#printed.slice(1 - MOST_SLIPS), one];
  }

  /** all that ever came out */
  get count(): number {
    return this.#count;
  }

  view() {
    return this.#printed.map(({ n, at, rows, text }) => ({ n, at, rows, text }));
  }

  /** What hangs out of the printer, with a number that changes with it. */
  hanging(): { readonly v: number; readonly rows: number } | null {
    const { unfinished } = this.#printer;
    if (unfinished.items.length === 0) return null;
    const rows = heightOf([unfinished]);
    const key = `${this.#count} ${unfinished.items.length} ${rows}`;
    if (key !== this.#hanging.key) this.#hanging = { key, v: this.#hanging.v + 1 };
    return { v: this.#hanging.v, rows };
  }

  picture(n: number): Uint8Array | undefined {
    const found = this.#printed.find((one) => one.n === n);
    return found && png(drawSlips(found.slips, this.#printer.profile.dots));
  }

  hangingPicture(): Uint8Array {
    return png(drawSlips([this.#printer.unfinished], this.#printer.profile.dots));
  }

  text(n: number): string | undefined {
    return this.#printed.find((one) => one.n === n)?.text;
  }

  hangingText(): string {
    return slipText(this.#printer.unfinished, this.#printer.profile.dots);
  }
}

function heightOf(slips: readonly Slip[]): number {
  return slips.reduce((sum, { items }) => items.reduce((rows, item) => rows + Math.max(0, rowsOf(item)), sum), 0);
}
