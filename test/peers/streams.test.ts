import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import type * as thermal from 'node-thermal-printer';
import { PNG } from 'pngjs';
import receiptline from 'receiptline';
import { describe, expect, it } from 'vitest';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { type RenderedStream, renderStream } from '../../simulator/render/stream.ts';
import { whatIsWrong } from './correct.ts';
import { ours, PEERS } from './same-slip.ts';

// What other programs write for printers is read back as they meant it: text by text, codes by content, pictures dot by dot.

const load = createRequire(import.meta.url);
const Encoder = load('@point-of-sale/receipt-printer-encoder') as typeof ReceiptPrinterEncoder;
const { ThermalPrinter, PrinterTypes, CharacterSet } = load('node-thermal-printer') as typeof thermal;

const render = (bytes: Uint8Array, paper: 58 | 80 = 80) => renderStream(Uint8Array.from(bytes), genericProfile(paper));
const linesOf = (stream: RenderedStream) =>
  stream.summary().slips.flatMap(({ lines }) => lines.map(({ text }) => text.trim()));
const textOf = (bytes: Uint8Array) => linesOf(render(bytes)).join(' ').replaceAll(/\s+/g, ' ').trim();

/** A pattern that no encoder's threshold or dither changes. */
const PICTURE = { width: 200, height: 96 };
const isBlack = (x: number, y: number) => (x * 7 + y * 13) % 31 < 12;
function pictureData(): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * PICTURE.width * PICTURE.height).fill(255);
  for (let y = 0; y < PICTURE.height; y++)
    for (let x = 0; x < PICTURE.width; x++)
      if (isBlack(x, y)) data.fill(0, 4 * (y * PICTURE.width + x), 4 * (y * PICTURE.width + x) + 3);
  return data;
}

/** Dots that are not as the picture has them, with its upper left corner at `left`, 0. */
function wrongDots(stream: RenderedStream, left: number): number {
  const { width, data } = PNG.sync.read(Buffer.from(stream.png()));
  let wrong = 0;
  for (let y = 0; y < PICTURE.height; y++)
    for (let x = 0; x < width; x++) {
      const wanted = x >= left && x < left + PICTURE.width && isBlack(x - left, y);
      if (wanted !== (data[4 * (y * width + x)] === 0)) wrong += 1;
    }
  return wrong;
}

const SENTENCES = {
  en: 'The quick brown fox 0123456789 !"#$%&()*+,-./:;<=>?@[]^_{|}~',
  fr: 'Le cœur déçu mais l’âme plutôt naïve en canoë. 12,50 €',
  de: 'Falsches Üben von Xylophonmusik quält jeden größeren Zwerg',
  pl: 'Pchnąć w tę łódź jeża lub ośm skrzyń fig',
  cz: 'Příliš žluťoučký kůň úpěl ďábelské ódy',
  ru: 'Съешь же ещё этих мягких французских булок, да выпей чаю',
  uk: 'Жебракують філософи при ґанку церкви в Гадячі',
  el: 'Ξεσκεπάζω την ψυχοφθόρα βδελυγμία',
  tr: 'Pijamalı hasta yağız şoföre çabucak güvendi',
  lt: 'Įlinkdama fechtuotojo špaga sublykčiojusi pragręžė apvalų arbūzą',
  is: 'Kæmi ný öxi hér ykist þjófum nú bæði víl og ádrepa',
  hu: 'Árvíztűrő tükörfúrógép',
  he: 'דג סקרן שט בים מאוכזב',
  th: 'เป็นมนุษย์สุดประเสริฐ',
  vi: 'Tôi có thể ăn thủy tinh',
  box: '┌─┬─┐│ ╔═╗║░▒▓█▄▀',
};

describe('receipt-printer-encoder', () => {
  const encoder = (options = {}) => new Encoder({ columns: 48, language: 'esc-pos', ...options }).initialize();

  it.each(Object.entries(SENTENCES))('%s comes back as it was written', (_language, sentence) => {
    expect(textOf(encoder().codepage('auto').line(sentence).encode())).toBe(sentence);
  });

  it.each([
    ['column', 'left', 0],
    ['column', 'center', 188],
    ['column', 'right', 376],
    ['raster', 'left', 0],
    ['raster', 'center', 188],
    ['raster', 'right', 376],
  ] as const)('a %s picture at the %s, dot by dot', (imageMode, align, left) => {
    const image = { ...PICTURE, data: pictureData() };
    const bytes = encoder({ imageMode }).align(align).image(image, PICTURE.width, PICTURE.height, 'threshold').encode();
    expect(wrongDots(render(bytes), left)).toBe(0);
  });

  it.each([
    ['upca', '012345678905', 'UPC-A', '012345678905'],
    ['ean13', '4006381333931', 'EAN13', '4006381333931'],
    ['ean8', '96385074', 'EAN8', '96385074'],
    ['code39', 'ABC-123', 'CODE39', '*ABC-123*'],
    ['itf', '12345678', 'ITF', '12345678'],
    ['codabar', 'A12345B', 'CODABAR', 'A12345B'],
    ['code93', 'CODE93', 'CODE93', 'CODE93'],
    ['code128', 'Hello 123', 'CODE128', 'Hello 123'],
    ['gs1-128', '(01)04912345123459', 'GS1-128', '0104912345123459'],
  ] as const)('barcode %s', (symbology, value, type, data) => {
    const bytes = encoder().barcode(value, symbology, { height: 60, width: 2, text: 'below' }).encode();
    const { slips, problems } = render(bytes).summary();
    expect({ barcodes: slips[0]?.barcodes, problems }).toEqual({ barcodes: [{ type, data }], problems: [] });
  });

  it('styles, sizes, boxes, tables, drawer and cut', () => {
    const bytes = encoder()
      .bold(true)
      .text('bold')
      .bold(false)
      .underline(true)
      .text('under')
      .underline(false)
      .invert(true)
      .text('inverse')
      .invert(false)
      .newline()
      .size(2, 3)
      .text('big')
      .size(1, 1)
      .newline()
      .italic(true)
      .text('slanted')
      .italic(false)
      .newline()
      .box({ width: 20, style: 'double' }, 'boxed')
      .table(
        [
          { width: 20, align: 'left' },
          { width: 28, align: 'right' },
        ],
        [['left', 'right']],
      )
      .pulse()
      .cut('full')
      .encode();
    const { slips, problems } = render(bytes).summary();
    expect(problems).toEqual([]);
    expect(slips).toMatchObject([
      {
        cut: 'full',
        drawer: 2,
        lines: [
          {
            runs: [
              { text: 'bold', bold: true },
              { text: 'under', underline: 1 },
              { text: 'inverse', reverse: true },
            ],
          },
          { runs: [{ text: 'big', width: 2, height: 3 }] },
          { text: 'slanted' },
          { text: `╔${'═'.repeat(18)}╗` },
          { text: `║boxed${' '.repeat(13)}║` },
          { text: `╚${'═'.repeat(18)}╝` },
          { text: `left${' '.repeat(39)}right` },
        ],
      },
    ]);
  });
});

