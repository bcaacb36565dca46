import { toHex } from '../bytes/hex.ts';
import { EFFECTS } from './effects.ts';
import { Paper } from './paper.ts';
import type { Problem } from './problems.ts';
import type { PrinterProfile } from './profile.ts';
import type { Slip } from './slip.ts';
import { TextReader } from './text-reader.ts';
import { type Token, Tokenizer } from './tokenize.ts';

/** What a decoder tells; missing functions are not called. */
export interface EscposListener {
  /** each command in order, before its effect on the paper */
  token?(token: Token): void;
  /** a slip is complete (a cut, or the end of the stream) */
  slip?(slip: Slip): void;
  problem?(problem: Problem): void;
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
    this.#tokenizer = new Tokenizer((token) => this.#token(token), profile.zjSymbols ? 'zj' : undefined);
    this.#paper = new Paper(profile, {
      slip: (slip) => listener.slip?.(slip),
      problem: (problem) => listener.problem?.(problem),
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
    this.#paper.finish(null, this.#pushed);
  }

  #token(token: Token): void {
    if (token.kind !== 'text') this.#text.flush();
    this.#listener.token?.(token);
    switch (token.kind) {
      case 'text':
        return this.#text.read(token.bytes, token.offset);
      case 'command':
        return EFFECTS[token.name]?.(this.#paper, token, token.offset + token.length);
      case 'unknown':
        return this.#paper.report('unknown-command', token.offset, toHex(token.bytes.subarray(0, 8)));
      case 'truncated':
        return this.#paper.report('truncated', token.offset, toHex(token.bytes.subarray(0, 8)));
      case 'too-long':
        return this.#paper.report('command-too-long', token.offset, `${token.length} bytes`);
    }
  }
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
    slip: (slip) => slips.push(slip),
    problem: (problem) => problems.push(problem),
  });
  decoder.push(bytes);
  decoder.end();
  const last = slips.at(-1);
  const before = slips.at(-2);
  if (last && before && before.drawer === null && last.items.every((item) => item.kind === 'feed'))
    slips.splice(-2, 2, { ...before, drawer: last.drawer, to: last.to });
  return { slips, problems };
}
