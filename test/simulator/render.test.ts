import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import * as fc from 'fast-check';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { saleSlip } from '../../agent/slips/sale-slip.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { COMMANDS } from '../../protocols/escpos/commands.ts';
import { join as joinBytes } from '../../protocols/escpos/encode.ts';
import { genericProfile, PROFILES } from '../../protocols/escpos/profile.ts';
import { gbkBytes } from '../../protocols/escpos/text.ts';
import { registerRender } from '../../simulator/commands/render.ts';
import { receiptFont } from '../../simulator/render/font.ts';
import { renderStream } from '../../simulator/render/stream.ts';
import { needs } from '../needs.ts';
import { slipBytes } from '../protocols/document-slip.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array();
const folder = mkdtempSync(join(tmpdir(), 'render-'));
const P58 = genericProfile(58);

/** The black dots of a picture, by an independent PNG reader. */
function dots(bytes: Uint8Array): { width: number; height: number; black: (x: number, y: number) => boolean } {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  return { width, height, black: (x, y) => data[4 * (y * width + x)] === 0 };
}

const draw = (...parts: ArrayLike<number>[]) => dots(renderStream(joinBytes(parts), P58).png());

/** Rows of a rectangle as text: `#` black, `.` white. */
function rows(picture: ReturnType<typeof dots>, x: number, y: number, width: number, height: number): string[] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => (picture.black(x + column, y + row) ? '#' : '.')).join(''),
  );
}

describe('the paper as a picture', () => {
  it('is as wide as the print head', () => {
    expect(draw(hex('410a')).width).toBe(384);
    expect(dots(renderStream(hex('410a'), genericProfile(80)).png()).width).toBe(576);
  });

  it('shows a raster image dot by dot', () => {
    const picture = draw(hex('1d763000010008008142241818244281'));
    expect(rows(picture, 0, 0, 8, 8)).toEqual([
      '#......#',
      '.#....#.',
      '..#..#..',
      '...##...',
      '...##...',
      '..#..#..',
      '.#....#.',
      '#......#',
    ]);
  });

  it('puts hanzi two columns wide beside each other, double size in twice the dots', () => {
    const small = draw(hex('1c26'), gbkBytes('中'), hex('0a'));
    const large = draw(hex('1c26 1d2111'), gbkBytes('中'), hex('0a'));
    const glyph = receiptFont().hanzi('中');
    expect(glyph).toBeDefined();
    for (let y = 0; y < 24; y++) {
      for (let x = 0; x < 24; x++) {
        expect(large.black(2 * x + 1, 2 * y + 1)).toBe(small.black(x, y));
      }
    }
    expect(rows(small, 0, 0, 24, 24).join('')).toContain('#'.repeat(18));
  });

  it('has a glyph for every hanzi of GB2312 and every ASCII character', () => {
    const font = receiptFont();
    for (const char of '签购单商户存根微信支付宝云闪镕￥龘')
      expect(font.hanzi(char)?.bits.some(Boolean), char).toBe(true);
    for (let code = 0x21; code < 0x7f; code++) {
      const char = String.fromCharCode(code);
      for (const name of ['A', 'B'] as const) expect(font.latin(char, name)?.bits.some(Boolean), char).toBe(true);
    }
  });

  it('draws a known glyph in its place in the font file', () => {
    // 一 is one stroke: a few rows full from side to side, all others empty
    const filled = rows(draw(hex('1c26'), gbkBytes('一'), hex('0a')), 0, 0, 24, 24).filter((row) => row.includes('#'));
    expect(filled.length).toBeLessThanOrEqual(3);
    expect(filled.some((row) => row.includes('##################'))).toBe(true);
  });

  it('aligns, underlines, makes bold and turns black to white', () => {
    const right = draw(hex('1b6102 49 0a'));
    expect(rows(right, 0, 0, 372, 24).join('')).not.toContain('#');
    expect(rows(right, 372, 0, 12, 24).join('')).toContain('#');
    expect(rows(draw(hex('1b2d01 49 0a')), 0, 24, 12, 1)).toEqual(['############']);
    expect(rows(draw(hex('1d4201 20 0a')), 0, 0, 12, 1)).toEqual(['############']);
    const count = (picture: ReturnType<typeof dots>) => rows(picture, 0, 0, 13, 24).join('').replaceAll('.', '').length;
    expect(count(draw(hex('1b4501 49 0a')))).toBeGreaterThan(count(draw(hex('49 0a'))));
  });

  it('marks the cut between two slips', () => {
    const rendered = renderStream(hex('410a1d5600 420a1d5600'), P58);
    expect(rendered.text().match(/A\n- - .*\nB\n- - /)).not.toBeNull();
    expect(dots(rendered.png()).height).toBe(30 + 25 + 30);
  });
});

describe('a stream of anything', () => {
  const codes = Object.values(COMMANDS).map(({ code }) => Uint8Array.from(code));
  const soup = fc
    .array(fc.oneof(fc.constantFrom(...codes), fc.uint8Array({ maxLength: 8 }), fc.constant(gbkBytes('签购单'))), {
      maxLength: 60,
    })
    .map((parts) => joinBytes(parts));

  it('is drawn, written and counted without an exception, on paper no wider than the head', () => {
    fc.assert(
      fc.property(soup, (bytes) => {
        const stream = renderStream(bytes, P58);
        expect(dots(stream.png()).width).toBe(384);
        expect(stream.text()).toEqual(expect.any(String));
        expect(JSON.stringify(stream.summary())).toEqual(expect.any(String));
      }),
      { numRuns: 300 },
    );
  });
});

