import { encodeLatin1 } from '../bytes/latin1.ts';

// The other side of serial-line.ts: one code as a gun in raw line mode sends it.
//
//   02  5D 51 31  31 33 30 30 ... 34  0D      STX, ]Q1, the code, CR

export interface LineForm {
  /** e.g. 02 of the cash-register presets */
  readonly prefix?: Uint8Array;
  /** AIM id or the maker's own, put before every code */
  readonly codeId?: string;
  /** empty: a gun without a terminator */
  readonly suffix: Uint8Array;
}

export function encodeLine(data: Uint8Array, { prefix, codeId = '', suffix }: LineForm): Uint8Array {
  const id = encodeLatin1(codeId);
  if (!id) throw new RangeError('a code id has characters below U+0100');
  return Uint8Array.of(...(prefix ?? []), ...id, ...data, ...suffix);
}

/** Zebra and Honeywell say it without any id. */
export function encodeNoRead({ prefix, suffix }: LineForm): Uint8Array {
  return Uint8Array.of(...(prefix ?? []), 0x4e, 0x52, ...suffix);
}
