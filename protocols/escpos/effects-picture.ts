import { type Command, digit, type Effect, first, lineIsFree, word } from './effect.ts';
import { type Bitmap, enlarge, fromColumns, fromRows } from './image.ts';
import type { Paper } from './paper.ts';
import { littleEndian } from './shape.ts';

function image(paper: Paper, bitmap: Bitmap): void {
  if (bitmap.width === 0 || bitmap.height === 0) return;
  paper.place({ kind: 'image', left: paper.indent(bitmap.width), bitmap }, bitmap.height);
}

export function raster(paper: Paper, command: Command): void {
  paper.swallowsFeed = paper.profile.quirks.swallowsFeedAfterRaster === true;
  if (!lineIsFree(paper, command)) return;
  const mode = digit(first(command));
  const source = fromRows(command.data, word(command, 1) * 8, word(command, 3));
  image(paper, enlarge(source, mode & 1 ? 2 : 1, mode & 2 ? 2 : 1, paper.areaWidth));
}

export function columnImage(bytesPerColumn: 1 | 3, across: 1 | 2): Effect {
  return (paper, command) => {
    const bitmap = fromColumns(command.data, bytesPerColumn);
    if (bitmap.width === 0) return;
    // eight-dot columns have a third of the 24-dot density: the rows stand three dots apart
    const drawn = enlarge(
      bitmap,
      across,
      bytesPerColumn === 1 ? paper.profile.eightDotPitch : 1,
      Math.max(0, paper.areaWidth - paper.x),
    );
    if (drawn.width > 0) paper.columnImage({ advance: drawn.width, bitmap: drawn }, command.offset);
  };
}

export function storeGraphics(paper: Paper, command: Command): void {
  const [, across = 1, down = 1] = command.operands;
  const [width, height] = [word(command, 4), word(command, 6)];
  if (across < 1 || across > 2 || down < 1 || down > 2)
    return paper.report('bad-operand', command.offset, 'graphics scale');
  // kept as it came: it is enlarged when it is printed
  const rows = Math.ceil(command.data.length / Math.max(1, Math.ceil(width / 8)));
  paper.stores.graphics = { data: command.data, width, height: Math.min(height, rows), across, down };
}

export function printGraphics(paper: Paper, command: Command): void {
  const { graphics } = paper.stores;
  if (!graphics) return paper.report('symbol-without-data', command.offset, command.name);
  if (!lineIsFree(paper, command)) return;
  const { data, width, height, across, down } = graphics;
  image(paper, enlarge(fromRows(data, width, height), across, down, paper.areaWidth));
}

export function printDownload(paper: Paper, command: Command): void {
  const { download } = paper.stores;
  const mode = digit(first(command));
  if (!download) return paper.report('symbol-without-data', command.offset, command.name);
  if (!lineIsFree(paper, command)) return;
  image(paper, enlarge(download, mode & 1 ? 2 : 1, mode & 2 ? 2 : 1, paper.areaWidth));
}

function placeStored(paper: Paper, command: Command, name: string, across: number, down: number): void {
  const bitmap = paper.stores.images.get(name);
  if (!bitmap) return paper.report('symbol-without-data', command.offset, `picture ${name}`);
  if (lineIsFree(paper, command)) image(paper, enlarge(bitmap, across, down, paper.areaWidth));
}

/** Bytes of all stored pictures together; a T88 has 384 KB of flash for them. */
const MOST_STORED_BYTES = 1 << 20;

function keepImage(paper: Paper, command: Command, name: string, bitmap: Bitmap): void {
  const { images } = paper.stores;
  images.delete(name);
  let bytes = bitmap.bits.length;
  for (const { bits } of images.values()) bytes += bits.length;
  if (bytes > MOST_STORED_BYTES) return paper.report('slip-too-long', command.offset, `picture ${name}: no memory`);
  images.set(name, bitmap);
}

/** FS q n [xL xH yL yH d1..d(x*y*8)]: pictures 1..n, x bytes wide, y bytes high, in columns. */
export function storeImages(paper: Paper, command: Command): void {
  const { data } = command;
  let at = 0;
  for (let k = 1; k <= first(command) && at + 4 <= data.length; k++) {
    const high = littleEndian(data.subarray(at + 2, at + 4));
    const bytes = littleEndian(data.subarray(at, at + 2)) * high * 8;
    if (high > 0) keepImage(paper, command, `nv ${k}`, fromColumns(data.subarray(at + 4, at + 4 + bytes), high));
    at += 4 + bytes;
  }
}

export function printStoredImage(paper: Paper, command: Command): void {
  const [n = 0, m = 0] = command.operands;
  const mode = digit(m);
  placeStored(paper, command, `nv ${n}`, mode & 1 ? 2 : 1, mode & 2 ? 2 : 1);
}

/** GS ( L m fn ...: pictures by a name of two characters, in flash (67, 69) and in memory (83, 85); 66 and 82 delete. */
export function storedGraphics(paper: Paper, command: Command): void {
  const [, fn = 0, ...operands] = command.data.subarray(0, 12);
  const [a = 0, b = 0, across = 1, down = 1] = operands;
  const where = fn < 80 ? 'nv' : 'dl';
  switch (fn) {
    case 66:
    case 82:
      return void paper.stores.images.delete(`${where} ${String.fromCharCode(across, down)}`);
    case 67:
    case 83:
      return defineGraphics(paper, command, where);
    case 69:
    case 85:
      return placeStored(paper, command, `${where} ${String.fromCharCode(a, b)}`, across, down);
    case 113:
      return storeColumns(paper, command);
    default:
  }
}

/** fn 67 and 83: a kc1 kc2 b xL xH yL yH [c d1..dk]: rows, one colour of them is black. */
function defineGraphics(paper: Paper, command: Command, where: 'nv' | 'dl'): void {
  const [, , , kc1 = 0, kc2 = 0] = command.data;
  const width = littleEndian(command.data.subarray(6, 8));
  const height = littleEndian(command.data.subarray(8, 10));
  const rows = command.data.subarray(11);
  const most = Math.ceil(rows.length / Math.max(1, Math.ceil(width / 8)));
  keepImage(paper, command, `${where} ${String.fromCharCode(kc1, kc2)}`, fromRows(rows, width, Math.min(height, most)));
}

/** fn 113: a bx by c xL xH yL yH d1..dk: as fn 112, in columns. */
function storeColumns(paper: Paper, command: Command): void {
  const { data } = command;
  const [, , , across = 1, down = 1] = data;
  const height = littleEndian(data.subarray(8, 10));
  const bytes = Math.ceil(height / 8);
  if (bytes === 0) return;
  const { width, bits } = fromColumns(data.subarray(10, 10 + littleEndian(data.subarray(6, 8)) * bytes), bytes);
  paper.stores.graphics = { data: bits, width, height, across, down };
}
