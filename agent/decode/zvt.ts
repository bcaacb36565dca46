import { toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import { type ApduHead, apduHead, decodeApdu, isApduError, type Message } from '../../protocols/terminal/zvt/apdu.ts';
import { encodeFields, type Field } from '../../protocols/terminal/zvt/bmp-list.ts';
import { BMPS, type Bmp } from '../../protocols/terminal/zvt/bmps.ts';
import {
  type CommandName,
  type CommandRow,
  commandOf,
  HEADS,
  type HeadName,
  rowOf,
} from '../../protocols/terminal/zvt/commands.ts';
import type { TlvObject } from '../../protocols/terminal/zvt/tlv.ts';
import type { Decoder, Explanation } from './decoder.ts';
import { sentence } from './pieces.ts';
import { framesExplained } from './scanned-text.ts';
import { meaningFields } from './zvt-meaning.ts';

type Fields = Readonly<Record<string, unknown>>;

/** APDUs one behind the other, as they go over TCP, under the names of zvt-apdu.json. */
export const zvtDecoder: Decoder = {
  kind: 'zvt',
  summary: 'ZVT messages (APDUs) as over TCP: fields, containers, results, receipt lines',
  example: '06 01 07 04 00 00 00 00 10 00',
  explain: (bytes, { unmask }) => apdusExplained(split(bytes), unmask),
};

function apdusExplained(apdus: readonly Uint8Array[], unmask: boolean): Explanation {
  const frames = apdus.map((bytes) => apduFacts(bytes, unmask));
  return framesExplained(
    frames,
    frames.map(sentence),
    frames.every(({ wellformed, problem }) => wellformed === true && problem === undefined),
  );
}

/** Where the lengths say so; if they do not end where the bytes do, all of it is one message that is wrong. */
function split(bytes: Uint8Array): Uint8Array[] {
  const apdus: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = apduHead(bytes.subarray(at));
    const end = head ? at + head.start + head.declared : Number.POSITIVE_INFINITY;
    if (!head || end > bytes.length || !commandOf(head.control)) return [bytes];
    apdus.push(bytes.subarray(at, end));
    at = end;
  }
  return apdus;
}

/** One message under the names of zvt-apdu.json. */
export function apduFacts(bytes: Uint8Array, unmask: boolean): Fields {
  const head = apduHead(bytes);
  if (!head) return { wellformed: false, problem: 'too-short', actual_len: bytes.length };
  const result = decodeApdu(bytes);
  const facts = headFacts(head, bytes.length);
  if (isApduError(result)) return { ...facts, problem: result.problem };
  return { ...facts, ...headFields(result, unmask), ...fieldsOf(result, unmask), ...meaningFields(result, unmask) };
}

function headFacts({ control, declared, start }: ApduHead, length: number): Fields {
  const command = commandOf(control);
  const row = command && rowOf(command);
  return {
    control,
    ...(command && { command, title: row?.title }),
    ...direction(control, row?.from),
    declared_len: declared,
    actual_len: length - start,
    wellformed: declared === length - start,
  };
}

/** Lines are printed on the till, and only a till has goods to wait for; other answers come from both sides. */
function direction(control: string, from: CommandRow['from'] | undefined): Fields {
  if (from === 'till' || control === '849C' || control === '849D') return { direction: 'ECR->PT' };
  return from === 'terminal' || control.startsWith('06') ? { direction: 'PT->ECR' } : {};
}

/** How the vector files call what stands before the data fields. */
const NAMES: Readonly<Record<HeadName, string>> = {
  password: 'password',
  config: 'config',
  currency: 'cc',
  version: 'sw_version',
  state: 'terminal_status',
  intermediate: 'intermediate_status',
  minutes: 'timeout_minutes_bcd',
  seconds: 'timeout',
  result: 'result_code',
  attribute: 'attribute',
  text: 'text_and_tlv_hex',
  keys: 'keys',
  from: 'from_receipt',
  to: 'to_receipt',
};

const hexOf = (bytes: Uint8Array) => toHex(bytes).toUpperCase();

