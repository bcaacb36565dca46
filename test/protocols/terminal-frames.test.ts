import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkDecoder } from '../../agent/decode/link.ts';
import { ncccDecoder } from '../../agent/decode/nccc.ts';
import { explainTerminalFrames } from '../../agent/decode/terminal-frames.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { PacketFramer, type PacketShape } from '../../protocols/framing/packet.ts';
import { countedBody, countedShape, encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import { encodeEndedFrame, endedText } from '../../protocols/terminal/ended-frame.ts';
import { decodeLinkBody, encodeLinkBody, LINK_HEAD } from '../../protocols/terminal/link/body.ts';
import { ncccShape } from '../../protocols/terminal/nccc/frame.ts';
import { encodeNccc, ncccLayout } from '../../protocols/terminal/nccc/layout.ts';
import { encodeTransbank } from '../../protocols/terminal/transbank/commands.ts';
import { transbankShape } from '../../protocols/terminal/transbank/frame.ts';

const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array();

/** Frames and control bytes in hex, noise as its cause and length; fed in the given pieces. */
function heard(shape: PacketShape, ...pieces: readonly Uint8Array[]): string[] {
  const framer = new PacketFramer(shape);
  const events = [...pieces.flatMap((piece) => framer.push(piece, 0)), ...framer.reset()];
  return events.map((event) => (event.kind === 'packet' ? toHex(event.bytes) : `${event.cause} ${event.length}`));
}

function oneByOne(all: Uint8Array): Uint8Array[] {
  return [...all].map((byte) => Uint8Array.of(byte));
}

const text = (value: string) => encodeLatin1(value) ?? new Uint8Array();

describe('frames that end at ETX', () => {
  it('the poll, whose LRC is STX, is one frame, also byte by byte', () => {
    const poll = bytes('02303130300302');
    expect(heard(transbankShape, poll)).toEqual(['02303130300302']);
    expect(heard(transbankShape, ...oneByOne(poll))).toEqual(['02303130300302']);
  });

  it('an answer glued to its ACK is two things', () => {
    expect(heard(transbankShape, bytes('0602303930307C37380379'))).toEqual(['06', '02303930307c37380379']);
  });

  it.each([0x00, 0x02, 0x03, 0x06, 0x15])('an LRC of %i is an LRC', (lrc) => {
    const texts = Array.from({ length: 95 * 95 }, (_, n) =>
      String.fromCharCode(0x20 + (n % 95), 0x20 + Math.floor(n / 95)),
    );
    const frame = texts.map((end) => encodeEndedFrame(text(`0200|${end}`))).find((made) => made.at(-1) === lrc);
    if (!frame) throw new Error('no such text');
    expect(heard(transbankShape, frame, frame)).toEqual([toHex(frame), toHex(frame)]);
  });

  it('a frame that broke off gives way to the next', () => {
    expect(heard(transbankShape, bytes('02303230307C3030'), bytes('02303130300302'))).toEqual([
      'junk 8',
      '02303130300302',
    ]);
  });

  it('a message of 399 characters is none of NCCC', () => {
    const right = encodeEndedFrame(encodeNccc({ trans_type: '01', amount: '000000010000' }));
    expect(heard(ncccShape, right)).toEqual([toHex(right)]);
    expect(heard(ncccShape, encodeEndedFrame(right.subarray(1, 400)))).not.toContainEqual(expect.stringMatching(/^02/));
  });
});

describe('frames that say their length', () => {
  it('a data byte that looks like STX, ETX or ACK is data', () => {
    const frame = encodeCountedFrame(Uint8Array.of(0x02, 0x03, 0x06, 0x15, 0x03, 0x02));
    expect(heard(countedShape, Uint8Array.of(0x06), ...oneByOne(frame))).toEqual(['06', toHex(frame)]);
  });

  it.each([0, 10_000])('%i bytes of body are refused', (length) => {
    expect(() => encodeCountedFrame(new Uint8Array(length))).toThrow(RangeError);
  });
});

describe('whatever comes on the line', () => {
  const shapes = { counted: countedShape, transbank: transbankShape, nccc: ncccShape };
  const frames = fc.constantFrom(
    encodeCountedFrame(text('60000000001020001\x1c')),
    encodeEndedFrame(text('0210|00|5')),
    encodeEndedFrame(encodeNccc({ trans_type: '01' })),
    Uint8Array.of(0x06),
    Uint8Array.of(0x15),
  );
  const line = fc.array(fc.oneof(frames, fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });

  it.each(Object.entries(shapes))('%s: bytes in are frames and noise, however they were cut', (_, shape) => {
    fc.assert(
      fc.property(line, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }), (parts, cuts) => {
        const all = Uint8Array.from(parts.flatMap((part) => [...part]));
        const pieces: Uint8Array[] = [];
        for (let at = 0, n = 0; at < all.length; n++) pieces.push(all.subarray(at, (at += cuts[n % cuts.length] ?? 1)));
        const whole = heard(shape, all);
        const sizes = whole.map((said) => (said.includes(' ') ? Number(said.split(' ')[1]) : said.length / 2));
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(all.length);
        const packets = (said: readonly string[]) => said.filter((one) => !one.includes(' '));
        expect(packets(heard(shape, ...pieces))).toEqual(packets(whole));
      }),
    );
  });

  it('a body that is no body is told, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (body) => {
        const read = decodeLinkBody(LINK_HEAD, body);
        if (typeof read !== 'string') expect(encodeLinkBody(LINK_HEAD, read)).toEqual(body);
      }),
    );
  });
});

