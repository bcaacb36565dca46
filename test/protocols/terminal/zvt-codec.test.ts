import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16Kermit } from '../../../protocols/bytes/crc.ts';
import { toHex } from '../../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../../protocols/framing/packet.ts';
import { decodeApdu, encodeApdu, isApduError, type Message, message } from '../../../protocols/terminal/zvt/apdu.ts';
import { container, field } from '../../../protocols/terminal/zvt/bmp-list.ts';
import { BMPS, type Bmp, type BmpId } from '../../../protocols/terminal/zvt/bmps.ts';
import { COMMANDS, type CommandName } from '../../../protocols/terminal/zvt/commands.ts';
import { printLine, receiptBlock, receiptBlocks } from '../../../protocols/terminal/zvt/print.ts';
import { ZVT_STREAM } from '../../../protocols/terminal/zvt/stream.ts';
import { constructed, tlv } from '../../../protocols/terminal/zvt/tlv.ts';
import { ascii, hex } from '../scanner-packets.ts';

const read = (digits: string): Message => {
  const result = decodeApdu(hex(digits));
  if (isApduError(result)) throw new Error(`${digits}: ${result.problem}`);
  return result;
};
const heads = (digits: string) =>
  Object.fromEntries(Object.entries(read(digits).head).map(([name, value]) => [name, toHex(value)]));
const bmps = (digits: string) => read(digits).fields.map(({ bmp }) => bmp);

it('CRC-16/KERMIT has its published check value', () => {
  expect(crc16Kermit(ascii('123456789'))).toBe(0x2189);
});

describe('what stands before the fields is what uses the bytes up exactly', () => {
  it.each([
    ['04FF091706061F7303000002', { intermediate: '17' }, ['06']],
    ['04FF1917030615240D070B303020417070726F7665641F7303000008', { intermediate: '17', minutes: '03' }, ['06']],
    ['04FF010A', { intermediate: '0a' }, []],
    ['060F0106', { state: '06' }, []],
    ['060F03060600', { state: '06' }, ['06']],
    ['060F0806061F7303000011', {}, ['06']],
    ['060F020600', {}, ['06']],
    ['060F07F0F0F3626C6106', { version: '626c61', state: '06' }, []],
    ['0600060000000A0156', { password: '000000', config: '0a', currency: '0156' }, []],
    ['0600060000000A030A', { password: '000000', config: '0a' }, ['03']],
    ['0600060000000A0600', { password: '000000', config: '0a' }, ['06']],
    ['06C0070106041F1501D0', { seconds: '01' }, ['06']],
    ['06230387FFFF', {}, ['87']],
  ])('%s', (digits, expectedHeads, expectedBmps) => {
    expect([heads(digits), bmps(digits)]).toEqual([expectedHeads, expectedBmps]);
  });

  it.each([
    ['06 01 01 07', 'unknown-bmp'],
    ['06 01 02 04 00', 'truncated'],
    ['06 01 03 22 F0 0A', 'bad-length'],
    ['06 01 03 06 01 1F', 'bad-tlv'],
    ['06 01 07 04', 'length'],
    ['06 01', 'too-short'],
    ['06 EE 00', 'unknown-command'],
  ])('%s is refused: %s', (digits, problem) => {
    expect(decodeApdu(hex(digits))).toMatchObject({ problem });
  });
});

describe('receipts', () => {
  it('a line has its place and size, its characters are CP437 or what tag 14 says', () => {
    const line = (digits: string) => printLine(read(digits) as Message<'printLine'>);
    expect(line('06D10540' + toHex(ascii('KASS')))).toEqual({
      kind: 'line',
      line: { text: 'KASS', align: 'center', size: 'normal' },
    });
    expect(line('06D104038E8199')).toMatchObject({ line: { text: '   ÄüÖ' } });
    expect(line('06D1023041')).toMatchObject({ line: { size: 'large' } });
    expect([line('06D10181'), line('06D102FF03')]).toEqual([{ kind: 'end' }, { kind: 'feed', lines: 3 }]);
  });

  it('a block is laid out as a document, with a cut at its end', () => {
    const block = message(
      'printBlock',
      container(
        tlv('1F07', hex('02')),
        tlv('1F37', hex('02')),
        constructed('25', tlv('14', hex('02')), tlv('09', hex('40')), tlv('07', hex('48C4')), tlv('09', hex('81'))),
      ),
    );
    const receipt = receiptBlock(block);
    expect(receipt).toMatchObject({ type: 'customer', needsSignature: true, mustPrint: false });
    expect(receiptBlocks(receipt.steps)).toEqual([
      { type: 'text', text: 'HÄ', align: 'center', size: 'normal' },
      { type: 'cut', style: 'partial' },
    ]);
  });
});

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

function anyField(bmp: BmpId) {
  const { format }: Bmp = BMPS[bmp];
  if (format === 'TLV')
    return fc
      .array(fc.tuple(fc.constantFrom('07', '1F73', '14'), fc.uint8Array({ maxLength: 300 })), { maxLength: 3 })
      .map((objects) => container(constructed('24', ...objects.map(([tag, value]) => tlv(tag, value)))));
  if (format === 'LLVAR') return fc.uint8Array({ maxLength: 99 }).map((value) => field(bmp, value));
  if (format === 'LLLVAR') return fc.uint8Array({ maxLength: 300 }).map((value) => field(bmp, value));
  return bytesOf(Number(format.slice(6))).map((value) => field(bmp, value));
}
const anyFields = fc.array(fc.constantFrom(...(Object.keys(BMPS) as BmpId[])).chain(anyField), { maxLength: 8 });
/** messages whose fields may be anything because nothing stands before them */
const PLAIN = (Object.keys(COMMANDS) as CommandName[]).filter(
  (name) => COMMANDS[name].forms.length === 1 && COMMANDS[name].forms[0].length === 0 && name !== 'refused',
);

it('what is written is read back, up to three-byte lengths', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLAIN), anyFields, (command, fields) => {
      const bytes = encodeApdu(message(command, ...fields));
      const again = decodeApdu(bytes);
      if (isApduError(again)) throw new Error(again.problem);
      expect(again.fields.map(({ bmp, value }) => [bmp, toHex(value)])).toEqual(
        fields.map(({ bmp, value }) => [bmp, toHex(value)]),
      );
      expect(encodeApdu(again)).toEqual(bytes);
    }),
    { numRuns: 300 },
  );
});

it('any bytes are read or refused, never an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decodeApdu(bytes)));
});

it('over TCP messages are found however they are cut', () => {
  fc.assert(
    fc.property(fc.array(anyFields, { maxLength: 4 }), fc.infiniteStream(fc.nat(40)), (list, cuts) => {
      const apdus = list.map((fields) => encodeApdu(message('statusInformation', ...fields)));
      const stream = Uint8Array.from(apdus.flatMap((apdu) => [...apdu]));
      const framer = new PacketFramer(ZVT_STREAM);
      const found: string[] = [];
      for (let at = 0; at < stream.length; ) {
        const to = at + 1 + cuts.next().value;
        for (const event of framer.push(stream.subarray(at, to), 0))
          found.push(event.kind === 'packet' ? toHex(event.bytes) : event.cause);
        at = to;
      }
      expect(found).toEqual(apdus.map(toHex));
    }),
    { numRuns: 200 },
  );
});
