import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { COMMANDS, type CommandName } from '../../protocols/escpos/commands.ts';
import { encode, join } from '../../protocols/escpos/encode.ts';
import { qrCommands } from '../../protocols/escpos/encode-page.ts';
import type { Row } from '../../protocols/escpos/shape.ts';
import { gbkBytes } from '../../protocols/escpos/text.ts';
import { type Token, Tokenizer } from '../../protocols/escpos/tokenize.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array();
const ROWS = Object.entries(COMMANDS) as [CommandName, Row][];

function tokens(bytes: Uint8Array, dialect?: 'zj'): Token[] {
  const found: Token[] = [];
  const tokenizer = new Tokenizer((token) => found.push(token), dialect);
  tokenizer.push(bytes);
  tokenizer.end();
  return found;
}

describe('published vectors (receipts.md 1.2 to 1.5)', () => {
  it('prints the QR "HI" with M and four dots as the manuals show', () => {
    expect(toHex(qrCommands(encodeUtf8('HI'), 4, 'M'))).toBe(
      '1d286b04003141 3200 1d286b0300314304 1d286b0300314531 1d286b0500315030 4849 1d286b0300315130'.replaceAll(
        ' ',
        '',
      ),
    );
  });

  it('counts bytes, not characters: "订单123" is pL=0C (node-thermal-printer sends 08 and leaks "23")', () => {
    expect(toHex(encode('qr-store', [0x30], encodeUtf8('订单123')))).toBe('1d286b0c00315030e8aea2e58d95313233');
  });

  it('encodes the words of a slip in two-byte codes', () => {
    const words = {
      签购单: 'c7a9b9bab5a5',
      商户存根: 'c9ccbba7b4e6b8f9',
      '￥88.00': 'a3a438382e3030',
      微信支付: 'cea2d0c5d6a7b8b6',
      数字人民币: 'cafdd7d6c8cbc3f1b1d2',
      重打印: 'd6d8b4f2d3a1',
    };
    for (const [word, bytes] of Object.entries(words)) expect(toHex(gbkBytes(word))).toBe(bytes);
  });

  it('kicks the drawer with all four operand bytes, so that a second kick is not eaten', () => {
    const twice = join([encode('drawer', [0, 50, 250]), encode('drawer', [1, 50, 250])]);
    expect(toHex(twice)).toBe('1b700032fa1b700132fa');
    expect(tokens(twice).map((token) => token.kind === 'command' && token.name)).toEqual(['drawer', 'drawer']);
  });

  it('reads back the published raster and CODE128 vectors', () => {
    const raster = hex('1d763000010008008142241818244281');
    const code128 = hex('1d6b490e7b425041597b4314190b1500032d');
    expect(tokens(join([raster, code128]))).toMatchObject([
      { kind: 'command', name: 'raster', operands: [0, 1, 0, 8, 0], data: hex('8142241818244281') },
      { kind: 'command', name: 'barcode-code128', operands: [14] },
    ]);
  });
});

describe('the table both ways', () => {
  it('has no two commands with the same code and function', () => {
    const seen = new Set<string>();
    for (const [name, { code, also, shape }] of ROWS) {
      for (const bytes of [code, ...(also ?? [])]) {
        const key = `${bytes.join()} ${shape.kind === 'block' ? shape.head.join() : ''}`;
        expect(seen.has(key), name).toBe(false);
        seen.add(key);
      }
    }
  });

  it.each(ROWS)('%s is read back as it was written, and the byte after it is text', (name, row) => {
    const { shape, dialect } = row;
    const operands = shape.kind === 'until-nul' ? [] : shape.operands.map(() => 0);
    const extra = { fixed: 0, counted: 0, walk: 0, 'until-nul': 5, block: 3 }[shape.kind];
    const data = new Uint8Array(name === 'hanzi-define' ? 72 : name === 'user-characters' ? 1 : extra).fill(
      name === 'user-characters' ? 0 : 0x41,
    );
    const bytes = join([encode(name, operands, data), [0x58]]);
    expect(tokens(bytes, dialect)).toMatchObject([
      { kind: 'command', name, offset: 0, length: bytes.length - 1, operands, data },
      { kind: 'text', offset: bytes.length - 1 },
    ]);
  });

  it('refuses a wrong number of operands as a bug of the caller', () => {
    expect(() => encode('drawer', [0])).toThrow('drawer takes (m t1 t2)');
    expect(() => encode('align', [256])).toThrow(RangeError);
    expect(() => encode('qr-store', [0x30], new Uint8Array(70_000))).toThrow('70003 bytes do not fit');
  });
});

describe('what is not in the table', () => {
  it('is reported with its offset and two bytes, never guessed away', () => {
    expect(tokens(hex('41 1b7f 42'))).toMatchObject([
      { kind: 'text', offset: 0 },
      { kind: 'unknown', offset: 1, bytes: hex('1b7f') },
      { kind: 'text', offset: 3, bytes: hex('42') },
    ]);
  });

  it('is read over as a block when its length stands there', () => {
    expect(tokens(hex('1d28 7a 0300 010203 42'))).toMatchObject([
      { kind: 'unknown', offset: 0, bytes: hex('1d287a0300010203') },
      { kind: 'text', offset: 8 },
    ]);
  });

  it("prints a clone's own QR command as text on a printer that does not speak it, and reads it on one that does", () => {
    const zijiang = hex('1d5a02 1b5a00 4d 04 0200 4849 0a');
    expect(tokens(zijiang)[0]).toMatchObject({ kind: 'unknown', offset: 0, bytes: hex('1d5a') });
    expect(tokens(zijiang)).toContainEqual({ kind: 'text', offset: 10, bytes: hex('4849') });
    expect(tokens(zijiang, 'zj')).toMatchObject([
      { name: 'zj-symbol-type' },
      { name: 'zj-symbol', data: hex('4849') },
      {},
    ]);
  });

  it('ends a barcode without its NUL after 255 bytes, however the bytes come', () => {
    const stream = join([hex('1d6b04'), new Uint8Array(300).fill(0x41), [0]]);
    const one = tokens(stream)[0];
    expect(one).toMatchObject({ kind: 'command', name: 'barcode-code39-nul', length: 3 + 256 });
    const found: Token[] = [];
    const tokenizer = new Tokenizer((token) => found.push(token));
    for (const byte of stream) tokenizer.push(Uint8Array.of(byte));
    expect(found[0]).toEqual(one);
  });

  it('is not kept when it is longer than any command', () => {
    const found = tokens(join([hex('1d384c ffffff7f'), new Uint8Array(3 << 20)]));
    expect(found).toMatchObject([{ kind: 'too-long', offset: 0, length: 0x7fffffff + 7 }, { kind: 'truncated' }]);
  });
});
