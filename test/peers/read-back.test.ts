import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { CommandName } from '../../protocols/escpos/commands.ts';
import { encode, join as joinBytes } from '../../protocols/escpos/encode.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { renderStream } from '../../simulator/render/stream.ts';
import { needs } from '../needs.ts';

// An independent reader (zbar) reads every kind of code that we draw, from our pictures of 58 and 80 mm paper.

const folder = mkdtempSync(join(tmpdir(), 'read-back-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const FEED = encode('feed-lines', [2]);

/** What zbar reads from each picture. */
function readAll(pictures: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  const files = Object.keys(pictures).map((name) => join(folder, `${name.replaceAll(/\W/g, '_')}.png`));
  Object.values(pictures).forEach((png, k) => writeFileSync(files[k] ?? '', png));
  return Object.fromEntries(
    Object.keys(pictures).map((name, k) => {
      const read = execFileSync('zbarimg', ['--quiet', files[k] ?? ''], { stdio: ['ignore', 'pipe', 'ignore'] });
      return [name, read.toString('utf8').trim()];
    }),
  );
}

const BARCODES: readonly (readonly [name: string, command: CommandName, data: string, read: string])[] = [
  ['UPC-A', 'barcode-upc-a', '012345678905', 'EAN-13:0012345678905'],
  ['UPC-E', 'barcode-upc-e', '01234565', 'EAN-13:0012345000065'],
  ['EAN-13', 'barcode-ean13', '4006381333931', 'EAN-13:4006381333931'],
  ['EAN-8', 'barcode-ean8', '96385074', 'EAN-8:96385074'],
  ['CODE39', 'barcode-code39', 'PAY-1', 'CODE-39:PAY-1'],
  ['ITF', 'barcode-itf', '01234567', 'I2/5:01234567'],
  ['CODABAR', 'barcode-codabar', 'A1234B', 'Codabar:A1234B'],
  ['CODE93', 'barcode-code93', 'PAY1a', 'CODE-93:PAY1a'],
  ['CODE128 A', 'barcode-code128', '{APAY 1', 'CODE-128:PAY 1'],
  ['CODE128 B', 'barcode-code128', '{BPay{{1', 'CODE-128:Pay{1'],
  ['CODE128 C', 'barcode-code128', '{C\x14\x19\x0b', 'CODE-128:202511'],
  ['CODE128 auto', 'barcode-code128-auto', 'A20251122', 'CODE-128:A20251122'],
  ['GS1-128', 'barcode-gs1-128', '(01)04912345123459', 'CODE-128:0104912345123459'],
];

needs('zbarimg')('an independent reader', () => {
  it.each([
    [58, 2],
    [80, 2],
    [80, 3],
  ] as const)('reads every barcode on %d mm paper with modules of %d dots', (paper, module) => {
    const pictures = BARCODES.map(([name, command, data]) => {
      const settings = [encode('barcode-module', [module]), encode('barcode-height', [80]), encode('align', [1])];
      const stream = renderStream(joinBytes([...settings, FEED, barcode(command, data), FEED]), genericProfile(paper));
      expect(stream.decoded.problems, name).toEqual([]);
      return [name, stream.png()] as const;
    });
    expect(readAll(Object.fromEntries(pictures))).toEqual(
      Object.fromEntries(BARCODES.map(([name, , , read]) => [name, read])),
    );
  });

  const texts = {
    digits: '01234567890123456789',
    capitals: 'HTTPS://EXAMPLE.CN/P/1',
    bytes: 'https://example.cn/p/1?x=y',
    hanzi: '订单123',
    long: 'https://example.cn/pay?order='.padEnd(250, 'x'),
  };
  const levels = { L: 0x30, M: 0x31, Q: 0x32, H: 0x33 };
  const codes = Object.entries(texts).flatMap(([kind, text]) =>
    Object.entries(levels).map(([level, n]) => ({ name: `${kind} ${level}`, text, n })),
  );

  it('reads QR codes of every mode and level of correction', () => {
    const pictures = codes.map(({ name, text, n }) => {
      const store = encode('qr-store', [0x30], new TextEncoder().encode(text));
      const parts = [encode('align', [1]), encode('qr-module', [4]), encode('qr-ecc', [n]), FEED, store];
      const bytes = joinBytes([...parts, encode('qr-print', [0x30]), FEED]);
      const stream = renderStream(bytes, genericProfile(80));
      expect(stream.decoded.problems, name).toEqual([]);
      return [name, stream.png()] as const;
    });
    expect(readAll(Object.fromEntries(pictures))).toEqual(
      Object.fromEntries(codes.map(({ name, text }) => [name, `QR-Code:${text}`])),
    );
  });
});

/** GS k m n d1..dn */
function barcode(command: CommandName, data: string): Uint8Array {
  return encode(command, [data.length], ascii(data));
}
