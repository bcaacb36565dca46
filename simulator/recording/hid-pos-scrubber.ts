import type { HidPosLayout } from '../../protocols/scanner/hid-pos-layout.ts';
import { type Cell, Lane } from './lane.ts';
import { OVER_MS, type Scrubber, type Settled } from './scrubber.ts';
import type { SyntheticCodes } from './synthetic.ts';

// Codes in HID POS reports: the data field holds the text, what stands behind it may be left over from the code before, and a
// long code goes on in the next report.

export class HidPosScrubber implements Scrubber {
  readonly #layout: HidPosLayout;
  readonly #lane: Lane;
  #held: { readonly at: number; readonly bytes: Uint8Array; readonly tail: number }[] = [];
  /** the newest report was not of this layout */
  #isLoose = false;
  /** the newest report as it is recorded */
  #before: Uint8Array | undefined;

  constructor(codes: SyntheticCodes, layout: HidPosLayout) {
    this.#layout = layout;
    this.#lane = new Lane(codes);
  }

  push(report: Uint8Array, at: number): readonly Settled[] {
    const settled = this.silence(at);
    const bytes = report.slice();
    const { data, count, continued, reportId, reportBytes } = this.#layout;
    const isOurs = bytes.length === reportBytes && (reportId === 0 || bytes[0] === reportId);
    const length = count === undefined ? data.length : (bytes[count] ?? 0);
    const isWhole = isOurs && length <= data.length;
    // a report that is none of these, or counts wrong, may hold anything: all of it is text, and so is what follows it
    const [from, to] = isWhole ? [data.at, data.at + length] : [0, bytes.length];
    if (isWhole && this.#isLoose) this.#lane.flush();
    this.#isLoose = !isWhole;
    this.#held.push({ at, bytes, tail: to });
    for (let place = from; place < to; place++) this.#add(bytes, place);
    const goesOn = isWhole && continued !== undefined && ((bytes[continued.at] ?? 0) & continued.mask) !== 0;
    if (isWhole && !goesOn && !this.#layout.streaming) this.#lane.flush();
    return [...settled, ...this.#settle()];
  }

  silence(at: number): readonly Settled[] {
    const last = this.#held.at(-1);
    if (last && at - last.at >= OVER_MS) this.#lane.flush();
    return this.#settle();
  }

  end(): readonly Settled[] {
    this.#lane.flush();
    return this.#settle();
  }

  #add(bytes: Uint8Array, place: number): void {
    const byte = bytes[place] ?? 0;
    if (byte < 0x20) return this.#lane.flush();
    const cell: Cell = {
      char: String.fromCharCode(byte),
      write: (char) => {
        bytes[place] = char.charCodeAt(0);
      },
    };
    this.#lane.add(cell);
  }

  #settle(): readonly Settled[] {
    if (!this.#lane.isEmpty) return [];
    return this.#held.splice(0).map(({ at, bytes, tail }) => {
      this.#fillTail(bytes, tail);
      this.#before = bytes;
      return { at, bytes };
    });
  }

  /** Firmware that does not clear its buffer shows the end of an older code: here that is the recorded one. */
  #fillTail(bytes: Uint8Array, tail: number): void {
    const end = this.#layout.data.at + this.#layout.data.length;
    for (let place = tail; place < Math.min(end, bytes.length); place++)
      if (bytes[place] !== 0) bytes[place] = this.#before?.[place] ?? 0;
  }
}
