import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { profileNamed } from '../../protocols/escpos/profile.ts';
import { drawSlips } from '../../simulator/render/draw.ts';
import { png } from '../../simulator/render/png.ts';
import { renderStream } from '../../simulator/render/stream.ts';

// Bytes that other people's programs or printers' owners published, each with its source and licence. Pictures are compared
// dot by dot: those of escpost were calibrated on a real NT-5890K.

interface Foreign {
  readonly name: string;
  readonly source: string;
  readonly licence: string;
  readonly profile: string;
  readonly hex: string;
  /** one PNG for each slip, Base64 */
  readonly pictures?: readonly string[];
  readonly lines?: readonly string[];
  readonly barcodes?: readonly string[];
}

const STREAMS = JSON.parse(readFileSync(new URL('foreign-streams.json', import.meta.url), 'utf8')) as Foreign[];

function blackDots(file: Uint8Array): Set<string> {
  const { width, height, data } = PNG.sync.read(Buffer.from(file));
  const dots = new Set<string>([`${width}x${height}`]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if ((data[4 * (y * width + x)] ?? 255) < 128) dots.add(`${x},${y}`);
  return dots;
}

/** The streams that say so much about themselves, with it. */
function having<K extends 'pictures' | 'lines' | 'barcodes'>(key: K) {
  return STREAMS.flatMap((stream) => {
    const expected = stream[key];
    return expected === undefined ? [] : [{ ...read(stream), name: stream.name, expected }];
  });
}

function read({ profile: name, hex }: Foreign) {
  const profile = profileNamed(name);
  const bytes = fromHex(hex);
  if (!profile || !bytes) throw new Error('no such profile, or no hex');
  return { profile, bytes };
}

const plain = (text: string) => text.trim().replaceAll(/\s+/g, ' ');

describe('streams of other people', () => {
  it.each(having('pictures'))('$name looks as on the printer, dot by dot', ({ profile, bytes, expected }) => {
    const { slips, problems } = decodeEscpos(bytes, profile);
    expect(problems).toEqual([]);
    expect(slips.map((slip) => blackDots(png(drawSlips([slip], profile.dots))))).toEqual(
      expected.map((picture) => blackDots(Buffer.from(picture, 'base64'))),
    );
  });

  it.each(having('lines'))('$name reads as it was written', ({ profile, bytes, expected }) => {
    const { slips } = renderStream(bytes, profile).summary();
    const lines = slips.flatMap((slip) => slip.lines.map(({ text }) => plain(text)));
    expect(lines.filter(Boolean)).toEqual(expected);
  });

  it.each(having('barcodes'))('$name holds its codes', ({ profile, bytes, expected }) => {
    const { slips } = renderStream(bytes, profile).summary();
    expect(slips.flatMap((slip) => slip.barcodes.map(({ data }) => data))).toEqual(expected);
  });

  it.each(STREAMS)('$name ends cleanly wherever it is cut off', (stream) => {
    const { profile, bytes } = read(stream);
    for (let end = 0; end < bytes.length; end++)
      expect(() => renderStream(bytes.subarray(0, end), profile).summary()).not.toThrow();
  });
});
