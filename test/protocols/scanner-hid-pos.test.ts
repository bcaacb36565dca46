import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidPosDecoder } from '../../agent/decode/hid-pos.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { parseHidDescriptor } from '../../protocols/scanner/hid-descriptor.ts';
import { encodeHidPos, type HidPosEvent, HidPosReader, newlandOut } from '../../protocols/scanner/hid-pos.ts';
import {
  HID_POS_LAYOUTS,
  type HidPosLayout,
  HONEYWELL64,
  hidPosLayout,
  layoutOf,
  MICROSCAN,
  NEWLAND64,
} from '../../protocols/scanner/hid-pos-layout.ts';
import { cpuMs } from '../cpu-ms.ts';
import { ascii, CODE, hex, joined, text } from './scanner-packets.ts';

const word = (event: HidPosEvent) => {
  if (event.kind === 'noise') return `${event.cause} ${event.length}`;
  return `${event.kind === 'told' ? 'told ' : ''}${event.aim ?? ''}${text(event.bytes)}`;
};
const words = (events: readonly HidPosEvent[]) => events.map(word);
const reports = (code: string, aim = ']Q1', layout: HidPosLayout = HONEYWELL64) =>
  encodeHidPos(layout, { bytes: ascii(code), aim, codeId: 's' });
const A56 = 'A'.repeat(56);

interface DescriptorVector {
  readonly name: string;
  readonly hex: string;
}
const DESCRIPTORS = JSON.parse(
  readFileSync('test/vectors/scanners/hid-descriptors.json', 'utf8'),
) as DescriptorVector[];
const descriptorNamed = (name: string) => hex(DESCRIPTORS.find((entry) => entry.name === name)?.hex ?? '');
const layoutNamed = (name: string) => {
  const parsed = parseHidDescriptor(descriptorNamed(name));
  return 'descriptor' in parsed ? layoutOf(parsed.descriptor) : undefined;
};

describe('a report descriptor', () => {
  it('gives the layouts that the makers document', () => {
    expect(layoutNamed('hidpos_honeywell64_constructed')).toEqual(HONEYWELL64);
    expect(layoutNamed('hidpos_newland64_constructed')).toEqual(NEWLAND64);
    expect(layoutNamed('hidpos_62_bytes_with_count')).toEqual({
      name: 'descriptor',
      reportId: 2,
      reportBytes: 62,
      count: 1,
      aim: [2, 3, 4],
      data: { at: 5, length: 56 },
      continued: { at: 61, mask: 1 },
    });
    expect(layoutNamed('hidpos_61_bytes_no_count')).toMatchObject({
      reportBytes: 61,
      aim: [1, 2, 3],
      data: { at: 4, length: 56 },
    });
    expect(layoutNamed('boot_keyboard')).toBeUndefined();
  });

  it('follows fields in any order, without ids, with pushed settings and wide usages', () => {
    const strange = hex(`05 8c 09 02 a1 01 15 00 26 ff 00 75 08 a4 95 10 09 fe 82 02 01 b4
      75 01 95 01 09 ff 81 02 75 07 81 03 75 08 95 01 0b 3b 00 01 00 81 02 95 03 1a fb 00 2a fd 00 81 02 c0`);
    const parsed = parseHidDescriptor(strange);
    expect('descriptor' in parsed && layoutOf(parsed.descriptor)).toEqual({
      name: 'descriptor',
      reportId: 0,
      reportBytes: 21,
      count: 17,
      aim: [18, 19, 20],
      data: { at: 0, length: 16 },
      continued: { at: 16, mask: 1 },
    });
  });

  it('reports of the same id in feature and output are counted apart', () => {
    const parsed = parseHidDescriptor(descriptorNamed('hidpos_honeywell64_constructed'));
    const lengths =
      'descriptor' in parsed ? parsed.descriptor.reports.map(({ kind, id, bytes }) => [kind, id, bytes]) : [];
    expect(lengths).toEqual([
      ['input', 2, 64],
      ['output', 0xfd, 64],
      ['feature', 0xfe, 2],
    ]);
  });

  it.each([
    ['05 8c 09', 'cut off'],
    ['05 8c 09 02 a1 01', 'does not end'],
    ['c0', 'without its collection'],
    ['b4', 'popped'],
    ['85 00', 'report id'],
    ['75 08 97 ff ff ff 7f 81 02', 'without end'],
    ['a1 01 '.repeat(40), 'too deep'],
    ['09 01 '.repeat(1100), 'too many'],
    ['00 '.repeat(5000), 'longer than'],
  ])('%s is refused with a reason', (digits, problem) => {
    expect(parseHidDescriptor(hex(digits))).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  it('never throws and always ends, whatever a device says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parsed = parseHidDescriptor(bytes);
        if ('descriptor' in parsed) layoutOf(parsed.descriptor);
      }),
      { numRuns: 2000 },
    );
  });

  it('where it cannot be read the maker decides; nothing is guessed', () => {
    expect(hidPosLayout(0x0c2e, undefined)).toBe(HONEYWELL64);
    expect(hidPosLayout(0x1eab, undefined)).toBe(NEWLAND64);
    expect(hidPosLayout(0x05e0, undefined)).toBeUndefined();
    const parsed = parseHidDescriptor(descriptorNamed('hidpos_62_bytes_with_count'));
    expect('descriptor' in parsed && hidPosLayout(0x0c2e, parsed.descriptor)?.reportBytes).toBe(62);
  });
});

