import { decodeQR } from 'qr/decode.js';
import { payloadText } from '../../protocols/escpos/effects-symbol.ts';
import { type Bitmap, dotAt } from '../../protocols/escpos/image.ts';
import { flatItems, type Item, type Slip } from '../../protocols/escpos/slip.ts';
import { drawSlips } from './draw.ts';

// Many programs send a QR code as a picture. A phone reads it all the same, so the simulated paper says what it reads.

/** A search takes about 10 ms; a slip has one or two codes. */
const MOST_PICTURES = 32;
const MOST_ROWS = 2000;
/** The smallest symbol has 21 modules. */
const LEAST_DOTS = 21;
/** White dots added around a picture: many have no quiet zone of their own. */
const MARGIN = 24;

/** Texts of all QR codes of the slips in the order they stand on paper, one list for each slip. */
export function qrTexts(slips: readonly Slip[], dots: number): string[][] {
  let left = MOST_PICTURES;
  return slips.map((slip) => {
    const texts: string[] = [];
    for (const group of groups(slip.items)) {
      const [first] = group;
      if (first?.kind === 'qr') texts.push(payloadText(first.data));
      else if (left-- > 0) texts.push(...readPicture({ ...slip, items: group }, dots));
    }
    return texts;
  });
}

/** Symbols one by one; pictures that touch, because they were sent in stripes, together. */
function groups(items: readonly Item[]): Item[][] {
  const found: Item[][] = [];
  let open = false;
  for (const item of flatItems(items)) {
    const isPicture =
      item.kind === 'image' || (item.kind === 'line' && item.cells.every((cell) => cell.kind === 'image'));
    if (isPicture && open) found.at(-1)?.push(item);
    else if (isPicture || item.kind === 'qr') found.push([item]);
    open = isPicture;
  }
  return found;
}

function readPicture(slip: Slip, dots: number): string[] {
  const picture = drawSlips([slip], dots);
  if (picture.height < LEAST_DOTS || picture.height > MOST_ROWS) return [];
  try {
    return [decodeQR(withMargin(picture))];
  } catch {
    // a logo, a signature: no code in it
    return [];
  }
}

function withMargin(picture: Bitmap): { width: number; height: number; data: Uint8Array } {
  const [width, height] = [picture.width + 2 * MARGIN, picture.height + 2 * MARGIN];
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++)
      if (dotAt(picture, x, y))
        data.fill(0, 4 * ((y + MARGIN) * width + x + MARGIN), 4 * ((y + MARGIN) * width + x + MARGIN) + 3);
  return { width, height, data };
}
