import { COMMANDS, type CommandName } from '../../protocols/escpos/commands.ts';
import type { Dialect, Row } from '../../protocols/escpos/shape.ts';
import { Tokenizer } from '../../protocols/escpos/tokenize.ts';

export interface RealtimeCommand {
  readonly name: CommandName;
  readonly operands: readonly number[];
  /** it stood in the data of another command: whoever sent the data did not mean it */
  readonly insideData: boolean;
  /** of its first byte in the stream */
  readonly offset: number;
}

const DLE = 0x10;

const CLEAR = [1, 3, 20, 1, 6, 2, 8];

/** DLE DC4 8 counts only with these seven bytes, so that data does not clear the printer by chance. */
export function isClear(operands: readonly number[]): boolean {
  return CLEAR.every((byte, k) => operands[k] === byte);
}

/** Every real-time command as code and number of operands, the longest code first. */
const PATTERNS = (Object.entries(COMMANDS) as [CommandName, Row][])
  .filter(([, { code }]) => code[0] === DLE)
  .map(([name, { code, shape }]) => ({ name, code, operands: shape.kind === 'fixed' ? shape.operands.length : 0 }))
  .sort((a, b) => b.code.length - a.code.length);

/**
 * Finds real-time commands at the moment they are received, before they go into the buffer, wherever they stand: a picture
 * or a QR code whose data holds 10 04 01 makes the printer answer (receipts.md 1.7).
 */
export class RealtimeScanner {
  readonly #insideDataToo: boolean;
  readonly #found: (command: RealtimeCommand) => void;
  /** reads the stream as the interpreter will, to know what is data */
  readonly #tokenizer: Tokenizer;
  readonly #byte = new Uint8Array(1);
  #held: number[] = [];
  #offset = 0;
  /** where the last command began that stands between commands */
  #meantAt = -1;

  constructor(insideDataToo: boolean, found: (command: RealtimeCommand) => void, dialect?: Dialect) {
    this.#insideDataToo = insideDataToo;
    this.#found = found;
    this.#tokenizer = new Tokenizer((token) => {
      this.#meantAt = token.offset;
    }, dialect);
  }

  push(byte: number): void {
    this.#byte[0] = byte;
    this.#tokenizer.push(this.#byte);
    this.#offset += 1;
    if (this.#held.length === 0 && byte !== DLE) return;
    this.#held.push(byte);
    this.#match();
  }

  /** The buffers were cleared: what was data is forgotten. */
  clear(): void {
    this.#tokenizer.clear();
    this.#held = [];
  }

  #match(): void {
    while (this.#held.length > 0) {
      const candidates = PATTERNS.filter(({ code }) => this.#begins(code));
      const pattern = candidates.find(({ code }) => code.length <= this.#held.length);
      const mayGrow = candidates.some(({ code }) => code.length > this.#held.length);
      if (mayGrow) return;
      if (pattern) {
        const length = pattern.code.length + pattern.operands;
        if (this.#held.length < length) return;
        return this.#take(pattern.name, pattern.code.length);
      }
      const next = this.#held.indexOf(DLE, 1);
      this.#held = next < 0 ? [] : this.#held.slice(next);
    }
  }

  /** `code` and what is held agree as far as both go */
  #begins(code: readonly number[]): boolean {
    return code.every((byte, k) => k >= this.#held.length || this.#held[k] === byte);
  }

  #take(name: CommandName, codeLength: number): void {
    const offset = this.#offset - this.#held.length;
    const insideData = this.#meantAt !== offset;
    const operands = this.#held.slice(codeLength);
    this.#held = [];
    if (!insideData || this.#insideDataToo) this.#found({ name, operands, insideData, offset });
  }
}
