import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { join } from '../../protocols/escpos/encode.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { flatItems } from '../../protocols/escpos/slip.ts';
import { renderStream } from '../../simulator/render/stream.ts';

// Page mode, turned characters and stored pictures (Epson TM programming guide: ESC L, ESC W, ESC T, GS $, FF, ESC V, FS q,
// GS ( L). Pictures stand where the bytes put them, to the dot.

const hex = (text: string) => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const text = (line: string) => Uint8Array.from(line, (char) => char.charCodeAt(0));
const P80 = genericProfile(80);

function rendered(...parts: ArrayLike<number>[]) {
  const stream = renderStream(join(parts), P80);
  const summary = stream.summary();
  const { width, height, data } = PNG.sync.read(Buffer.from(stream.png()));
  const black = (x: number, y: number) => data[4 * (y * width + x)] === 0;
  const inked: [number, number][] = [];
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (black(x, y)) inked.push([x, y]);
  return {
    summary,
    lines: summary.slips.flatMap(({ lines }) => lines.map((line) => line.text)),
    inked,
    height,
    stream,
  };
}

const area = (x: number, y: number, width: number, height: number) =>
  [0x1b, 0x57, ...[x, y, width, height].flatMap((value) => [value & 0xff, value >> 8])] as const;
/** one black dot: GS v 0 of one byte and one row */
const DOT = hex('1d763000 0100 0100 80');
const [PAGE, FF] = [hex('1b4c'), [0x0c]];
const turn = (direction: number) => [0x1b, 0x54, direction];

describe('page mode', () => {
  it('prints nothing before it is told to, then a page as high as its areas', () => {
    const { lines, height } = rendered(PAGE, area(0, 0, 400, 300), text('A'), FF, text('B\n'));
    expect(lines).toEqual(['A', 'B']);
    expect(height).toBe(330);
  });

  it.each([
    ['left to right', 0, [100, 200]],
    ['bottom to top', 1, [100, 259]],
    ['upside down', 2, [149, 259]],
    ['top to bottom', 3, [149, 200]],
  ] as const)('%s: the origin is that corner of the print area', (_name, direction, corner) => {
    const { inked } = rendered(PAGE, area(100, 200, 50, 60), turn(direction), DOT, FF);
    expect(inked).toEqual([corner]);
  });

  it('GS $ and ESC $ say where: the dot stands on the line of the height that was told', () => {
    const { inked } = rendered(PAGE, area(0, 0, 300, 300), hex('1d24 3200 1b24 2800'), DOT, FF);
    expect(inked).toEqual([[40, 49]]);
  });

  it('texts on one line are one line, however they were put there', () => {
    const { lines } = rendered(
      PAGE,
      area(0, 0, 576, 200),
      hex('1d24 6400'),
      text('LEFT'),
      hex('1d24 6400 1b24 f000'),
      text('RIGHT'),
      hex('1d24 3200 1b24 0000'),
      text('ABOVE'),
      FF,
    );
    expect(lines).toEqual(['ABOVE', 'LEFT                RIGHT']);
  });

  it('ESC FF prints and keeps the page, CAN clears the area, ESC S forgets all', () => {
    const again = rendered(PAGE, area(0, 0, 300, 100), text('A'), hex('1b0c'), hex('1b0c'), hex('1b53'), text('B\n'));
    expect(again.lines).toEqual(['A', 'A', 'B']);
    expect(rendered(PAGE, area(0, 0, 300, 100), text('A'), [0x18], text('C'), FF).lines).toEqual(['C']);
    expect(rendered(PAGE, text('A'), hex('1b53'), text('B\n')).lines).toEqual(['B']);
  });

  it('symbols go to the page too', () => {
    const qr = hex('1d286b0500315030 4849 1d286b0300315130');
    const { summary } = rendered(PAGE, area(0, 0, 300, 200), text('X'), [0x0a], qr, FF);
    expect(summary).toMatchObject({ slips: [{ qr: ['HI'] }], problems: [] });
  });

  it('a page that nobody printed is reported, an area without size is refused', () => {
    expect(rendered(PAGE, text('A')).summary).toMatchObject({ slips: [], problems: [{ code: 'page-not-printed' }] });
    expect(rendered(PAGE, area(0, 0, 0, 100)).summary.problems).toMatchObject([{ code: 'bad-operand' }]);
  });

  it('stays bounded however many pages and areas there are', () => {
    const areas = Array.from({ length: 300 }, () => [...area(0, 0, 576, 16_000), ...turn(1), ...DOT]).flat();
    const { stream } = rendered(PAGE, areas, ...Array.from({ length: 500 }, () => hex('1b0c')));
    expect(stream.decoded.problems.map(({ code }) => code)).toContain('slip-too-long');
    expect(flatItems(stream.decoded.slips[0]?.items ?? []).length).toBeLessThan(20_000);
  });

  it('a full page printed again and again counts each time', () => {
    const words = Array.from({ length: 1000 }, () => text('A\n'));
    const again = Array.from({ length: 50_000 }, () => hex('1b0c'));
    const { stream } = rendered(PAGE, area(0, 0, 576, 8), ...words, ...again);
    expect(stream.decoded.problems.map(({ code }) => code)).toEqual(['slip-too-long', 'page-not-printed']);
    expect(stream.decoded.slips[0]?.items.length).toBeLessThan(25);
  });
});

describe('turned characters', () => {
  it('ESC V: a letter is as wide as it was high, and lies on its back', () => {
    const upright = rendered(text('L\n'));
    const turned = rendered(hex('1b5601'), text('L\n'));
    expect(turned.lines).toEqual(['L']);
    // clockwise: (x, y) of 12x24 comes to (23 - y, x)
    expect(new Set(turned.inked.map(String))).toEqual(new Set(upright.inked.map(([x, y]) => String([23 - y, x]))));
  });
});

describe('stored pictures', () => {
  // two columns of one byte: a stair
  const COLUMNS = hex('80 40 20 10 08 04 02 01');
  const STAIR = Array.from({ length: 8 }, (_, k) => [k, k]);

  it('FS q and FS p', () => {
    const store = join([hex('1c71 01 0100 0100'), COLUMNS]);
    expect(rendered(store, hex('1c7001 00')).inked).toEqual(STAIR);
    expect(rendered(store, hex('1c7001 03')).inked).toHaveLength(4 * 8);
    expect(rendered(hex('1c7001 00')).summary.problems).toMatchObject([{ code: 'symbol-without-data' }]);
  });

  it.each([
    ['GS ( L 67, 69: flash', '43', '45'],
    ['GS ( L 83, 85: memory', '53', '55'],
  ])('%s, by a name of two characters', (_name, define, print) => {
    const store = join([hex(`1d284c 1300 30${define}30 4142 01 0800 0800 31`), COLUMNS]);
    expect(rendered(store, hex(`1d284c 0600 30${print} 4142 0101`)).inked).toEqual(STAIR);
    expect(rendered(store, hex(`1d284c 0600 30${print} 5858 0101`)).summary.problems).toHaveLength(1);
  });

  it('GS ( L 113: columns into the print buffer', () => {
    const store = join([hex('1d284c 1200 307130 0101 31 0800 0800'), COLUMNS]);
    expect(rendered(store, hex('1d284c 0200 3032')).inked).toEqual(STAIR);
  });

  it('GS * and GS /', () => {
    expect(rendered(join([hex('1d2a 0101'), COLUMNS]), hex('1d2f00')).inked).toEqual(STAIR);
  });
});
