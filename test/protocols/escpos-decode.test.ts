import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { decodeEscpos, EscposDecoder } from '../../protocols/escpos/decode.ts';
import { encode, join } from '../../protocols/escpos/encode.ts';
import { qrCommands } from '../../protocols/escpos/encode-page.ts';
import type { Problem } from '../../protocols/escpos/problems.ts';
import { genericProfile, PROFILES, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { summarise } from '../../protocols/escpos/summary.ts';
import { gbkBytes } from '../../protocols/escpos/text.ts';
import { slipBytes as bytesOf } from './document-slip.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array();
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const P58 = genericProfile(58);
const CHINESE = hex('1b40 1c26');

function read(...parts: ArrayLike<number>[]) {
  const { slips, problems } = summarise(decodeEscpos(join(parts), P58));
  return { slip: slips[0], slips, codes: problems.map(({ code }) => code), problems };
}

const lines = (...parts: ArrayLike<number>[]) => read(...parts).slip?.lines.map(({ text }) => text);

describe('text', () => {
  it('is Chinese between FS & and FS ., and the code page outside', () => {
    expect(lines(CHINESE, gbkBytes('签购单ABC'), hex('1c2e 1b7410 e9 0a'))).toEqual(['签购单ABCé']);
  });

  it('shows what a two-byte printer makes of a four-byte code: ¥192.00 loses its sign and gains digits', () => {
    const { slip, problems } = read(CHINESE, hex('81308436'), ascii('192.00\n'));
    expect(slip?.lines[0]?.text).toBe(' 0 6192.00');
    expect(problems).toMatchObject([{ code: 'four-byte-code', offset: 4, level: 'error' }]);
  });

  it('prints a four-byte code on a printer that has it', () => {
    const decoded = decodeEscpos(join([CHINESE, hex('9534b235 0a')]), { ...P58, charset: 'gb18030-4' });
    expect(summarise(decoded)).toMatchObject({ slips: [{ lines: [{ text: '𠮷' }] }], problems: [] });
  });

  it('reports half a character before a command and at the end', () => {
    expect(read(CHINESE, hex('c7 0a')).problems).toMatchObject([{ code: 'broken-hanzi', offset: 4 }]);
    expect(read(CHINESE, hex('c7')).codes).toEqual(['broken-hanzi']);
    expect(read(CHINESE, hex('c7 20')).codes).toEqual(['broken-hanzi']);
  });

  it('reports a code outside of the printer’s set', () => {
    const decoded = decodeEscpos(join([CHINESE, hex('e946 0a')]), { ...P58, charset: 'gb2312' });
    expect(decoded.problems).toMatchObject([{ code: 'no-glyph' }]);
  });

  it('goes on in the next line at the right edge and says so', () => {
    const { slip, codes } = read(ascii(`${'x'.repeat(33)}\n`));
    expect(slip?.lines.map(({ text }) => text.length)).toEqual([32, 1]);
    expect(codes).toEqual(['row-overflow']);
  });

  it('keeps styles as runs, and warns where a style does not reach hanzi', () => {
    const styled = read(CHINESE, hex('1b4501 1d2111'), gbkBytes('金额'), hex('1b4500 1d2100 20 41 0a'));
    expect(styled.slip?.lines[0]?.runs).toEqual([{ text: '金额', bold: true, width: 2, height: 2 }, { text: ' A' }]);
    expect(styled.codes).toEqual([]);
    expect(read(CHINESE, hex('1b2130'), gbkBytes('金'), hex('0a')).codes).toEqual(['style-not-on-hanzi']);
  });
});

describe('symbols, images and cuts want an empty line', () => {
  const qr = qrCommands(encodeUtf8('https://example.cn/订单'), 4, 'M');

  it('reads a QR payload back', () => {
    expect(read(ascii('A\n'), qr, hex('1d5600'))).toMatchObject({
      slip: { qr: ['https://example.cn/订单'], cut: 'full' },
      codes: [],
    });
  });

  it.each([
    ['a QR symbol', qr],
    ['a raster image', hex('1d763000010008008142241818244281')],
    ['a barcode', hex('1d6b430c 343030363338313333333933')],
    ['stored graphics', hex('1d284c 0b00 3070 30 01 01 31 0800 0100 ff 1d284c02003032')],
  ])('drops %s that comes while text is in the line buffer', (_, symbol) => {
    const { slip, codes } = read(ascii('A'), symbol, ascii('\n'));
    expect(codes).toEqual(['symbol-in-line']);
    expect(slip).toMatchObject({ qr: [], barcodes: [], images: [], lines: [{ text: 'A' }] });
  });

  it('ignores a cut in the middle of a line', () => {
    expect(read(ascii('A'), hex('1d5600'), ascii('\n'))).toMatchObject({
      slips: [{ cut: null }],
      codes: ['cut-in-line'],
    });
  });

  it('drops what is too wide or holds too much', () => {
    expect(read(qrCommands(encodeUtf8('x'.repeat(300)), 8, 'M')).codes).toEqual(['symbol-too-wide']);
    expect(read(qrCommands(encodeUtf8('x'.repeat(2400)), 3, 'M')).codes).toEqual(['symbol-too-long']);
    expect(read(hex('1d286b0300315130')).codes).toEqual(['symbol-without-data']);
    expect(read(hex('1d6b43 03 414243')).codes).toEqual(['barcode-invalid']);
  });

  it('reads barcodes, images and the drawer', () => {
    const stream = [
      hex('1d6b02 343030363338313333333933 00'),
      hex('1d7702 1d6b490e7b425041597b4314190b1500032d'),
      hex('1d763000010008008142241818244281'),
      hex('1b2a21 0100 ffffff 0a'),
      hex('1d564200 1b700032fa'),
    ];
    expect(read(...stream)).toMatchObject({
      slips: [
        {
          barcodes: [
            { type: 'EAN13', data: '4006381333931' },
            { type: 'CODE128', data: 'PAY20251121000345' },
          ],
          images: [{ width: 8, height: 8 }],
          cut: 'partial',
          drawer: 2,
        },
      ],
      codes: [],
    });
  });

  it('leaves no white band between 24-dot columns after ESC 3 24', () => {
    const { slips } = decodeEscpos(
      join([hex('1b3318'), hex('1b2a21 0100 ffffff 0a'), hex('1b2a21 0100 ffffff 0a')]),
      P58,
    );
    expect(slips[0]?.items).toMatchObject([{ advance: 24 }, { advance: 24 }]);
  });
});

describe('models that differ from the manuals', () => {
  const MARK = hex('1d763000010008008142241818244281');

  it('NT-5890K: takes a line feed after a picture, ignores ESC J and GS V 66, steps back for nobody', () => {
    const on = (profile: PrinterProfile, ...parts: Uint8Array[]) => decodeEscpos(join(parts), profile).slips[0]?.items;
    const nt = PROFILES['nt-5890k'];
    expect(on(nt, MARK, hex('0a'), MARK)?.map(({ kind }) => kind)).toEqual(['image', 'image']);
    expect(on(nt, MARK, hex('0a0a'), MARK)?.map(({ kind }) => kind)).toEqual(['image', 'feed', 'image']);
    expect(on(P58, MARK, hex('0a'), MARK)?.map(({ kind }) => kind)).toEqual(['image', 'feed', 'image']);
    expect(on(nt, MARK, hex('1b4a16'), MARK)).toHaveLength(2);
    expect(on(nt, MARK, hex('1d56420b'), MARK)).toHaveLength(2);
    expect(on(P58, MARK, hex('1b4a16'), MARK)).toHaveLength(3);
    expect(on(nt, hex('41 1b240000 42 1b5cf6ff 43 0a'))).toMatchObject([{ cells: [{ x: 0 }, { x: 12 }, { x: 24 }] }]);
    expect(on(P58, hex('41 1b240000 42 0a'))).toMatchObject([{ cells: [{ x: 0 }, { x: 0 }] }]);
  });

  it('feeds the paper from head to cutter before a cut of function B, not before one of function A', () => {
    const rows = (cut: string) => {
      const slip = decodeEscpos(join([ascii('A\n'), hex(cut)]), genericProfile(80)).slips[0];
      return slip?.items.map((item) => (item.kind === 'feed' ? item.dots : 0));
    };
    expect(rows('1d5600')).toEqual([0]);
    expect(rows('1d564200')).toEqual([0, 80]);
    expect(rows('1d56410a')).toEqual([0, 90]);
  });

  it('spreads the rows of an 8-dot column image where the head does', () => {
    const image = hex('1b2a01 0100 81 0a');
    const height = (profile: PrinterProfile) => decodeEscpos(image, profile).slips[0]?.items[0];
    expect(height(PROFILES['generic-58'])).toMatchObject({ height: 24 });
    expect(height(PROFILES['nt-5890k'])).toMatchObject({ height: 8 });
  });
});

describe('symbols that are only named', () => {
  it('PDF417, Aztec and the others are read by content and reported as not drawn', () => {
    const pdf = join([
      encode('symbol', [], Uint8Array.of(48, 80, 48, ...ascii('PDF'))),
      encode('symbol', [], hex('305130')),
    ]);
    expect(read(pdf)).toMatchObject({ slip: { barcodes: [{ type: 'PDF417', data: 'PDF' }] }, codes: ['not-drawn'] });
  });
});

describe('any bytes', () => {
  function collect(chunks: readonly Uint8Array[]): { slips: Slip[]; problems: Problem[] } {
    const slips: Slip[] = [];
    const problems: Problem[] = [];
    const decoder = new EscposDecoder(PROFILES['zj-5890'], {
      slip: (slip) => slips.push(slip),
      problem: (problem) => problems.push(problem),
    });
    for (const chunk of chunks) decoder.push(chunk);
    decoder.end();
    return { slips, problems };
  }

  const slipBytes = bytesOf(
    [
      { type: 'text', text: '签购单', size: 'large' },
      { type: 'columns', cells: [{ text: '金额' }, { text: '12.50' }] },
      { type: 'qr', text: 'X1' },
      { type: 'cut' },
    ],
    58,
  );
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(
        fc.oneof(
          fc.uint8Array({ maxLength: 6 }),
          fc.constantFrom(
            ...[
              '1b',
              '1c',
              '1d',
              '10',
              '1d286b',
              '1d7630',
              '1d6b',
              '1b2a',
              '1b26',
              '1c71',
              '1d384c',
              '1d284c',
              '1b40',
              '0a',
              '1c26',
              'c7a9',
              '81308436',
              '1d56',
              '1b44',
              '1b24',
              '1d4c',
              '1d57',
              '1b33',
              '1b7b01',
              '1b4c',
              '1b57000000000001ff00',
              '1b54',
              '1d24',
              '1b0c',
              '0c',
              '18',
              '1b5601',
              '1c4301',
              '1b52',
              '1d2a',
              '1d2f00',
              '1c700100',
              '1b34',
            ].map(hex),
          ),
          fc.constant(slipBytes),
        ),
        { maxLength: 40 },
      )
      .map((parts) => join(parts)),
  );

  it('never throws, and does not depend on how the bytes were chunked', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
        (bytes, sizes) => {
          const chunks: Uint8Array[] = [];
          for (let at = 0, k = 0; at < bytes.length; at += sizes[k++ % sizes.length] ?? 1)
            chunks.push(bytes.subarray(at, at + (sizes[k % sizes.length] ?? 1)));
          expect(collect(chunks)).toEqual(collect([bytes]));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('ends with one report for a stream that stops inside a command', () => {
    for (let length = 1; length < slipBytes.length; length++) {
      const { problems } = decodeEscpos(slipBytes.subarray(0, length), P58);
      expect(problems.filter(({ code }) => code !== 'truncated' && code !== 'broken-hanzi')).toEqual([]);
      expect(problems.length).toBeLessThanOrEqual(1);
    }
  });

  it('keeps a bounded slip of an endless stream', () => {
    const decoded = decodeEscpos(new Uint8Array(2_000_000).fill(0x0a), P58);
    expect(decoded.problems.map(({ code }) => code)).toEqual(['slip-too-long']);
    expect(decoded.slips).toEqual([]);
    const long = decodeEscpos(join(Array.from({ length: 20_000 }, () => ascii('x\n'))), P58);
    expect(long.problems.map(({ code }) => code)).toEqual(['slip-too-long']);
    expect(long.slips[0]?.items.length).toBeLessThan(7000);
    const rolls = decodeEscpos(join(Array.from({ length: 5000 }, () => hex('410a 1b64ff 1b64ff 1b4bff 1d5600'))), P58);
    expect(rolls.problems.map(({ code }) => code)).toEqual(['too-many-slips']);
    const blank = decodeEscpos(join([ascii('x\n'), ...Array.from({ length: 100_000 }, () => hex('1b64ff'))]), P58);
    expect(blank.problems.map(({ code }) => code)).toEqual(['slip-too-long']);
    const noisy = decodeEscpos(new Uint8Array(50_000).fill(0x01), P58);
    expect(noisy.problems).toHaveLength(1001);
    expect(noisy.problems.at(-1)?.code).toBe('too-many-problems');
  });

  it('reads a picture that comes in small pieces without growing slower and slower', () => {
    const heights: number[] = [];
    const decoder = new EscposDecoder(P58, {
      slip: ({ items }) => heights.push(...items.map((item) => (item.kind === 'image' ? item.bitmap.height : 0))),
    });
    const rows = 8000;
    decoder.push(encode('raster', [0, 48, 0, rows & 0xff, rows >> 8]));
    for (let k = 0; k < rows * 6; k++) decoder.push(new Uint8Array(8));
    decoder.end();
    expect(heights).toEqual([rows]);
  });
});
