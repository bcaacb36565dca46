import { COMMANDS, type CommandName } from './commands.ts';
import { type Dialect, littleEndian, needed, type Row } from './shape.ts';

/** A piece of a printer's byte stream; `offset` counts from the first byte of the stream. */
export type Token =
  | {
      readonly kind: 'command';
      readonly name: CommandName;
      readonly offset: number;
      /** bytes in the stream, code included */
      readonly length: number;
      readonly operands: readonly number[];
      readonly data: Uint8Array;
    }
  | { readonly kind: 'text'; readonly offset: number; readonly bytes: Uint8Array }
  /** not in the table; two bytes are consumed (ESC, FS, GS, DLE and the next), or the whole block of a `( x pL pH` */
  | { readonly kind: 'unknown'; readonly offset: number; readonly bytes: Uint8Array }
  /** the stream ended inside a command */
  | { readonly kind: 'truncated'; readonly offset: number; readonly bytes: Uint8Array }
  /** a command longer than the limit: read over, not kept */
  | { readonly kind: 'too-long'; readonly offset: number; readonly length: number };

/** Longest command kept, in bytes. The largest picture of a 576-dot printer (T81: 2303 rows) has 166 KB. */
const MAX_COMMAND_BYTES = 1 << 20;
const MAX_APPEND = 1 << 16;
/** bytes of a truncated command that are shown */
const SHOWN = 16;

const ESC = 0x1b;
const LEADS = new Set([0x10, ESC, 0x1c, 0x1d]);
const OPEN_PARENTHESIS = 0x28;

interface Node {
  /** by byte */
  readonly next: (Node | undefined)[];
  isLeaf: boolean;
  /** commands that end here; several for the functions of a block */
  readonly rows: { readonly name: CommandName; readonly row: Row }[];
}

const newNode = (): Node => ({ next: Array.from({ length: 256 }), isLeaf: true, rows: [] });
const NO_DATA = new Uint8Array();

function buildTree(includes: (row: Row) => boolean): Node {
  const root = newNode();
  for (const [name, row] of Object.entries(COMMANDS) as [CommandName, Row][]) {
    if (!includes(row)) continue;
    for (const code of [row.code, ...(row.also ?? [])]) {
      let node = root;
      for (const byte of code) {
        const next = node.next[byte] ?? newNode();
        node.next[byte] = next;
        node.isLeaf = false;
        node = next;
      }
      node.rows.push({ name, row });
    }
  }
  return root;
}

const STANDARD = buildTree((row) => row.dialect === undefined);
const WITH_ZJ = buildTree(() => true);
const WITHOUT_BLOCKS = buildTree((row) => row.dialect === undefined && row.code[1] !== OPEN_PARENTHESIS);

/**
 * Cuts a printer's byte stream into commands and text. The tokens do not depend on how the bytes were chunked (but a run of
 * text may come in several tokens); memory is bounded by the longest command kept.
 */
export class Tokenizer {
  readonly #tree: Node;
  readonly #knowsBlocks: boolean;
  readonly #emit: (token: Token) => void;
  #buffer = new Uint8Array(1024);
  #length = 0;
  /** offset in the stream of the buffer's first byte */
  #offset = 0;
  /** the buffer's first command cannot be decided before so many bytes are there */
  #needed = 1;
  /** bytes of a command that is too long, still to be read over */
  #skip = 0;

