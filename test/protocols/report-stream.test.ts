import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encodeReportMessage, type ReportMessage, ReportStreamReader } from '../../protocols/framing/report-stream.ts';

const HELLO: ReportMessage = {
  kind: 'hello',
  vendorId: 0x0c2e,
  productId: 0x0db3,
  release: 0x0100,
  manufacturer: '',
  product: 'Voyager',
  serialNumber: 'S12',
  descriptor: Uint8Array.of(0x05, 0x8c, 0x09, 0x02),
};
/** written by hand, not by the encoder */
const HELLO_HEX = '01 001c 54575253 01 0c2e 0db3 0100 00 07 566f7961676572 03 533132 058c0902';

function hex(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array();
}

function read(from: 'device' | 'host', text: string): ReturnType<ReportStreamReader['push']> {
  return new ReportStreamReader(from).push(hex(text));
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
const byte = fc.integer({ min: 0, max: 255 });
const spokenByDevice: fc.Arbitrary<ReportMessage> = fc.oneof(
  fc.record({ kind: fc.constant('input' as const), report: bytes }),
  fc.record({ kind: fc.constant('done' as const), request: byte, ok: fc.boolean(), report: bytes }),
  fc.record({ kind: fc.constant('ping' as const), number: byte }),
);

describe('HID reports over a socket', () => {
  it('reads and writes a greeting as the picture says', () => {
    expect(toHex(encodeReportMessage(HELLO))).toBe(HELLO_HEX.replaceAll(' ', ''));
    expect(read('device', HELLO_HEX)).toEqual([HELLO]);
  });

  it('reads what a host says', () => {
    const said = read('host', '03 0006 fd031654 0d00  04 0003 07fe01  05 0002 08fe  08 0001 2c');
    expect(said).toEqual([
      { kind: 'output', report: hex('fd0316540d00') },
      { kind: 'set-feature', request: 7, report: hex('fe01') },
      { kind: 'get-feature', request: 8, reportId: 0xfe },
      { kind: 'pong', number: 0x2c },
    ]);
  });

  it.each([
    ['a port that speaks something else', 'device', '53 53 48 2d 32 2e 30'],
    ['a report before the greeting', 'device', '02 0001 00'],
    ['a second greeting', 'device', `${HELLO_HEX} ${HELLO_HEX}`],
    ['another version', 'device', HELLO_HEX.replace('54575253 01', '54575253 02')],
    ['a text longer than its message', 'device', '01 000c 54575253 01 0c2e 0db3 0100 09'],
    ['a message longer than any', 'device', '01 ffff'],
    ['a host that sends input', 'host', '02 0001 00'],
    ['an empty report', 'host', '03 0000'],
  ] as const)('%s breaks the stream, once', (_, from, text) => {
    const reader = new ReportStreamReader(from);
    const heard = reader.push(hex(text));
    expect(heard.at(-1)?.kind).toBe('broken');
    expect(reader.push(hex(HELLO_HEX))).toEqual([]);
    expect(reader.held).toBe(0);
  });

  it('gives the same messages whatever the chunks were', () => {
    const stories = fc.property(fc.array(spokenByDevice, { maxLength: 12 }), fc.array(byte), (messages, cuts) => {
      const wire = Uint8Array.from([HELLO, ...messages].flatMap((message) => [...encodeReportMessage(message)]));
      const reader = new ReportStreamReader('device');
      const heard: unknown[] = [];
      let at = 0;
      for (const cut of [...cuts, wire.length]) {
        heard.push(...reader.push(wire.subarray(at, at + cut)));
        at += cut;
      }
      expect(heard).toEqual([HELLO, ...messages]);
      expect(reader.held).toBe(0);
    });
    fc.assert(stories, { numRuns: 300 });
  });
});
