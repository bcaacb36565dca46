/** How the bytes after a command's code are laid out. */
export type Shape =
  | { readonly kind: 'fixed'; readonly operands: readonly string[] }
  /** operands, then as many data bytes as they say */
  | {
      readonly kind: 'counted';
      readonly operands: readonly string[];
      readonly count: (operands: readonly number[]) => number;
    }
  /** data up to and with a NUL, at most `max` bytes of data */
  | { readonly kind: 'until-nul'; readonly max: number }
  /** pL pH (or p1..p4), then that many bytes: `head` (the function code), operands, data */
  | {
      readonly kind: 'block';
      readonly lengthBytes: 2 | 4;
      readonly head: readonly number[];
      readonly operands: readonly string[];
    }
  /** data whose length shows only while it is read: how many bytes it has as far as known */
  | { readonly kind: 'walk'; readonly operands: readonly string[]; readonly need: (bytes: Uint8Array) => number };

/** One command: its code, what follows, and what a person should know. */
export interface Row {
  readonly code: readonly number[];
  /** other codes with the same meaning */
  readonly also?: readonly (readonly number[])[];
  readonly shape: Shape;
  readonly notes: string;
  /** only printers of this dialect know it */
  readonly dialect?: 'zj';
}

/** `zj`: with the commands of Zijiang; `no-blocks`: without ESC ( x, FS ( x and GS ( x, whose bytes print as text */
export type Dialect = 'zj' | 'no-blocks';

export const fixed = (...operands: string[]): Shape => ({ kind: 'fixed', operands });

export const counted = (operands: readonly string[], count: (operands: readonly number[]) => number): Shape => ({
  kind: 'counted',
  operands,
  count,
});

export const block = (head: readonly number[], ...operands: string[]): Shape => ({
  kind: 'block',
  lengthBytes: 2,
  head,
  operands,
});

export const longBlock = (head: readonly number[], ...operands: string[]): Shape => ({
  kind: 'block',
  lengthBytes: 4,
  head,
  operands,
});

/** How many bytes follow the code as far as `bytes` (what came of them) tells; final once that many are there. */
export function needed(shape: Shape, bytes: Uint8Array): number {
  switch (shape.kind) {
    case 'fixed':
      return shape.operands.length;
    case 'counted':
      if (bytes.length < shape.operands.length) return shape.operands.length;
      return shape.operands.length + shape.count([...bytes.subarray(0, shape.operands.length)]);
    case 'until-nul': {
      const end = bytes.subarray(0, shape.max + 1).indexOf(0);
      return end >= 0 ? end + 1 : Math.min(bytes.length + 1, shape.max + 1);
    }
    case 'block':
      if (bytes.length < shape.lengthBytes) return shape.lengthBytes;
      return shape.lengthBytes + littleEndian(bytes.subarray(0, shape.lengthBytes));
    case 'walk':
      break;
  }
  return shape.need(bytes);
}

export function littleEndian(bytes: Uint8Array | readonly number[]): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + (bytes[i] ?? 0);
  return value;
}
