import { createRequire } from 'node:module';
import type ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import type * as thermal from 'node-thermal-printer';
import receiptline from 'receiptline';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import type { Block } from '../../protocols/document/document.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { genericProfile, PROFILES, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import type { PrinterState } from '../../protocols/escpos/status.ts';
import { summarise } from '../../protocols/escpos/summary.ts';
import { columnsOf } from '../../protocols/escpos/text.ts';
import { Tokenizer } from '../../protocols/escpos/tokenize.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';
import { pageOf, slipBytes } from './document-slip.ts';

// What other programs print wrong, found in their own output: none of it may come out of ours.

const P58 = genericProfile(58);

function printed(blocks: readonly Block[], profile: PrinterProfile = P58, data = {}) {
  const bytes = slipBytes(blocks, profile, data);
  const { slips, problems } = summarise(decodeEscpos(bytes, profile));
  return { hex: toHex(bytes), slip: slips[0], slips, problems };
}

function commands(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const tokenizer = new Tokenizer((token) => names.push(token.kind === 'command' ? token.name : token.kind));
  tokenizer.push(bytes);
  tokenizer.end();
  return names;
}

describe('bugs of other encoders', () => {
  it('¥192.00 keeps its amount: never the four bytes 81 30 84 36, which print "0 6192.00"', () => {
    const { hex, slip, problems } = printed([{ type: 'text', text: '¥192.00' }]);
    expect(hex).not.toContain('81308436');
    expect(slip?.lines[0]?.text).toBe('￥192.00');
    expect(problems).toEqual([]);
  });

  it('a QR code holds its bytes, not its characters, and no question marks: 订单123', () => {
    const { hex, slip } = printed([{ type: 'qr', text: '订单123' }]);
    expect(hex).toContain('1d286b0c00315030e8aea2e58d95313233');
    expect(slip).toMatchObject({ qr: ['订单123'], lines: [] });
  });

  it('a QR code is no text on a printer that has only the standard command, and a picture where there is none', () => {
    expect(printed([{ type: 'qr', text: 'A1' }]).hex).not.toContain('1b5a');
    const zj = printed([{ type: 'qr', text: 'A1' }], PROFILES['zj-5890']);
    expect(zj).toMatchObject({ slip: { qr: ['A1'] }, problems: [] });
    const old = printed([{ type: 'qr', text: 'A1' }], PROFILES['clone-58-gb2312']);
    expect(old.slip?.lines.every(({ text }) => text === '')).toBe(true);
    expect(old.problems).toEqual([]);
  });

  it('both drawer kicks have their times, so that the second is not eaten by the first', () => {
    const { hex, slip } = printed([{ type: 'drawer' }, { type: 'drawer', pin: 5 }, { type: 'cut' }]);
    expect(hex).toContain('1b700032fa1b700132fa');
    expect(slip?.drawer).toBe(5);
    // what the other program sends: the second command is the first one's times, its operand is left over
    const eaten = decodeEscpos(fromHex('1b70001b7001') ?? new Uint8Array(), P58);
    expect(eaten.problems).toMatchObject([{ code: 'unknown-command', offset: 5 }]);
  });

  it('stripes of a picture stand without white bands: as many units as 24 dots are', () => {
    const blocks: Block[] = [{ type: 'image', name: 'logo' }];
    const profile = PROFILES['clone-58-gb2312'];
    const image = { width: 8, height: 48, rows: Buffer.alloc(48, 0xff).toString('base64') };
    const bytes = encodePage(pageOf(blocks, profile, {}, { logo: image }), profile);
    expect(toHex(bytes)).toContain('1b3318');
    const items = decodeEscpos(bytes, profile).slips[0]?.items;
    expect(items).toMatchObject([{ advance: 24 }, { advance: 24 }]);
  });

  it.each(['{code:1234;option:qrcode}', '{command:\x1bp\x00\x32\xfa}', '|||-^_"~\\{{x}}', '\x1dV\x00\x1b@'])(
    'a merchant called %j is a name and nothing else',
    (name) => {
      const blocks: Block[] = [{ type: 'text', text: '店{{name}}' }, { type: 'cut' }];
      const plain = commands(slipBytes(blocks, P58, { name: 'x' }));
      const evil = commands(slipBytes(blocks, P58, { name }));
      expect(evil.filter((kind) => kind !== 'text' && kind !== 'line-feed')).toEqual(
        plain.filter((kind) => kind !== 'text' && kind !== 'line-feed'),
      );
    },
  );

  it('columns count bytes, not characters: a row of hanzi ends at column 32', () => {
    const { slip } = printed([{ type: 'columns', cells: [{ text: '商户名称' }, { text: '上海示例便利店' }] }]);
    expect(slip?.lines).toHaveLength(1);
    expect(columnsOf(slip?.lines[0]?.text ?? '')).toBe(32);
  });

  it('hanzi are underlined, enlarged and set back by their own commands', () => {
    const { slip, problems } = printed([
      { type: 'text', text: '金额', size: 'large', underline: true },
      { type: 'text', text: '金额' },
    ]);
    expect(problems).toEqual([]);
    expect(slip?.lines.map(({ runs }) => runs)).toEqual([
      [{ text: '金额', underline: 1, width: 2, height: 2 }],
      [{ text: '金额' }],
    ]);
  });

  it('a symbol never meets data in the line buffer, where printers drop it', () => {
    const { problems, slip } = printed([
      { type: 'text', text: '签购单' },
      { type: 'qr', text: 'A' },
      { type: 'text', text: 'x' },
      { type: 'barcode', text: 'B' },
      { type: 'cut' },
    ]);
    expect(problems).toEqual([]);
    expect(slip).toMatchObject({ qr: ['A'], barcodes: [{ data: 'B' }], cut: 'partial' });
  });

  it('Chinese mode is switched on again after ESC @, whatever the printer starts with', () => {
    expect(printed([{ type: 'text', text: '店' }]).hex).toMatch(/^1b401c26/);
  });
});

