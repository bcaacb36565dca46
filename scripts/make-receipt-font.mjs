// Writes simulator/assets/font/*: the bitmap glyphs the simulated printer prints with. Only needed to make them anew.
//
//   node scripts/make-receipt-font.mjs WQY_MICROHEI_TTC CANVAS_FOLDER
//
// WQY_MICROHEI_TTC  usr/share/fonts/truetype/wqy/wqy-microhei.ttc of Debian's fonts-wqy-microhei 0.2.0-beta-3.1
//                   (`apt-get download fonts-wqy-microhei && dpkg -x *.deb deb`)
// CANVAS_FOLDER     a folder outside the repository where `npm install @napi-rs/canvas@1.1.1` was run
//
// The file formats are described in simulator/assets/font/README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { readArgs } from './usage.mjs';

const USAGE =
  'usage: node scripts/make-receipt-font.mjs WQY_MICROHEI_TTC CANVAS_FOLDER\n\nWrites simulator/assets/font/*.\n';
const [ttc, canvasFolder] = readArgs(USAGE, { most: 2 }).positionals;
if (!ttc || !canvasFolder) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const { createCanvas, GlobalFonts } = createRequire(resolve(canvasFolder, 'package.json'))('@napi-rs/canvas');
/** One face of a TrueType collection as a font file of its own (OpenType 1.9, "Font Collections": TTC header). */
function face(collection, index) {
  const directory = collection.readUInt32BE(12 + 4 * index);
  const tables = collection.readUInt16BE(directory + 4);
  const head = Buffer.from(collection.subarray(directory, directory + 12 + 16 * tables));
  const parts = [head];
  let at = head.length;
  for (let row = 12; row < head.length; row += 16) {
    const [offset, length] = [head.readUInt32BE(row + 8), head.readUInt32BE(row + 12)];
    const body = Buffer.alloc(Math.ceil(length / 4) * 4);
    collection.copy(body, 0, offset, offset + length);
    head.writeUInt32BE(at, row + 8);
    parts.push(body);
    at += body.length;
  }
  return Buffer.concat(parts);
}

/** The code points of the BMP that a face has a glyph for (OpenType "cmap", format 4). Others would come from a system font. */
function coverage(font) {
  const rows = Array.from({ length: font.readUInt16BE(4) }, (_, k) => 12 + 16 * k);
  const row = rows.find((at) => font.toString('latin1', at, at + 4) === 'cmap');
  const cmap = font.readUInt32BE(row + 8);
  const tables = Array.from(
    { length: font.readUInt16BE(cmap + 2) },
    (_, k) => cmap + font.readUInt32BE(cmap + 8 + 8 * k),
  );
  const table = tables.find((at) => font.readUInt16BE(at) === 4);
  const size = font.readUInt16BE(table + 6);
  const [ends, starts, deltas, offsets] = [14, 16 + size, 16 + 2 * size, 16 + 3 * size].map((at) => table + at);
  const covered = new Set();
  for (let k = 0; k < size; k += 2) {
    const [start, end] = [font.readUInt16BE(starts + k), font.readUInt16BE(ends + k)];
    const offset = font.readUInt16BE(offsets + k);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const id = offset === 0 ? code : font.readUInt16BE(offsets + k + offset + 2 * (code - start));
      if (id !== 0 && ((id + font.readUInt16BE(deltas + k)) & 0xffff) !== 0) covered.add(code);
    }
  }
  return covered;
}

const [SANS, MONO] = ['Receipt Sans', 'Receipt Mono'];
let monoCoverage = new Set();
for (const [index, name] of [SANS, MONO].entries()) {
  const font = face(readFileSync(ttc), index);
  if (name === MONO) monoCoverage = coverage(font);
  if (!GlobalFonts.register(font, name)) throw new Error(`${ttc}: face ${index} is not a font`);
}
const target = new URL('../simulator/assets/font/', import.meta.url);