describe('HID POS reports', () => {
  const layouts = HID_POS_LAYOUTS.filter((layout) => !layout.streaming);
  const noCount: HidPosLayout = {
    name: 'no count',
    reportId: 2,
    reportBytes: 61,
    data: { at: 4, length: 56 },
    aim: [1, 2, 3],
    continued: { at: 60, mask: 1 },
  };

  it.each([...layouts, noCount].map((layout) => [layout.name, layout] as const))(
    '%s: what is sent is read',
    (_, layout) => {
      fc.assert(
        fc.property(fc.stringMatching(/^[0-9A-Za-z+/=]{1,300}$/), (code) => {
          const reader = new HidPosReader(layout);
          const events = reports(code, ']Q1', layout).flatMap((report, n) => reader.push(report, 10 * n));
          expect(words(events)).toEqual([`${layout.aim ? ']Q1' : ''}${code}`]);
          expect(reader.held).toBe(0);
        }),
      );
    },
  );

  it('NULs that are counted are data, and old bytes behind the count are not', () => {
    const [report = hex('')] = reports('A\0B');
    report.set(ascii('OLD'), 20);
    expect(words(new HidPosReader(HONEYWELL64).push(report, 0))).toEqual([']Q1A\0B']);
  });

  it('a code that goes on too late is dropped, and not glued', () => {
    const reader = new HidPosReader(HONEYWELL64);
    const [first = hex('')] = reports(A56 + 'tail');
    reader.push(first, 0);
    expect(reader.nextDeadline).toBe(250);
    expect(words(reader.silence(250))).toEqual(['continuation-aborted 56']);
    expect(words(reader.push(reports(CODE)[0] ?? hex(''), 251))).toEqual([`]Q1${CODE}`]);
    reader.push(first, 300);
    expect(words(reader.push(reports(CODE)[0] ?? hex(''), 550))).toEqual(['continuation-aborted 56', `]Q1${CODE}`]);
    reader.push(first, 600);
    expect(words(reader.reset(601))).toEqual(['continuation-aborted 56']);
  });

  it('what follows a bad report of a long code is no code', () => {
    const reader = new HidPosReader(HONEYWELL64);
    const [first = hex(''), second = hex(''), third = hex('')] = reports(`${A56}${A56}tail`);
    reader.push(first, 0);
    expect(words(reader.push(second.with(1, 200), 1))).toEqual(['continuation-aborted 56', 'bad-length 64']);
    expect(words(reader.push(third, 2))).toEqual(['discarded 4']);
    expect(words(reader.push(reports(CODE)[0] ?? hex(''), 3))).toEqual([`]Q1${CODE}`]);
  });

  it('a report of another length or id', () => {
    const reader = new HidPosReader(HONEYWELL64);
    const [report = hex('')] = reports(CODE);
    expect(words(reader.push(report.subarray(0, 60), 0))).toEqual(['bad-length 60']);
    expect(words(reader.push(report.with(0, 9), 0))).toEqual([]);
  });

  it('a code without end: 8 KiB and no more, and its rest is no code', () => {
    const reader = new HidPosReader(HONEYWELL64);
    const [more = hex('')] = reports(`${A56}more`);
    const events = Array.from({ length: 300 }, (_, n) => reader.push(more, n)).flat();
    expect(words(events).filter((said) => said.startsWith('continuation'))).toEqual(['continuation-aborted 8232']);
    expect(reader.held).toBe(0);
    expect(words(reader.push(reports('rest')[0] ?? hex(''), 300))).toEqual(['discarded 4']);
    expect(words(reader.push(reports(CODE)[0] ?? hex(''), 301))).toEqual([`]Q1${CODE}`]);
  });

  it('answers are no codes: Honeywell by AIM id, Newland by their first bytes', () => {
    expect(words(new HidPosReader(HONEYWELL64).push(reports('REVINF\u0006.', ']Z6')[0] ?? hex(''), 0))).toEqual([
      'told ]Z6REVINF\u0006.',
    ]);
    const reply = encodeHidPos(NEWLAND64, { bytes: hex('02 00 00 01 00 33 31') })[0] ?? hex('');
    expect(new HidPosReader(NEWLAND64).push(reply, 0)).toMatchObject([{ kind: 'told' }]);
    expect(toHex(newlandOut(hex('7e 00 08 01 00 02 01 02 da'))).slice(0, 24)).toBe('04097e00080100020102da00');
  });

  it('a streaming gun ends its codes with CR', () => {
    const reader = new HidPosReader(MICROSCAN);
    const stream = encodeHidPos(MICROSCAN, { bytes: ascii(`${'B'.repeat(70)}\r${CODE}\r`) });
    expect(words(stream.flatMap((report) => reader.push(report, 0)))).toEqual(['B'.repeat(70), CODE]);
    reader.push(encodeHidPos(MICROSCAN, { bytes: ascii('6212345') })[0] ?? hex(''), 10);
    expect(words(reader.silence(510))).toEqual(['partial-dropped 7']);
  });

  it('never throws, keeps little, and is quick with garbage', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 60, maxLength: 65 }), { maxLength: 30 }), (garbage) => {
        for (const layout of HID_POS_LAYOUTS) {
          const reader = new HidPosReader(layout);
          for (const [n, report] of garbage.entries()) reader.push(report, n);
          expect(reader.held).toBeLessThanOrEqual(8192);
        }
      }),
    );
    const reader = new HidPosReader(HONEYWELL64);
    const [more = hex('')] = reports(`${A56}more`);
    expect(cpuMs(() => Array.from({ length: 262_144 }, (_, n) => reader.push(more, n)))).toBeLessThan(2000);
  });
});

