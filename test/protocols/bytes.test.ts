import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../protocols/bytes/base64.ts';
import { crc16CcittFalse, crc32 } from '../../protocols/bytes/crc.ts';
import { decodeGb18030, gbkCode } from '../../protocols/bytes/gb18030.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { decodeUtf8, decodeUtf8Lossy, encodeUtf8 } from '../../protocols/bytes/utf8.ts';

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed >>> 8;
};

describe('GB18030 beside the platform decoder', () => {
  const platform = (bytes: Uint8Array) => {
    try {
      return new TextDecoder('gb18030', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  };

  it('agrees on every two-byte code', () => {
    for (let lead = 0x80; lead <= 0xff; lead++) {
      for (let trail = 0x3a; trail <= 0xff; trail++) {
        const bytes = Uint8Array.of(lead, trail);
        expect(decodeGb18030(bytes), toHex(bytes)).toBe(platform(bytes));
      }
    }
  });

  it('agrees on every four-byte code of the BMP and a sample above', () => {
    const differing: string[] = [];
    for (let pointer = 0; pointer < 39_420; pointer++) {
      const bytes = fourByte(pointer);
      if (decodeGb18030(bytes) !== platform(bytes)) differing.push(toHex(bytes));
    }
    for (let pointer = 188_990; pointer < 1_237_600; pointer += 997) {
      const bytes = fourByte(pointer);
      if (decodeGb18030(bytes) !== platform(bytes)) differing.push(toHex(bytes));
    }
    expect(differing).toEqual([]);
  });

  it('encodes published slip words (receipts.md 1.2)', () => {
    const words = { 签购单: 'c7a9b9bab5a5', 支付宝: 'd6a7b8b6b1a6', 重打印: 'd6d8b4f2d3a1', '￥': 'a3a4' };
    for (const [word, hex] of Object.entries(words)) {
      const codes = [...word].flatMap((c) => {
        const code = gbkCode(c.codePointAt(0) ?? 0) ?? 0;
        return [code >> 8, code & 0xff];
      });
      expect(toHex(Uint8Array.from(codes))).toBe(hex);
    }
    expect(gbkCode(0xa5), 'the yen sign U+00A5 has no two-byte code').toBeUndefined();
    expect(gbkCode(0x20bb7), '𠮷').toBeUndefined();
  });

  function fourByte(pointer: number): Uint8Array {
    const d = pointer % 10;
    const c = Math.floor(pointer / 10) % 126;
    const b = Math.floor(pointer / 1260) % 10;
    return Uint8Array.of(0x81 + Math.floor(pointer / 12_600), 0x30 + b, 0x81 + c, 0x30 + d);
  }
});

describe('UTF-8 beside the platform decoder', () => {
  it('agrees on 20,000 random byte strings, strict and lossy', () => {
    const next = seeded(7);
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from(
        { length: next() % 7 },
        () => [0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xa0, 0x9f, 0x90][next() % 11] ?? next() % 256,
      );
      let expected: string | undefined;
      try {
        expected = strict.decode(bytes);
      } catch {
        expected = undefined;
      }
      expect(decodeUtf8(bytes), toHex(bytes)).toBe(expected);
      expect(decodeUtf8Lossy(bytes), toHex(bytes)).toBe(lossy.decode(bytes));
    }
  });

  it('encodes as the platform does, lone surrogates too', () => {
    for (const text of ['abc', '收款', '𠮷', '\ud800x', 'é€'])
      expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
  });
});

describe('small codecs', () => {
  it('hex refuses what is not hex', () => {
    expect(toHex(fromHex('00 fF\n1a') ?? new Uint8Array())).toBe('00ff1a');
    expect(fromHex('0')).toBeUndefined();
    expect(fromHex('zz')).toBeUndefined();
  });

  it('base64 is strict and agrees with Node', () => {
    const next = seeded(3);
    for (let length = 0; length < 50; length++) {
      const bytes = Uint8Array.from({ length }, () => next() % 256);
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }
    for (const bad of ['A', 'AB=', 'AB=C', 'AB==CD==', 'A B=', 'AB==\n', 'AC==X', 'AB=='.replace('B', 'D')])
      expect(fromBase64(bad), bad).toBeUndefined();
  });

  it('CRCs give their published check values', () => {
    expect(crc16CcittFalse(ascii('123456789'))).toBe(0x29b1);
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
    expect(crc32(ascii('6789'), crc32(ascii('12345')))).toBe(0xcbf43926);
  });
});