function headFields({ command, head, fields }: Message, unmask: boolean): Fields {
  const heads: Readonly<Partial<Record<HeadName, Uint8Array>>> = head;
  const shown = Object.entries(heads).map(([name, value]) => [
    NAMES[name as HeadName],
    headValue(name as HeadName, value, fields, unmask),
  ]);
  return { ...(command === 'abortNotice' && { result_code: null }), ...Object.fromEntries(shown) };
}

function headValue(name: HeadName, value: Uint8Array, fields: readonly Field[], unmask: boolean): unknown {
  if ('secret' in HEADS[name]) return unmask ? hexOf(value) : '*'.repeat(2 * value.length);
  if (name === 'currency') return Number(hexOf(value));
  if (name === 'seconds') return value[0];
  if (name === 'version') return decodeLatin1(value);
  if (name === 'text') return textHex(Uint8Array.of(...value, ...encodeFields(fields)), unmask);
  return hexOf(value);
}

/** What looks like a card number in a text is not shown, nor are its digits in hexadecimal. */
export function textHex(bytes: Uint8Array, unmask: boolean): string {
  const text = decodeLatin1(bytes);
  return unmask || redact(text) === text ? hexOf(bytes) : '*'.repeat(2 * bytes.length);
}

const WITH_CURRENCY: ReadonlySet<CommandName> = new Set(['registration']);

function fieldsOf({ command, fields }: Message, unmask: boolean): Fields {
  if (command === 'printLine') return {};
  const bmps = fields.map((one) => fieldOf(one, unmask));
  return { bmps, ...(WITH_CURRENCY.has(command) && { bmps_after_cc: bmps }) };
}

function fieldOf({ bmp, value, tlv }: Field, unmask: boolean): Fields {
  if (tlv) return { bmp, tlv: tlv.map((object) => objectOf(object, unmask)) };
  const { secret }: Bmp = BMPS[bmp];
  if (bmp === '22' && !unmask) return { bmp, hex: maskedPan(hexOf(value)) };
  return { bmp, hex: secret && !unmask ? '*'.repeat(2 * value.length) : textHex(value, unmask) };
}

function objectOf({ tag, value, children }: TlvObject, unmask: boolean): Fields {
  if (children) return { tag, children: children.map((child) => objectOf(child, unmask)) };
  return { tag, hex: textHex(value, unmask) };
}

/** ZVT's own way: E is a digit that is kept back. First 6 and last 4 stay, what stands behind the number does not. */
function maskedPan(hex: string): string {
  const [pan = ''] = /^[0-9E]*/.exec(hex) ?? [];
  const kept = pan.length < 13 ? 'E'.repeat(pan.length) : pan.slice(0, 6) + 'E'.repeat(pan.length - 10) + pan.slice(-4);
  return kept + hex.slice(pan.length).replace(/[0-9]/g, 'E');
}

/** All of a message as hex; what is secret in it as stars, in its place. */
export function apduHex(bytes: Uint8Array, unmask: boolean): string {
  const hex = hexOf(bytes);
  const message = decodeApdu(bytes);
  if (unmask) return hex;
  // nobody knows what is in a message that cannot be read
  if (isApduError(message)) return '*'.repeat(hex.length);
  return partsOf(message).reduce((shown, [name, value]) => {
    // the parts are views into the message: where they are is where they stand
    const at = 2 * (value.byteOffset - bytes.byteOffset);
    return shown.slice(0, at) + maskedHex(name, value) + shown.slice(at + 2 * value.length);
  }, hex);
}

function partsOf({ head, fields }: Message): readonly (readonly [name: string, value: Uint8Array])[] {
  const heads = Object.entries(head);
  return [...heads, ...fields.map(({ bmp, value }) => [bmp, value] as const)];
}

function maskedHex(name: string, value: Uint8Array): string {
  if (name === '22') return maskedPan(hexOf(value));
  const isSecret =
    (name in HEADS && 'secret' in HEADS[name as HeadName]) ||
    (name in BMPS && 'secret' in BMPS[name as keyof typeof BMPS]);
  return isSecret ? '*'.repeat(2 * value.length) : textHex(value, false);
}
