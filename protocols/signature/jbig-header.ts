// The bi-level image header (T.82 6.2.1), 20 bytes:
//
//   00 00 01 00  00 00 00 F0  00 00 00 50  00 00 00 07  08 00  03     1C
//   DL D  P  -   width        height       rows a       MX MY  order  options
//                                          stripe

export const JBIG_HEADER_BYTES = 20;

/** Bits of the options byte (6.2.1, figure 8). What concerns differential layers says nothing about a single one. */
export const JBIG_OPTIONS = {
  /** two-line template in the lowest layer instead of three lines */
  LRLTWO: 0x40,
  /** NEWLEN may follow */
  VLENGTH: 0x20,
  TPDON: 0x10,
  /** lines that repeat the line above take one symbol */
  TPBON: 0x08,
  DPON: 0x04,
  DPPRIV: 0x02,
  DPLAST: 0x01,
} as const;

/** The only form of signatures: one layer, one plane. */
export interface JbigHeader {
  readonly width: number;
  /** with VLENGTH a guess, which NEWLEN corrects */
  readonly height: number;
  /** rows of a stripe; the last one may be lower */
  readonly stripeRows: number;
  /** how far left the adaptive pixel may go */
  readonly mx: number;
  readonly my: number;
  /** order of layers, planes and stripes: without meaning for a single layer and plane */
  readonly order: number;
  readonly options: number;
}

export type HeaderRefusal = 'truncated' | 'not-a-header' | 'layers' | 'planes' | 'empty' | 'private-table';

export function writeJbigHeader({ width, height, stripeRows, mx, my, order, options }: JbigHeader): number[] {
  return [0, 0, 1, 0, ...long(width), ...long(height), ...long(stripeRows), mx, my, order, options];
}

export function readJbigHeader(bytes: Uint8Array): JbigHeader | { readonly refusal: HeaderRefusal } {
  if (bytes.length < JBIG_HEADER_BYTES) return { refusal: 'truncated' };
  const [lowest = 0, highest = 0, planes = 0, unused = 0] = bytes;
  const [mx = 0, my = 0, order = 0, options = 0] = bytes.subarray(16);
  const [width, height, stripeRows] = [longAt(bytes, 4), longAt(bytes, 8), longAt(bytes, 12)];
  if (unused !== 0 || lowest > highest || order > 0x0f || options > 0x7f || mx > 0x7f)
    return { refusal: 'not-a-header' };
  if (highest !== 0) return { refusal: 'layers' };
  if (planes !== 1) return { refusal: 'planes' };
  if (width === 0 || height === 0 || stripeRows === 0) return { refusal: 'empty' };
  if ((options & 0x07) === (JBIG_OPTIONS.DPON | JBIG_OPTIONS.DPPRIV)) return { refusal: 'private-table' };
  return { width, height, stripeRows, mx, my, order, options };
}

export function long(value: number): number[] {
  return [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

export function longAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
}