describe('bugs of other virtual printers', () => {
  const read = (hex: string, profile: PrinterProfile = P58) =>
    summarise(decodeEscpos(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(), profile));

  it('operands of rare commands do not leak as text', () => {
    // DLE ENQ 2, DLE DC4 3, GS ( H with an id, FS &, FS ., ESC v
    const { slips, problems } = read('1005 02 101403 0101010101 1d2848 0600 3030 41424344 1c26 1c2e 1b76 58 0a');
    expect({ text: slips[0]?.lines.map(({ text }) => text), problems }).toEqual({ text: ['X'], problems: [] });
  });

  it('a truncated picture is reported and what came before it is there', () => {
    const { slips, problems } = read('410a 1d7630 00 0200 0800 ffff');
    expect(slips[0]?.lines).toMatchObject([{ text: 'A' }]);
    expect(problems).toMatchObject([{ code: 'truncated', offset: 2 }]);
  });

  it('nothing is thrown away as "binary garbage"', () => {
    const { slips } = read('1c26 b0a1 b0a2 0a');
    expect(slips[0]?.lines[0]?.text).toBe('啊阿');
  });

  it('characters of the host are shown where they were defined', () => {
    const hex = `1b26 03 41 41 0c ${'ff'.repeat(36)} 1b2501 41 0a`;
    const { slips } = decodeEscpos(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(), P58);
    expect(slips[0]?.items[0]).toMatchObject({ cells: [{ glyph: { width: 12, height: 24 } }] });
  });
});