describe('tillwire decode hid-pos', () => {
  const shown = (bytes: Uint8Array, unmask = false) => hidPosDecoder.explain(bytes, { unmask });

  it('tells the layout, the code and its symbology; masked', () => {
    const [report = hex('')] = reports(CODE);
    expect(shown(report)).toMatchObject({
      ok: true,
      fields: { layout: 'honeywell64', text: '13************1234', aim: ']Q1', codeId: 's', symbology: 'QR' },
    });
    expect(JSON.stringify(shown(report))).not.toContain('13001');
    expect(shown(report, true).fields).toMatchObject({ text: CODE });
    expect(shown(joined(reports(`${A56}tail`).slice(0, 1)))).toMatchObject({
      ok: false,
      fields: { error: 'continuation-aborted' },
    });
  });

  it('explains answers, output reports and descriptors', () => {
    expect(shown(reports('REVINF\u0006.', ']Z6')[0] ?? hex('')).fields).toMatchObject({
      meaning: 'menu response',
      aim: ']Z6',
    });
    expect(shown(hex('fd 03 16 54 0d')).fields).toMatchObject({ layout: 'honeywell-out', meaning: 'trigger' });
    expect(shown(newlandOut(hex('7e 00 08 01 00 00 d5 ef 41'))).fields).toMatchObject({
      meaning: 'write',
      zone: '0000',
      data: 'D5',
      crc: 'ok',
    });
    expect(shown(descriptorNamed('hidpos_newland64_constructed')).fields).toMatchObject({
      input_report_bytes: 64,
      output_report_bytes: 64,
      layout: { name: 'newland64' },
    });
  });
});
