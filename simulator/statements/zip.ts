import { deflateSync } from 'fflate';
import { crc32 } from '../../protocols/bytes/crc.ts';

export interface ZipFile {
  /** as bytes: Alipay writes GBK and says nothing about it */
  readonly name: Uint8Array;
  readonly content: Uint8Array;
}

/** A ZIP of files with names in any encoding: fflate writes names in UTF-8 only (APPNOTE 4.3). */
export function zipOf(files: readonly ZipFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const packed = deflateSync(content);
    const facts = factsOf(content, packed, name);
    parts.push(bytes([0x04034b50, 4], ...facts), name, packed);
    directory.push(bytes([0x02014b50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), name);
    offset += 30 + name.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = files.length;
  const end = bytes([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);
  return joined([...parts, ...directory, end]);
}

type Field = readonly [value: number, bytes: 2 | 4];

/** What the header of a file and its line in the directory have in common. 0x5975: 2024-11-21, 00:00. */
function factsOf(content: Uint8Array, packed: Uint8Array, name: Uint8Array): Field[] {
  const sizes: Field[] = [
    [crc32(content), 4],
    [packed.length, 4],
    [content.length, 4],
  ];
  return [[20, 2], [0, 2], [8, 2], [0, 2], [0x5975, 2], ...sizes, [name.length, 2], [0, 2]];
}

function bytes(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([value, count]) => Array.from({ length: count }, (_, at) => (value >>> (8 * at)) & 0xff)),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
