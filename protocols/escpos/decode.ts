import { toHex } from '../bytes/hex.ts';
import { EFFECTS } from './effects.ts';
import { Paper } from './paper.ts';
import { type Problem, problem } from './problems.ts';
import { dialectOf, type PrinterProfile } from './profile.ts';
import { qrModules } from './qr.ts';
import { flatItems, type Item, type Slip } from './slip.ts';
import { TextReader } from './text-reader.ts';
import { type Token, Tokenizer } from './tokenize.ts';

/** What a decoder tells; missing functions are not called. */
export interface EscposListener {
  /** each command in order, before its effect on the paper */
  token?(token: Token): void;
  /** a slip is complete (a cut, or the end of the stream) */
  slip?(slip: Slip): void;
  problem?(problem: Problem): void;
  /** the paper moved by so many dots, up or down; what was printed on the way is done */
  moved?(dots: number): void;
}

/** Reads a printer's byte stream as the printer does. Never throws on any bytes; memory is bounded per slip. */
export class EscposDecoder {
  readonly #tokenizer: Tokenizer;
  readonly #paper: Paper;
  readonly #text: TextReader;
  readonly #listener: EscposListener;
  #pushed = 0;

  constructor(profile: PrinterProfile, listener: EscposListener) {
    this.#listener = listener;
    this.#tokenizer = new Tokenizer((token) => this.#token(token), dialectOf(profile));
    this.#paper = new Paper(profile, {
      slip: (slip) => listener.slip?.(slip),
      problem: (problem) => listener.problem?.(problem),
      moved: (dots) => listener.moved?.(dots),
    });
    this.#text = new TextReader(this.#paper);
  }

  push(bytes: Uint8Array): void {
    this.#pushed += bytes.length;
    this.#tokenizer.push(bytes);
  }

  /** The stream is over: what is in the line buffer is printed, as it would be in front of a technician. */
  end(): void {
    this.#tokenizer.end();
    this.#text.flush();
    if (this.#paper.page) this.#paper.abandonPage(this.#pushed);
    this.#paper.finish(null, this.#pushed);
  }

  /** What hangs out of the printer: printed, not yet cut off. */
  get unfinished(): Slip {
    return this.#paper.unfinished(this.#pushed);
  }

  /** The QR symbol that GS ( k 181 would print now: dots on a side, and whether the paper is wide enough. */
  get storedQr(): { readonly side: number; readonly fits: boolean } | undefined {
    const { qr: data } = this.#paper.stores;
    const { ecc, module } = this.#paper.modes.qr;
    const modules = data === undefined ? undefined : qrModules(data, ecc);
    return modules === undefined
      ? undefined
      : { side: modules * module, fits: modules * module <= this.#paper.areaWidth };
  }

  /** The buffers are cleared: half a command and the line buffer are gone; modes and what is on paper stay. */
  clear(): void {
    this.#tokenizer.clear();
    this.#text.clear();
    this.#paper.endPage();
  }

  /** Power off and on: as {@link clear}, and the modes are the first ones again. */
  restart(): void {
    this.clear();
    this.#paper.restart();
  }

  /** A person tears off what hangs out; the line buffer stays. */
  tearOff(): void {
    this.#paper.tearOff(this.#pushed);
  }

  #token(token: Token): void {
    if (token.kind !== 'text') this.#text.flush();
    this.#listener.token?.(token);
    if (token.kind !== 'command' || token.name !== 'line-feed') this.#paper.swallowsFeed = false;
    switch (token.kind) {
      case 'text':
        return this.#text.read(token.bytes, token.offset);
      case 'command':
        EFFECTS[token.name]?.(this.#paper, token, token.offset + token.length);
        if (token.name === 'line-feed') this.#paper.swallowsFeed = false;
        return;
      case 'unknown':
        return this.#paper.report('unknown-command', token.offset, () => toHex(token.bytes.subarray(0, 8)));
      case 'truncated':
        return this.#paper.report('truncated', token.offset, () => toHex(token.bytes.subarray(0, 8)));
      case 'too-long':
        return this.#paper.report('command-too-long', token.offset, `${token.length} bytes`);
    }
  }
}

/** All slips of one stream together, in rough bytes: more than a day of slips. */
const MAX_KEPT_SIZE = 48 << 20;
/** a row of dots in the picture */
const ROW_BYTES = 72;
const OBJECT_BYTES = 100;

const sizeOf = (slip: Slip) => OBJECT_BYTES + sizeOfItems(slip.items);

function sizeOfItems(items: readonly Item[]): number {
  let size = 0;
  for (const item of items) {
    size += OBJECT_BYTES;
    if (item.kind === 'line') size += item.cells.length * OBJECT_BYTES + item.advance * ROW_BYTES;
    else if (item.kind === 'feed') size += Math.abs(item.dots) * ROW_BYTES;
    else if (item.kind === 'image') size += item.bitmap.bits.length;
    else if (item.kind === 'page') size += item.height * ROW_BYTES + sizeOfItems(flatItems([item]));
    else size += item.data.length + (item.kind === 'qr' ? item.modules * item.module : item.height) * ROW_BYTES;
  }
  return size;
}

export interface Decoded {
  readonly slips: readonly Slip[];
  readonly problems: readonly Problem[];
}

/** A whole stream at once. A drawer kick after the last cut belongs to the slip before it. */
export function decodeEscpos(bytes: Uint8Array, profile: PrinterProfile): Decoded {
  const slips: Slip[] = [];
  const problems: Problem[] = [];
  const decoder = new EscposDecoder(profile, {
    slip(slip) {
      size += sizeOf(slip);
      if (size <= MAX_KEPT_SIZE) slips.push(slip);
      else if (problems.at(-1)?.code !== 'too-many-slips') problems.push(problem('too-many-slips', slip.from));
    },
    problem: (problem) => problems.push(problem),
  });
  let size = 0;
  decoder.push(bytes);
  decoder.end();
  const last = slips.at(-1);
  const before = slips.at(-2);
  if (last && before && before.drawer === null && last.items.every((item) => item.kind === 'feed'))
    slips.splice(-2, 2, { ...before, drawer: last.drawer, to: last.to });
  return { slips, problems };
}