describe('bugs of other simulated printers, which answer', () => {
  function answers(hex: string, state: Partial<PrinterState> = {}) {
    const said: string[] = [];
    const slips: unknown[] = [];
    const printer = new PrinterModel({ send: (bytes) => said.push(toHex(bytes)), onSlip: (slip) => slips.push(slip) });
    printer.change(state);
    printer.receive(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array());
    printer.end();
    return { said, slips };
  }

  it('the automatic status has its fixed bit, or the host takes it for something else', () => {
    expect(answers('1d61ff').said).toEqual(['10000000']);
  });

  it('the drawer is told alike by DLE EOT 1, GS r 2 and the automatic status', () => {
    expect(answers('100401 1d7202 1d6101', { drawerPin: 'high' }).said).toEqual(['16', '01', '14000000']);
    expect(answers('100401 1d7202 1d6101', { drawerPin: 'low' }).said).toEqual(['12', '00', '10000000']);
  });

  it('a process id is echoed as it was sent, and takes no byte of what follows it', () => {
    const { said, slips } = answers('1d2848 0600 3030 41424344 58 0a');
    expect(said).toEqual(['37224142434400']);
    expect(slips).toMatchObject([{ items: [{ cells: [{ char: 'X' }] }] }]);
  });

  it('DLE EOT 18 takes its second byte, 12 hexadecimal; DLE EOT 24 is nothing', () => {
    expect(answers('100412 01 100401').said).toEqual(['12']);
    expect(answers('100418 100401').said).toEqual(['12']);
  });

  it('without paper nothing is confirmed and nothing comes out, whatever was received', () => {
    const { said, slips } = answers('41 0a 1d2848 0600 3030 41424344 1d7201 100402', { paper: 'end' });
    expect({ said, slips }).toEqual({ said: ['32'], slips: [] });
  });

  it('legacy questions take no operand that is not theirs: ESC v and a letter', () => {
    const { said, slips } = answers('1b76 58 0a');
    expect(said).toEqual(['00']);
    expect(slips).toMatchObject([{ items: [{ cells: [{ char: 'X' }] }] }]);
  });
});

describe('bugs of other encoders, in their own bytes', () => {
  const load = createRequire(import.meta.url);
  const { ThermalPrinter, PrinterTypes, CharacterSet } = load('node-thermal-printer') as typeof thermal;
  const Encoder = load('@point-of-sale/receipt-printer-encoder') as typeof ReceiptPrinterEncoder;
  const printer = () =>
    new ThermalPrinter({ type: PrinterTypes.EPSON, characterSet: CharacterSet.CHINA, interface: 'tcp://127.0.0.1:9' });
  const read = (bytes: Uint8Array) => summarise(decodeEscpos(Uint8Array.from(bytes), P58));

  it('a QR code whose length counts characters loses its end, and the decoder says what is left over', () => {
    const one = printer();
    one.printQR('订单123');
    const { slips } = read(one.getBuffer());
    expect(slips[0]?.qr).not.toEqual(['订单123']);
    expect(slips[0]?.lines.map(({ text }) => text).join('')).toContain('123');
  });

  it('a QR code of question marks is shown as question marks', () => {
    const bytes = new Encoder({ columns: 32 }).initialize().qrcode('订单123').encode();
    expect(read(bytes).slips[0]?.qr).toEqual(['??123']);
  });

  it('an amount in ¥ that a two-byte printer prints as "0 6" is reported as what it is', () => {
    const bytes = Buffer.from(
      receiptline.transform('合计 ¥192.00', { cpl: 32, encoding: 'gb18030', command: 'escpos' }),
      'latin1',
    );
    const { slips, problems } = read(bytes);
    expect(problems).toMatchObject([{ code: 'four-byte-code' }]);
    expect(slips[0]?.lines[0]?.text).toContain('0 6192.00');
  });

  it('two drawer kicks of three bytes each become one, and a stray byte', () => {
    const one = printer();
    one.openCashDrawer();
    expect(read(one.getBuffer()).problems).toMatchObject([{ code: 'unknown-command' }]);
  });

  it('columns that count characters run over the edge of the paper', () => {
    const one = new ThermalPrinter({
      type: PrinterTypes.EPSON,
      characterSet: CharacterSet.CHINA,
      width: 32,
      interface: 'tcp://127.0.0.1:9',
    });
    one.leftRight('商户编号', '898310054110001');
    expect(read(one.getBuffer()).problems).toMatchObject([{ code: 'row-overflow' }]);
  });
});
