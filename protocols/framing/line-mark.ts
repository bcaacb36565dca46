import { END_BYTES, type LineEndName, type LineTerminator } from './line.ts';

/** A prefix or an end, compared in one 32-bit word. */
export interface Mark {
  readonly value: number;
  readonly mask: number;
  readonly length: number;
  readonly name: LineTerminator;
}

export const MAX_MARK_BYTES = 4;

export function markOf(bytes: Uint8Array): Mark {
  if (bytes.length === 0 || bytes.length > MAX_MARK_BYTES) throw new RangeError('a prefix or end has 1 to 4 bytes');
  const value = bytes.reduce((word, byte) => (word << 8) | byte, 0);
  const mask = bytes.length === MAX_MARK_BYTES ? -1 : (1 << (8 * bytes.length)) - 1;
  return { value, mask, length: bytes.length, name: nameOf(bytes) };
}

/** Its last byte: only there can it be complete. */
export function stopOf({ value }: Mark): number {
  return value & 0xff;
}

function nameOf(bytes: Uint8Array): LineTerminator {
  const names = Object.keys(END_BYTES) as LineEndName[];
  const isIt = (name: LineEndName) =>
    END_BYTES[name].length === bytes.length && END_BYTES[name].every((byte, n) => byte === bytes[n]);
  return names.find(isIt) ?? 'other';
}
