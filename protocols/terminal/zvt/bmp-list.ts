import { BMPS, type Bmp, type BmpId, bmpOf } from './bmps.ts';
import { berLength, decodeTlv, encodeBerLength, encodeTlv, type TlvObject } from './tlv.ts';

// Data fields one behind the other, each told by its number:
//
//   27 00 | 04 000000011000 | 22 F0 F8 EEEEEEEEEEEE4771 | 3C F0 F1 F4 47454E... | 06 2E 2F 08 ...
//   fixed   fixed             LLVAR: 08 bytes             LLLVAR: 014 bytes       TLV

/** One data field. `value` is without the length; `tlv` is there for BMP 06. */
export interface Field {
  readonly bmp: BmpId;
  readonly value: Uint8Array;
  readonly tlv?: readonly TlvObject[];
}

export const field = (bmp: BmpId, value: Uint8Array): Field => ({ bmp, value });
export const container = (...objects: readonly TlvObject[]): Field => ({
  bmp: '06',
  value: encodeTlv(objects),
  tlv: objects,
});

export type FieldsProblem = 'unknown-bmp' | 'bad-length' | 'truncated' | 'bad-tlv';

export interface FieldsError {
  readonly problem: FieldsProblem;
  /** offset of the field that cannot be read */
  readonly at: number;
}

/** All fields; they must use up the bytes exactly. */
export function decodeFields(bytes: Uint8Array): readonly Field[] | FieldsError {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const id = bytes[at] ?? 0;
    const bmp = bmpOf(id);
    if (!bmp) return { problem: 'unknown-bmp', at };
    const extent = extentOf(bmp, bytes, at + 1);
    if (!extent) return { problem: 'bad-length', at };
    if (extent.end > bytes.length) return { problem: 'truncated', at };
    const value = bytes.subarray(extent.start, extent.end);
    const tlv = bmp.format === 'TLV' ? decodeTlv(value) : undefined;
    if (bmp.format === 'TLV' && !tlv) return { problem: 'bad-tlv', at };
    fields.push({ bmp: idOf(id), value, ...(tlv && { tlv }) });
    at = extent.end;
  }
  return fields;
}

export function isFieldsError(result: readonly Field[] | FieldsError): result is FieldsError {
  return 'problem' in result;
}

function idOf(id: number): BmpId {
  return id.toString(16).toUpperCase().padStart(2, '0') as BmpId;
}

function extentOf(bmp: Bmp, bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  if (bmp.format === 'TLV') {
    const length = berLength(bytes, at);
    return length && { start: at + length.size, end: at + length.size + length.value };
  }
  if (bmp.format === 'LLVAR' || bmp.format === 'LLLVAR') {
    const size = bmp.format === 'LLVAR' ? 2 : 3;
    const length = varLength(bytes, at, size);
    return length === undefined ? undefined : { start: at + size, end: at + size + length };
  }
  return { start: at, end: at + Number(bmp.format.slice('fixed:'.length)) };
}

/** `F1 F4` is 14, `F0 F1 F4` is 14. `undefined`: no such digits. */
export function varLength(bytes: Uint8Array, at: number, digits: 2 | 3): number | undefined {
  let length = 0;
  for (let n = 0; n < digits; n++) {
    const digit = (bytes[at + n] ?? 0) - 0xf0;
    if (digit < 0 || digit > 9) return undefined;
    length = 10 * length + digit;
  }
  return length;
}

export function encodeVar(value: Uint8Array, digits: 2 | 3): Uint8Array {
  if (value.length >= 10 ** digits)
    throw new RangeError(`a field of ${value.length} bytes has no ${digits}-digit length`);
  const length = String(value.length).padStart(digits, '0');
  return Uint8Array.from([...Array.from(length, (digit) => 0xf0 + Number(digit)), ...value]);
}

export function encodeFields(fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(fields.flatMap((one) => [Number.parseInt(one.bmp, 16), ...encodeField(one)]));
}

function encodeField({ bmp, value, tlv }: Field): readonly number[] {
  const { format }: Bmp = BMPS[bmp];
  if (format === 'TLV') {
    const content = tlv ? encodeTlv(tlv) : value;
    return [...encodeBerLength(content.length), ...content];
  }
  if (format === 'LLVAR') return [...encodeVar(value, 2)];
  if (format === 'LLLVAR') return [...encodeVar(value, 3)];
  if (value.length !== Number(format.slice('fixed:'.length))) throw new RangeError(`BMP ${bmp} has ${format}`);
  return [...value];
}

/** The bytes of the first field with this number. */
export function valueOf(fields: readonly Field[], bmp: BmpId): Uint8Array | undefined {
  return fields.find((one) => one.bmp === bmp)?.value;
}

/** The objects of all containers together. */
export function objectsOf(fields: readonly Field[]): readonly TlvObject[] {
  return fields.flatMap(({ tlv }) => tlv ?? []);
}