describe('node-thermal-printer', () => {
  const printer = (characterSet = CharacterSet.PC852_LATIN2) =>
    new ThermalPrinter({ type: PrinterTypes.EPSON, width: 48, characterSet, interface: 'tcp://127.0.0.1:9' });

  it('text, columns, tables, QR, barcode, drawer and cut', () => {
    const one = printer();
    one.println('Čaj in žemlja');
    one.leftRight('Left', 'Right');
    one.table(['One', 'Two', 'Three']);
    one.drawLine();
    one.printQR('https://example.cn/?d=1', { cellSize: 6, correction: 'H', model: 2 });
    one.code128('AB123456', { width: 'LARGE', height: 50, text: 2 });
    one.cut();
    const { slips, problems } = render(one.getBuffer()).summary();
    expect(slips).toMatchObject([
      {
        cut: 'full',
        qr: ['https://example.cn/?d=1'],
        barcodes: [{ type: 'CODE128', data: 'AB123456' }],
      },
    ]);
    expect(slips[0]?.lines.map(({ text }) => text.trim()).filter(Boolean)).toEqual([
      'Čaj in žemlja',
      `Left${' '.repeat(39)}Right`,
      `One${' '.repeat(13)}Two${' '.repeat(13)}Three`,
      '-'.repeat(48),
    ]);
    // it sends GS w 0, which is no width: the printer keeps the one it had
    expect(problems).toMatchObject([{ code: 'bad-operand' }]);
  });

  it('a picture, dot by dot', async () => {
    const png = new PNG(PICTURE);
    png.data = Buffer.from(pictureData());
    const one = printer();
    await one.printImageBuffer(PNG.sync.write(png));
    expect(wrongDots(render(one.getBuffer()), 0)).toBe(0);
  });
});

describe('receiptline', () => {
  const folder = join(dirname(load.resolve('receiptline')), '..', 'example', 'data');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.receipt'));
  /** Letters and digits alone: its text output draws borders with other characters. */
  const bare = (lines: readonly string[]) =>
    lines.map((line) => line.replaceAll(/[\s\u2500-\u257f+|\-_]+/g, '')).filter(Boolean);

  const cases = files.flatMap((name) => {
    const isJapanese = name.startsWith('ja');
    return ([32, 48] as const).flatMap((cpl) =>
      (['escpos', 'generic', 'fit'] as const).map((command) => ({ name, cpl, command, isJapanese })),
    );
  });

  it('has examples', () => expect(files.length).toBeGreaterThan(30));

  it.each(cases)('$name on $cpl columns as $command reads as its own text', ({ name, cpl, command, isJapanese }) => {
    const document = readFileSync(join(folder, name), 'utf8');
    const encoding = isJapanese ? 'shiftjis' : 'gb18030';
    const options = { cpl, encoding, spacing: true } as const;
    const bytes = Buffer.from(receiptline.transform(document, { ...options, command }), 'latin1');
    const text = receiptline.transform(document, { ...options, command: 'text' });
    const stream = render(bytes, cpl === 32 ? 58 : 80);
    expect(bare(linesOf(stream))).toEqual(bare(text.split('\n')));
    expect(stream.summary().problems).toEqual([]);
  });
});

describe('one slip from all of them', () => {
  it('ours is right', () => expect(whatIsWrong(ours())).toEqual([]));

  it('theirs are right where they know Chinese, and what is wrong with the others is seen', () => {
    const right = Object.entries(PEERS).filter(([, encode]) => whatIsWrong(encode()).length === 0);
    expect(right.map(([name]) => name)).toEqual([
      'receiptline, escpos',
      'receiptline, generic',
      'receipt-printer-encoder, raw bytes laid out by hand',
      'node-thermal-printer, lines laid out by hand',
    ]);
  });
});