  constructor(emit: (token: Token) => void, dialect?: Dialect) {
    this.#tree = dialect === 'zj' ? WITH_ZJ : dialect === 'no-blocks' ? WITHOUT_BLOCKS : STANDARD;
    this.#knowsBlocks = dialect !== 'no-blocks';
    this.#emit = emit;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(this.#skip, chunk.length - at);
      this.#skip -= skipped;
      this.#offset += skipped;
      at += skipped;
      const part = chunk.subarray(at, at + MAX_APPEND);
      at += part.length;
      this.#append(part);
      this.#parse();
    }
  }

  /** The stream is over: what is left is truncated. */
  end(): void {
    if (this.#skip > 0) this.#emit({ kind: 'truncated', offset: this.#offset, bytes: new Uint8Array() });
    else if (this.#length > 0)
      this.#emit({
        kind: 'truncated',
        offset: this.#offset,
        bytes: this.#buffer.slice(0, Math.min(this.#length, SHOWN)),
      });
    this.#length = 0;
    this.#skip = 0;
    this.#needed = 1;
  }

  /** What was begun is forgotten; the next byte begins anew. */
  clear(): void {
    this.#offset += this.#length;
    this.#length = 0;
    this.#skip = 0;
    this.#needed = 1;
  }

  #append(part: Uint8Array): void {
    if (this.#length + part.length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + part.length));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
  }

  #parse(): void {
    let at = 0;
    while (this.#length - at >= this.#needed) {
      const used = this.#step(at);
      if (used === 0) continue;
      at += used;
      this.#offset += used;
      this.#needed = 1;
    }
    this.#buffer.copyWithin(0, at, this.#length);
    this.#length -= at;
  }

  /** Emits the token at `at` in the buffer and says how long it is; 0 after raising `#needed`. */
  #step(at: number): number {
    if ((this.#buffer[at] ?? 0) >= 0x20) return this.#text(at);
    let node = this.#tree;
    let end = at;
    for (;;) {
      if (!node.isLeaf && end === this.#length) return this.#wait(end - at + 1);
      const next = node.next[this.#buffer[end] ?? 0];
      if (!next) break;
      node = next;
      end++;
    }
    const only = node.rows[0];
    if (!only) return this.#unknown(this.#buffer.subarray(at, this.#length));
    if (only.row.shape.kind === 'fixed' && node.rows.length === 1)
      return this.#fixed(only.name, only.row.shape.operands.length, at, end);
    return this.#command(node, end - at, this.#buffer.subarray(at, this.#length), only.row);
  }

  #text(at: number): number {
    let end = at + 1;
    while (end < this.#length && (this.#buffer[end] ?? 0) >= 0x20) end++;
    this.#emit({ kind: 'text', offset: this.#offset, bytes: this.#buffer.slice(at, end) });
    return end - at;
  }

  #wait(count: number): 0 {
    this.#needed = count;
    return 0;
  }

  /** Most commands: so many operands, no data. */
  #fixed(name: CommandName, count: number, at: number, from: number): number {
    const length = from - at + count;
    if (at + length > this.#length) return this.#wait(length);
    const operands: number[] = [];
    for (let k = 0; k < count; k++) operands.push(this.#buffer[from + k] ?? 0);
    this.#emit({ kind: 'command', name, offset: this.#offset, length, operands, data: NO_DATA });
    return length;
  }

  #command(node: Node, depth: number, bytes: Uint8Array, first: Row): number {
    const rest = bytes.subarray(depth);
    const need = needed(first.shape, rest);
    if (depth + need > MAX_COMMAND_BYTES) return this.#tooLong(bytes, depth + need);
    if (rest.length < need) return this.#wait(depth + need);
    const body = rest.slice(0, need);
    this.#emit(
      this.#recognise(node, body, depth + need) ?? {
        kind: 'unknown',
        offset: this.#offset,
        bytes: bytes.slice(0, depth + need),
      },
    );
    return depth + need;
  }

  #recognise(node: Node, body: Uint8Array, length: number): Token | undefined {
    const offset = this.#offset;
    let best: { name: CommandName; head: number; operands: number } | undefined;
    for (const { name, row } of node.rows) {
      const { shape } = row;
      if (shape.kind === 'until-nul') {
        const ended = body.at(-1) === 0 ? body.length - 1 : body.length;
        return { kind: 'command', name, offset, length, operands: [], data: body.subarray(0, ended) };
      }
      const head = shape.kind === 'block' ? shape.lengthBytes + shape.head.length : 0;
      if (body.length < head + shape.operands.length) continue;
      if (shape.kind === 'block' && !shape.head.every((byte, k) => body[shape.lengthBytes + k] === byte)) continue;
      if (!best || head > best.head) best = { name, head, operands: shape.operands.length };
    }
    if (!best) return undefined;
    const data = body.subarray(best.head + best.operands);
    return {
      kind: 'command',
      name: best.name,
      offset,
      length,
      operands: [...body.subarray(best.head, best.head + best.operands)],
      data,
    };
  }

  #tooLong(bytes: Uint8Array, length: number): number {
    this.#emit({ kind: 'too-long', offset: this.#offset, length });
    const here = Math.min(bytes.length, length);
    this.#skip = length - here;
    return here;
  }

  /** Never a guess: the lead and one byte, or the block whose length stands there (`ESC|FS|GS ( x pL pH`). */
  #unknown(bytes: Uint8Array): number {
    const lead = bytes[0] ?? 0;
    const size = this.#unknownSize(bytes, lead);
    if (size > MAX_COMMAND_BYTES) return this.#tooLong(bytes, size);
    if (bytes.length < size) return this.#wait(size);
    this.#emit({ kind: 'unknown', offset: this.#offset, bytes: bytes.slice(0, size) });
    return size;
  }

  #unknownSize(bytes: Uint8Array, lead: number): number {
    if (!LEADS.has(lead)) return 1;
    if (lead === 0x10 || bytes[1] !== OPEN_PARENTHESIS || !this.#knowsBlocks) return 2;
    return bytes.length < 5 ? 5 : 5 + littleEndian(bytes.subarray(3, 5));
  }
}