describe('what is written', () => {
  it('NCCC has 400 places without a gap', () => {
    const last = ncccLayout().at(-1);
    expect((last?.[1] ?? 0) + (last?.[2] ?? 0)).toBe(401);
  });

  it('no bar gets into a value, no value outgrows its place', () => {
    expect(() => encodeTransbank({ code: '0200', values: ['1|2'] })).toThrow(RangeError);
    expect(() => encodeNccc({ amount: '1'.repeat(13) })).toThrow(RangeError);
    const head = { transport: '6000000000', version: '1', req_resp: '0', tx: '200', resp: '00', more: '0' };
    expect(() => encodeLinkBody(LINK_HEAD, { head, fields: [] })).toThrow(RangeError);
  });
});

describe('decode', () => {
  const body = encodeLinkBody(LINK_HEAD, {
    head: { transport: '6000000000', version: '1', req_resp: '1', tx: '20', resp: '00', more: '0' },
    fields: [
      ['30', '6222021234567890123'],
      ['A3', '134567890123456789'],
      ['40', '000000000100'],
    ],
  });
  const frame = encodeCountedFrame(body);

  it('masks cards and payment codes until told otherwise', () => {
    const shown = JSON.stringify(linkDecoder.explain(frame, { unmask: false }));
    expect(shown).toContain('622202*********0123');
    expect(shown).toContain('000000000100');
    expect(shown).not.toMatch(/6222021234567890123|134567890123456789/);
    expect(JSON.stringify(linkDecoder.explain(frame, { unmask: true }))).toContain('134567890123456789');
  });

  it('reads a log whose LRC belongs to other bytes, and says so', () => {
    const masked = frame.slice();
    masked[27] = 0x2a;
    const { ok, fields } = linkDecoder.explain(masked, { unmask: false });
    expect(ok).toBe(false);
    expect(fields).toMatchObject({ lrc_ok: false, meaning: 'sale' });
  });

  it('says what is no frame', () => {
    const reader = { shape: countedShape, body: countedBody, fields: () => ({}) };
    expect(explainTerminalFrames(bytes('FF'), reader)).toMatchObject({
      ok: false,
      fields: { noise: 'junk', length: 1 },
    });
    expect(explainTerminalFrames(bytes('06'), reader)).toMatchObject({ ok: true, fields: { control: 'ACK' } });
    expect(ncccDecoder.explain(encodeEndedFrame(text('01')), { unmask: false }).ok).toBe(false);
    expect(endedText(bytes('0203'))).toBeUndefined();
  });
});