/** Draws one character on a white cell and packs the dots darker than `threshold`, rows from the top, MSB left. */
function glyph(char, { family, width, height, px, x, baseline, threshold, stretch = 1, fit = false }) {
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = '#000';
  pen.font = `${px}px "${family}"`;
  pen.textBaseline = 'alphabetic';
  const ink = pen.measureText(char);
  const inkWidth = ink.actualBoundingBoxLeft + ink.actualBoundingBoxRight;
  if (fit && inkWidth * stretch > width && char < '\u2500') {
    // a letter as wide as W is squeezed into its cell instead of losing its last stroke
    pen.scale((width - 0.6) / inkWidth, 1);
    pen.fillText(char, ink.actualBoundingBoxLeft, baseline);
  } else {
    pen.scale(stretch, 1);
    pen.fillText(char, x, baseline);
  }
  const { data } = pen.getImageData(0, 0, width, height);
  const stride = Math.ceil(width / 8);
  const bytes = new Uint8Array(stride * height);
  for (let dot = 0; dot < width * height; dot++) {
    if (data[4 * dot] >= threshold) continue;
    const column = dot % width;
    bytes[Math.floor(dot / width) * stride + (column >> 3)] |= 0x80 >> (column & 7);
  }
  return bytes;
}

/** Every character with a two-byte GBK code outside the private use area, in the order of the codes. */
function gbkCharacters() {
  const decoder = new TextDecoder('gbk', { fatal: true });
  const characters = [];
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      try {
        const text = decoder.decode(Uint8Array.of(lead, trail));
        const isPrivate = text >= '\ue000' && text <= '\uf8ff';
        if ([...text].length === 1 && !isPrivate) characters.push(text);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
  }
  return characters;
}

const HANZI = { family: SANS, width: 24, height: 24, px: 23, x: 0.5, baseline: 20.5, threshold: 140 };
const gbk = Buffer.concat(gbkCharacters().map((char) => glyph(char, HANZI)));
writeFileSync(
  new URL('gbk-24-wqm.bin.br', target),
  brotliCompressSync(gbk, { params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 } }),
);

/** ASCII, Latin, Greek, Cyrillic, signs and box drawing: what the code pages of ESC t can ask for. */
function latinCharacters() {
  const ranges = [
    [0x20, 0x7e],
    [0xa0, 0x17f],
    [0x192, 0x192],
    [0x2c6, 0x2dd],
    [0x391, 0x3c9],
    [0x401, 0x45f],
    [0x2013, 0x2044],
    [0x207f, 0x207f],
    [0x20a7, 0x20ac],
    [0x2116, 0x2122],
    [0x2190, 0x2195],
    [0x2219, 0x2265],
    [0x2310, 0x2321],
    [0x2500, 0x25e5],
    [0x2660, 0x2666],
    [0xff61, 0xff9f],
  ];
  const codes = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, k) => first + k));
  return codes.filter((code) => monoCoverage.has(code));
}

const FONT_A = {
  family: MONO,
  width: 12,
  height: 24,
  px: 21,
  x: 0.2,
  baseline: 19,
  threshold: 180,
  stretch: 1.07,
  fit: true,
};
const FONT_B = {
  family: MONO,
  width: 9,
  height: 17,
  px: 15,
  x: 0.2,
  baseline: 13,
  threshold: 175,
  stretch: 1.12,
  fit: true,
};
for (const [name, cell] of [
  ['latin-12x24-wqm.bin', FONT_A],
  ['latin-9x17-wqm.bin', FONT_B],
]) {
  const codes = latinCharacters();
  const head = Buffer.alloc(2 + 2 * codes.length);
  head.writeUInt16BE(codes.length, 0);
  codes.forEach((code, k) => {
    head.writeUInt16BE(code, 2 + 2 * k);
  });
  writeFileSync(
    new URL(name, target),
    Buffer.concat([head, ...codes.map((code) => glyph(String.fromCodePoint(code), cell))]),
  );
}
