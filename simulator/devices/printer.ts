import { EscposDecoder } from '../../protocols/escpos/decode.ts';
import type { Problem } from '../../protocols/escpos/problems.ts';
import { genericProfile, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { automaticStatus, type PrinterState, paperBits, READY, realtimeStatus } from '../../protocols/escpos/status.ts';
import type { Token } from '../../protocols/escpos/tokenize.ts';

export interface PrinterOptions {
  readonly profile?: PrinterProfile;
  /** the printer's mouth: bytes to the host */
  readonly send: (bytes: Uint8Array) => void;
  /** a slip came out; `bytes` are the ones that made it */
  readonly onSlip?: (slip: Slip, bytes: Uint8Array) => void;
  readonly onProblem?: (problem: Problem) => void;
}

/** Bytes kept of everything received: the first ones, because a slip's place is counted from the start. */
const MAX_KEPT_BYTES = 64 << 20;

const DLE = 0x10;
const EOT = 0x04;

type Command = Extract<Token, { kind: 'command' }>;

/**
 * A receipt printer without a wire: bytes go in by `receive`, answers leave by `send`. Real-time commands are answered on
 * reception, wherever they stand, also inside picture data (receipts.md 1.7); the others in their turn.
 */
export class PrinterModel {
  readonly profile: PrinterProfile;
  readonly #options: PrinterOptions;
  readonly #decoder: EscposDecoder;
  #state: PrinterState = READY;
  #kept = new Uint8Array(4096);
  #length = 0;
  /** the last two bytes received, for real-time commands that come in pieces */
  #before: [number, number] = [0, 0];
  #automatic = 0;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.profile = options.profile ?? genericProfile(58);
    this.#decoder = new EscposDecoder(this.profile, {
      token: (token) => this.#token(token),
      slip: (slip) => this.#slip(slip),
      problem: (problem) => options.onProblem?.(problem),
    });
  }

  get state(): PrinterState {
    return this.#state;
  }

  /** A person opens the cover, takes the paper out, ... ; automatic status is sent when it was asked for. */
  change(change: Partial<PrinterState>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#automatic !== 0) this.#options.send(automaticStatus(this.#state));
  }

  /** Everything received so far. */
  get bytes(): Uint8Array {
    return this.#kept.slice(0, this.#length);
  }

  receive(bytes: Uint8Array): void {
    this.#keep(bytes);
    this.#realtime(bytes);
    this.#decoder.push(bytes);
  }

  /** Power off: what stands in the line buffer comes out as the last slip. */
  end(): void {
    this.#decoder.end();
  }

  #keep(bytes: Uint8Array): void {
    const part = bytes.subarray(0, MAX_KEPT_BYTES - this.#length);
    if (this.#length + part.length > this.#kept.length) {
      const grown = new Uint8Array(Math.max(2 * this.#kept.length, this.#length + part.length));
      grown.set(this.#kept.subarray(0, this.#length));
      this.#kept = grown;
    }
    this.#kept.set(part, this.#length);
    this.#length += part.length;
  }

  #realtime(bytes: Uint8Array): void {
    let [older, old] = this.#before;
    for (const byte of bytes) {
      if (older === DLE && old === EOT) this.#answer(realtimeStatus(byte, this.#state));
      [older, old] = [old, byte];
    }
    this.#before = [older, old];
  }

  #answer(byte: number | undefined): void {
    if (byte !== undefined) this.#options.send(Uint8Array.of(byte));
  }

  #token(token: Token): void {
    if (token.kind !== 'command') return;
    if (token.name === 'status') this.#answer(this.#bufferedStatus(token));
    else if (token.name === 'printer-id') this.#options.send(this.#identity(token));
    else if (token.name === 'automatic-status') this.#enableAutomatic(token);
    else if (token.name === 'process-id' && this.profile.processId)
      this.#options.send(Uint8Array.of(0x37, 0x22, ...token.operands, 0));
  }

  #enableAutomatic({ operands: [mask = 0] }: Command): void {
    this.#automatic = mask;
    if (mask !== 0) this.#options.send(automaticStatus(this.#state));
  }

  /** GS r: 1/49 paper, 2/50 drawer lever. */
  #bufferedStatus({ operands: [n = 0] }: Command): number | undefined {
    if (n === 1 || n === 49) return paperBits(this.#state);
    return n === 2 || n === 50 ? Number(this.#state.drawerPin === 'high') : undefined;
  }

  /** GS I: 1 model, 2 type (multi-byte characters, cutter), 3 ROM; 65 firmware, 66 maker, 67 model, 68 serial, 69 language. */
  #identity({ operands: [n = 0] }: Command): Uint8Array {
    const text = {
      65: '1.00',
      66: this.profile.maker,
      67: this.profile.model,
      68: 'SIM0000001',
      69: this.profile.charset === 'gb2312' ? 'CHINA GB2312' : 'CHINA GB18030',
    }[n];
    if (text !== undefined) return Buffer.from(`\x5f${text}\0`, 'latin1');
    const byte = { 1: 0x20, 49: 0x20, 2: 0x03, 50: 0x03, 3: 0x01, 51: 0x01 }[n];
    return byte === undefined ? new Uint8Array() : Uint8Array.of(byte);
  }

  #slip(slip: Slip): void {
    this.#options.onSlip?.(slip, this.#kept.slice(slip.from, Math.min(slip.to, this.#length)));
  }
}
