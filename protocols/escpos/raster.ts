import { encode, join } from './encode.ts';
import { type Bitmap, dotAt } from './image.ts';
import type { PrinterProfile } from './profile.ts';

/** Rows of one raster command: small printers lose what is larger than their receive buffer (receipts.md 1.5). */
export const BAND_ROWS = 128;
/** GS ( L counts its bytes with 16 bits, ten of them are its head. */
const MOST_GRAPHICS_BYTES = 0xffff - 10;
/** Rows of one ESC * 33. */
export const STRIPE_ROWS = 24;

/** A picture as the printer of this profile takes it, from the start of a line to the start of a line. */
export function rasterBytes(
  bitmap: Bitmap,
  profile: Pick<PrinterProfile, 'raster' | 'quirks' | 'verticalUnits' | 'dpi'>,
) {
  switch (profile.raster) {
    case 'gs-v-0':
      return join(bands(bitmap, BAND_ROWS).map(gsV0).concat(afterRaster(profile)));
    case 'graphics': {
      const rows = Math.max(1, Math.floor(MOST_GRAPHICS_BYTES / Math.max(1, bitmap.stride)));
      return join(bands(bitmap, Math.min(rows, BAND_ROWS)).map(graphics));
    }
    case 'columns':
      break;
  }
  // lines as high as a stripe, or white bands stand between them
  const pitch = Math.round((STRIPE_ROWS * profile.verticalUnits) / profile.dpi);
  return join([
    encode('line-spacing', [pitch]),
    ...bands(bitmap, STRIPE_ROWS).map(stripe),
    encode('line-spacing-default'),
  ]);
}

/** The printer takes one LF after GS v 0 for itself: it is given one. */
function afterRaster({ quirks }: Pick<PrinterProfile, 'quirks'>): Uint8Array[] {
  return quirks.swallowsFeedAfterRaster ? [encode('line-feed')] : [];
}

function bands(bitmap: Bitmap, rows: number): Bitmap[] {
  const { width, stride } = bitmap;
  return Array.from({ length: Math.ceil(bitmap.height / rows) }, (_, k) => {
    const height = Math.min(rows, bitmap.height - k * rows);
    return { width, stride, height, bits: bitmap.bits.subarray(k * rows * stride, (k * rows + height) * stride) };
  });
}

const word = (value: number) => [value & 0xff, value >> 8];

function gsV0({ stride, height, bits }: Bitmap): Uint8Array {
  return encode('raster', [0, ...word(stride), ...word(height)], bits);
}

function graphics({ width, height, bits }: Bitmap): Uint8Array {
  const store = encode('graphics-store', [0x30, 1, 1, 0x31, ...word(width), ...word(height)], bits);
  return join([store, encode('graphics-print')]);
}

/** 24 rows as columns of three bytes; the last stripe is filled up with white. */
function stripe(band: Bitmap): Uint8Array {
  const data = new Uint8Array(3 * band.width);
  for (let x = 0; x < band.width; x++)
    for (let y = 0; y < band.height; y++)
      if (dotAt(band, x, y)) data[3 * x + (y >> 3)] = (data[3 * x + (y >> 3)] ?? 0) | (0x80 >> (y & 7));
  return join([encode('column-image-24-dense', word(band.width), data), encode('line-feed')]);
}
