import { describe, expect, it } from 'vitest';
import { decodeGb18030, encodeGb18030, gbkCode } from '../../protocols/bytes/gb18030.ts';
import { toHex } from '../../protocols/bytes/hex.ts';

describe('text as GB18030', () => {
  it('is what the platform reads back, for every character', () => {
    const platform = new TextDecoder('gb18030', { fatal: true });
    const differing: string[] = [];
    for (let code = 0; code < 0x30000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const char = String.fromCodePoint(code);
      const bytes = encodeGb18030(char);
      if (platform.decode(bytes) !== char || decodeGb18030(bytes) !== char)
        differing.push(`${code.toString(16)} ${toHex(bytes)}`);
    }
    // private use characters that GB18030-2022 gave up: they have no code and become U+FFFD
    expect(differing.filter((line) => !/^e[5-8]\w\w 8431a437$/.test(line))).toEqual([]);
    expect(differing.length).toBeLessThan(25);
  });

  it('uses two bytes for all that has a two-byte code, four for the rest', () => {
    for (const [char, hex] of [
      ['A', '41'],
      ['签', 'c7a9'],
      ['¥', '81308436'],
      ['𠮷', '9534b235'],
      ['\0', '00'],
    ] as const)
      expect(toHex(encodeGb18030(char)), char).toBe(hex);
    expect(gbkCode(0xa5)).toBeUndefined();
  });

  it('keeps its place in long mixed text and makes a lone surrogate U+FFFD', () => {
    const text = '签购单 RMB 12.50 𠮷¥'.repeat(700);
    expect(decodeGb18030(encodeGb18030(text))).toBe(text);
    expect(decodeGb18030(encodeGb18030('a\ud800b'))).toBe('a\ufffdb');
  });
});
