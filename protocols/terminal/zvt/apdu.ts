import { toHex } from '../../bytes/hex.ts';
import {
  decodeFields,
  encodeFields,
  encodeVar,
  type Field,
  type FieldsProblem,
  isFieldsError,
  varLength,
} from './bmp-list.ts';
import { type CommandName, commandOf, HEADS, type HeadName, type HeadOf, rowOf } from './commands.ts';

// One ZVT message, the same on a serial line (inside DLE framing) and over TCP (bare):
//
//   06 01 | 07 | 04 000000001000           authorisation of 10.00
//   class   length of the data, up to FE; FF lo hi from there on
//   06 D3 | FF 8E 02 | 06 82 02 8A ...     654 bytes of text block (a German terminal)
//   84 9C | 00                             "not yet": the instruction of 84 is the reason

/** Length in three bytes, low byte first: the largest that it can say. */
const MAX_DATA_BYTES = 0xffff;
export const MAX_APDU_BYTES = 5 + MAX_DATA_BYTES;

export interface ApduHead {
  /** `0601` */
  readonly control: string;
  readonly declared: number;
  /** where the data begins */
  readonly start: number;
}

/** `undefined`: not enough bytes to know. */
export function apduHead(bytes: Uint8Array): ApduHead | undefined {
  const [, , length, low, high] = bytes;
  if (length === undefined) return undefined;
  const control = toHex(bytes.subarray(0, 2)).toUpperCase();
  if (length < 0xff) return { control, declared: length, start: 3 };
  return low === undefined || high === undefined ? undefined : { control, declared: high * 256 + low, start: 5 };
}

/** A message of the table with its parts. */
export interface Message<N extends CommandName = CommandName> {
  readonly command: N;
  /** of `refused`: why, see result-codes.ts */
  readonly reason?: number;
  readonly head: Readonly<Partial<Record<HeadOf<N>, Uint8Array>>>;
  readonly fields: readonly Field[];
}

export type ApduProblem = FieldsProblem | 'too-short' | 'length' | 'unknown-command';

export interface ApduError {
  readonly problem: ApduProblem;
  readonly control?: string;
}

export function isApduError(result: Message | ApduError): result is ApduError {
  return 'problem' in result;
}

/** The message that these bytes are, whole. */
export function decodeApdu(bytes: Uint8Array): Message | ApduError {
  const head = apduHead(bytes);
  if (!head) return { problem: 'too-short' };
  const { control, declared, start } = head;
  const command = commandOf(control);
  if (bytes.length !== start + declared) return { problem: 'length', control };
  if (!command) return { problem: 'unknown-command', control };
  const read = decodeData(command, bytes.subarray(start));
  if ('problem' in read) return { ...read, control };
  return { command, ...(command === 'refused' && { reason: bytes[1] ?? 0 }), ...read };
}

type Heads = Readonly<Partial<Record<HeadName, Uint8Array>>>;
type Data = Pick<Message, 'fields'> & { readonly head: Heads };

/** In the first form that uses the data up exactly: `06` may be a state, a time-out or the container (§1.2). */
function decodeData(command: CommandName, data: Uint8Array): Data | { readonly problem: FieldsProblem } {
  const { forms, only } = rowOf(command);
  let problem: FieldsProblem = 'truncated';
  for (const form of forms) {
    const read = decodeForm(form, data);
    if ('problem' in read) problem = read.problem;
    else if (!only || read.fields.every(({ bmp }) => only.includes(bmp))) return read;
    else problem = 'unknown-bmp';
  }
  return { problem };
}

function decodeForm(form: readonly HeadName[], data: Uint8Array): Data | { readonly problem: FieldsProblem } {
  const head: Partial<Record<HeadName, Uint8Array>> = {};
  let at = 0;
  for (const name of form) {
    const end = headEnd(name, data, at);
    if (end === undefined || end > data.length) return { problem: 'truncated' };
    head[name] = name === 'version' ? data.subarray(at + 3, end) : data.subarray(at, end);
    at = end;
  }
  const fields = decodeFields(data.subarray(at));
  return isFieldsError(fields) ? fields : { head, fields };
}

function headEnd(name: HeadName, data: Uint8Array, at: number): number | undefined {
  const { bytes } = HEADS[name];
  if (bytes === 'text') return textEnd(data, at);
  if (bytes === 'LLLVAR') {
    const length = varLength(data, at, 3);
    return length === undefined ? undefined : at + 3 + length;
  }
  if (name === 'currency' && !isCurrency(data, at)) return undefined;
  if (name === 'minutes' && !isBcd(data[at])) return undefined;
  return at + bytes;
}

/** 06 is no character: a container that ends where the line does is one (its tag 14 names the character set). */
function textEnd(data: Uint8Array, at: number): number {
  const container = data.indexOf(0x06, at);
  return container >= 0 && !isFieldsError(decodeFields(data.subarray(container))) ? container : data.length;
}

/** ISO 4217 in BCD. `06 00` is not the guarani but an empty container behind a missing currency. */
function isCurrency(data: Uint8Array, at: number): boolean {
  const [high, low] = data.subarray(at, at + 2);
  return high !== undefined && high < 0x10 && isBcd(high) && isBcd(low) && !(high === 0x06 && low === 0);
}

function isBcd(byte: number | undefined): boolean {
  return byte !== undefined && byte >> 4 <= 9 && (byte & 15) <= 9;
}

/** What goes over the wire. Throws on a message that the table does not allow: that is a bug of ours. */
export function encodeApdu<N extends CommandName>({ command, reason, head, fields }: Message<N>): Uint8Array {
  const heads: Heads = head;
  const given = Object.keys(heads);
  const row = rowOf(command);
  const form = row.forms.find((names) => names.length === given.length && names.every((name) => heads[name]));
  if (!form) throw new RangeError(`${command} has no form with ${given.join(', ') || 'nothing'} before its fields`);
  const parts = form.flatMap((name) => [...encodeHead(name, heads[name] ?? new Uint8Array())]);
  const control = command === 'refused' ? [0x84, reason ?? 0] : controlBytes(row.code);
  return apdu(control, Uint8Array.from([...parts, ...encodeFields(fields)]));
}

function encodeHead(name: HeadName, value: Uint8Array): Uint8Array {
  const { bytes } = HEADS[name];
  if (bytes === 'LLLVAR') return encodeVar(value, 3);
  if (bytes !== 'text' && bytes !== value.length) throw new RangeError(`${name} has ${bytes} bytes`);
  return value;
}

function controlBytes(code: string): readonly number[] {
  return [Number.parseInt(code.slice(0, 2), 16), Number.parseInt(code.slice(2), 16)];
}

/** Control, length and data as bytes. */
export function apdu(control: readonly number[], data: Uint8Array): Uint8Array {
  if (data.length > MAX_DATA_BYTES) throw new RangeError(`${data.length} bytes of data`);
  const length = data.length < 0xff ? [data.length] : [0xff, data.length & 0xff, data.length >> 8];
  return Uint8Array.from([...control, ...length, ...data]);
}

/** A message without a head. */
export function message<N extends CommandName>(command: N, ...fields: readonly Field[]): Message<N> {
  return { command, head: {} as Message<N>['head'], fields };
}

export function refusal(reason: number, ...fields: readonly Field[]): Message<'refused'> {
  return { command: 'refused', reason, head: {}, fields };
}