describe('QR codes sent as pictures', () => {
  it('are read like those the printer drew, also in stripes', () => {
    const blocks = [
      { type: 'qr', text: 'https://example.cn/p/1' },
      { type: 'text', text: 'x' },
      { type: 'cut' },
    ] as const;
    for (const name of ['generic-58', 'clone-58-gb2312'] as const) {
      const profile = PROFILES[name];
      expect(renderStream(slipBytes(blocks, profile), profile).summary().slips[0]?.qr).toEqual([
        'https://example.cn/p/1',
      ]);
    }
  });

  it('are not seen in other pictures', () => {
    const summary = renderStream(hex('1d763000010008008142241818244281'), P58).summary();
    expect(summary.slips[0]).toMatchObject({ qr: [], images: [{ width: 8, height: 8 }] });
  });
});

describe('tillwire-sim render', () => {
  const out: string[] = [];
  const err: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  afterEach(() => {
    out.length = 0;
    err.length = 0;
  });

  function run(...args: string[]): number {
    const program = new Command().exitOverride();
    const exit = { code: 0 };
    registerRender(program, exit);
    program.parse(['render', ...args], { from: 'user' });
    return exit.code;
  }

  const file = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const slip = slipBytes([{ type: 'text', text: '签购单' }, { type: 'qr', text: 'T-1' }, { type: 'cut' }], 58);

  it('writes picture, text and JSON', () => {
    const [png, text] = [join(folder, 'out.png'), join(folder, 'out.txt')];
    expect(run(file('a.bin', slip), '--paper', '58', '--png', png, '--text', text, '--json')).toBe(0);
    expect(dots(readFileSync(png)).width).toBe(384);
    expect(readFileSync(text, 'utf8')).toContain('[QR T-1]');
    expect(JSON.parse(out.join(''))).toMatchObject({
      slips: [{ lines: [{ text: '签购单' }], qr: ['T-1'], barcodes: [], cut: 'partial', drawer: null }],
      problems: [],
    });
  });

  it('ends 0 for a truncated and for an empty stream, and says what is wrong', () => {
    expect(run(file('b.bin', slip.subarray(0, -1)), '--json')).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({ problems: [{ code: 'truncated', level: 'error' }] });
    out.length = 0;
    expect(run(file('c.bin', new Uint8Array()), '--json')).toBe(0);
    expect(JSON.parse(out.join(''))).toEqual({ slips: [], problems: [] });
  });

  it('ends 2 with one line when the file cannot be read', () => {
    expect(run(join(folder, 'absent.bin'))).toBe(2);
    expect(err).toHaveLength(1);
    expect(err[0]).toContain('absent.bin');
  });
});

needs('zbarimg')('an independent reader', () => {
  const reads = (name: string, png: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, png);
    return execFileSync('zbarimg', ['--quiet', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  };

  it.each([58, 80] as const)('reads the QR of a sale slip on %d mm paper', (paper) => {
    const { bytes } = saleSlip(
      {
        merchantName: '示例店',
        channel: 'WECHAT',
        maskedPaycode: '13************1492',
        orderId: 'A1',
        attemptId: '01KAMZ3N5R8Q2W4E6T7Y9V1X3C',
        paidAt: 0,
        amountFen: 1250,
        slipId: '1',
      },
      paper,
    );
    const picture = renderStream(bytes, genericProfile(paper)).png();
    expect(reads(`sale-${paper}.png`, picture)).toBe('QR-Code:01KAMZ3N5R8Q2W4E6T7Y9V1X3C');
  });

  it.each([
    ['EAN-13', '1d6b43 0d 34303036333831333333393331', 'EAN-13:4006381333931'],
    ['EAN-8', '1d6b44 07 39363338353037', 'EAN-8:96385074'],
    ['CODE128', '1d6b49 0e 7b42504159 7b43 14190b1500032d', 'CODE-128:PAY20251121000345'],
    ['CODE39', '1d6b45 05 5041592d31', 'CODE-39:PAY-1'],
    ['ITF', '1d6b46 0c 303132333435363738393031', 'I2/5:012345678901'],
    ['CODABAR', '1d6b47 08 4131323334353642', 'Codabar:A123456B'],
    ['CODE93', '1d6b48 08 5041592d31616263', 'CODE-93:PAY-1abc'],
    ['GS1-128', '1d6b4a 12 283031293034393132333435313233343539', 'CODE-128:0104912345123459'],
  ])('reads our %s', (name, command, expected) => {
    const stream = joinBytes([hex('1d7702 1d6850 1b6101 0a'), hex(command), hex('0a0a')]);
    const rendered = renderStream(stream, genericProfile(80));
    expect(rendered.decoded.problems).toEqual([]);
    expect(reads(`${name}.png`, rendered.png())).toBe(expected);
  });
});
