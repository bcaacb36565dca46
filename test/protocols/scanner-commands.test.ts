import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECODERS } from '../../agent/decode/kinds.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { AUTO_ENDS } from '../../protocols/framing/line.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { type ChannelEvent, CommandChannel } from '../../protocols/scanner/command-channel.ts';
import { datalogicCommand, encodeDatalogicAnswer } from '../../protocols/scanner/datalogic.ts';
import { de2120Command } from '../../protocols/scanner/de2120.ts';
import { encodeGrow, encodeGrowReply, GROW_COMMANDS, growCommand, parseGrow } from '../../protocols/scanner/grow.ts';
import type { GunCommand } from '../../protocols/scanner/gun-language.ts';
import { honeywellKeyCommand, honeywellMenuCommand } from '../../protocols/scanner/honeywell.ts';
import { encodeHeaded } from '../../protocols/scanner/honeywell-header.ts';
import { encodeM3y, m3yCommand } from '../../protocols/scanner/m3y.ts';
import { encodeNewlandAnswer, newlandCommand } from '../../protocols/scanner/newland.ts';
import { encodeVguang, vguangShape } from '../../protocols/scanner/vguang.ts';
import { cpuMs } from '../cpu-ms.ts';
import { ascii, CODE, chunked, hex, joined, text } from './scanner-packets.ts';

const OTHER = '281234567890123456';
const channel = (headed = false) => new CommandChannel({ line: { ends: AUTO_ENDS }, headed });

function word(event: ChannelEvent): string {
  if (event.kind === 'code') return `${event.aim ?? ''}${text(event.bytes)}`;
  if (event.kind === 'send') return `> ${toHex(event.bytes)}`;
  if (event.kind === 'noise') return `${event.cause} ${event.length}`;
  return `${event.command} ${event.outcome}${event.data?.length ? ` ${text(event.data)}` : ''}`;
}
const words = (events: readonly ChannelEvent[]) => events.map(word);
const heard = (events: readonly ChannelEvent[]) => words(events.filter(({ kind }) => kind !== 'send'));

const item = { tag: 'C11', sub: 'MIN', data: '12', status: 'ok' } as const;
const answer = encodeNewlandAnswer({ storage: 'flash', items: [item] });
const trigger = growCommand('trigger', GROW_COMMANDS.trigger);
const LANGUAGES: Readonly<Record<string, readonly [GunCommand, Uint8Array, string]>> = {
  honeywell: [honeywellMenuCommand('codabar', 'CBRENA?.'), hex('43 42 52 45 4e 41 31 06 2e'), 'codabar ok CBRENA1'],
  'honeywell, no such tag': [
    honeywellMenuCommand('x', 'ZZZABC1!'),
    hex('5a5a5a41424331 05 21'),
    'x unknown-command ZZZABC1',
  ],
  'honeywell, no such value': [
    honeywellMenuCommand('x', 'CBRMIN100!'),
    ascii('CBRMIN100\u0015!'),
    'x bad-data CBRMIN100',
  ],
  newland: [newlandCommand('min', { storage: 'flash', items: [{ ...item, data: '*' }] }), answer, 'min ok C11MIN12'],
  grow: [trigger, hex('02 00 00 01 00 33 31'), 'trigger ok \u0000'],
  'grow, invalid': [trigger, hex('02 00 03 01 00 6a 61'), 'trigger unknown-command \u0000'],
  m3y: [m3yCommand('scan', 'SR030301'), encodeM3y('answer', hex('90 00')), 'scan ok \u0090\u0000'],
  de2120: [de2120Command('scan', 'SCAN'), hex('06'), 'scan ok'],
  'de2120, refused': [de2120Command('scan', 'SCAN'), hex('15'), 'scan denied'],
  datalogic: [datalogicCommand('i'), encodeDatalogicAnswer(ascii('PM9500')), 'i ok PM9500'],
};

describe('answers and codes on one line', () => {
  it.each(Object.entries(LANGUAGES))('%s: however the bytes are cut', (_, [command, reply, said]) => {
    const stream = joined([ascii(`${CODE}\r\n`), reply, ascii(`${OTHER}\r`)]);
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (cuts) => {
        const gun = channel();
        gun.request(command, 0);
        const events = chunked(stream, () => cuts.next().value).flatMap((chunk) => gun.push(chunk, 10));
        expect(heard(events)).toEqual([CODE, said, OTHER]);
        const { received, framed, noise } = gun.tally;
        expect([received, framed + noise + gun.held]).toEqual([stream.length, stream.length]);
      }),
      { numRuns: 50 },
    );
  });

  it.each(Object.entries(LANGUAGES).filter(([name]) => !name.startsWith('honeywell')))(
    '%s: an answer in the middle of a code',
    (_, [command, reply, said]) => {
      const gun = channel();
      gun.request(command, 0);
      expect(heard(gun.push(joined([ascii(CODE.slice(0, 7)), reply, ascii(`${CODE.slice(7)}\r`)]), 10))).toEqual([
        said,
        CODE,
      ]);
    },
  );

  it('nothing is taken for an answer while nothing was asked', () => {
    const gun = channel();
    expect(heard(gun.push(ascii(`CBRENA1${CODE}\r`), 0))).toEqual([`CBRENA1${CODE}`]);
    expect(heard(gun.push(ascii('\u0006\r'), 0))).toEqual(['\u0006']);
  });

  it('a code that begins like our tag is a code', () => {
    const gun = channel();
    gun.request(honeywellMenuCommand('baud', '232BAD9.'), 0);
    expect(heard(gun.push(ascii('232456789012345678\r'), 10))).toEqual(['232456789012345678']);
    expect(heard(gun.push(ascii('232BAD9\u0006.'), 20))).toEqual(['baud ok 232BAD9']);
    const silent = new CommandChannel({ line: { ends: [], idleMs: 100 } });
    silent.request(honeywellMenuCommand('baud', '232BAD9.'), 0);
    silent.push(ascii('232456789012345678'), 10);
    const events: ChannelEvent[] = [];
    for (let due = silent.nextDeadline; due !== undefined && due < 400; due = silent.nextDeadline)
      events.push(...silent.wake(due));
    expect(heard(events)).toEqual(['232456789012345678']);
  });

  it('an answer with a bad check is noise, and the code behind it is whole', () => {
    const gun = channel();
    gun.request(trigger, 0);
    expect(heard(gun.push(joined([hex('02 00 00 01 00 33 30'), ascii(`${CODE}\r`)]), 10))).toEqual([
      'bad-check 7',
      CODE,
    ]);
  });

  it('an answer that stops is noise, and the code that comes later is whole', () => {
    const gun = channel();
    gun.request(trigger, 0);
    gun.push(hex('02 00 00 01 00'), 10);
    expect(gun.nextDeadline).toBe(60);
    expect(heard(gun.push(ascii(`${CODE}\r`), 70))).toEqual(['cut-off 5', CODE]);
  });

  it('asks three times, then gives up; the answer that comes too late is no code', () => {
    const gun = channel();
    const sent = `> ${toHex(trigger.bytes)}`;
    expect(words(gun.request(trigger, 0))).toEqual([sent]);
    expect(words(gun.wake(499))).toEqual([]);
    expect([words(gun.wake(500)), words(gun.wake(1000))]).toEqual([[sent], [sent]]);
    expect(words(gun.wake(1500))).toEqual(['trigger no-answer']);
    expect(words(gun.push(joined([hex('02 00 00 01 00 33 31'), ascii(`${CODE}\r`)]), 1600))).toEqual([CODE]);
  });

  it('a gun that heard a bad CRC is asked again at once', () => {
    const gun = channel();
    gun.request(trigger, 0);
    expect(words(gun.push(hex('02 00 01 01 00 04 01'), 10))).toEqual([`> ${toHex(trigger.bytes)}`]);
    expect(words(gun.push(hex('02 00 00 01 00 33 31'), 20))).toEqual(['trigger ok \u0000']);
  });

  it('one command after the other; what is never answered is done when it is sent', () => {
    const gun = channel();
    gun.request(trigger, 0);
    expect(words(gun.request(honeywellKeyCommand('beep'), 0))).toEqual([]);
    expect(words(gun.push(hex('02 00 00 01 00 33 31'), 10))).toEqual(['trigger ok \u0000', '> 16070d', 'beep ok']);
    gun.request(trigger, 20);
    expect(words(gun.reset(30))).toEqual(['trigger no-answer']);
  });

  it('codes with a decode header: exact, also with a CR inside', () => {
    const coded = encodeHeaded({ codeId: 's', aim: ']Q1', data: ascii('A\rB\r') });
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (cuts) => {
        const gun = channel(true);
        const stream = joined([coded, ascii(`${CODE}\r`), coded]);
        const events = chunked(stream, () => cuts.next().value).flatMap((chunk) => gun.push(chunk, 0));
        expect(heard(events)).toEqual([']Q1A\rB\r', CODE, ']Q1A\rB\r']);
      }),
      { numRuns: 50 },
    );
    const cut = channel(true);
    cut.push(coded.subarray(0, 24), 0);
    expect(heard(cut.push(ascii(`${CODE}\r`), 60))).toEqual(['cut-off 24', CODE]);
  });

  it('loses no byte, whatever comes', () => {
    const bytes = fc.constantFrom(0x02, 0x00, 0x01, 0x5a, 0x06, 0x15, 0x43, 0x42, 0x52, 0x0d, 0x16, 0xfe, 0x2e, 0x31);
    const stream = fc.array(fc.record({ byte: bytes, afterMs: fc.constantFrom(0, 0, 0, 1, 49, 50, 500, 3000) }));
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(LANGUAGES)), stream, fc.boolean(), ([command], pieces, headed) => {
        const gun = channel(headed);
        gun.request(command, 0);
        let now = 0;
        for (const { byte, afterMs } of pieces) {
          now += afterMs;
          gun.push(Uint8Array.of(byte), now);
          const { received, framed, noise } = gun.tally;
          expect(framed + noise + gun.held).toBe(received);
        }
        gun.reset(now);
        expect(gun.held).toBe(0);
        expect(gun.tally.framed + gun.tally.noise).toBe(pieces.length);
      }),
      { numRuns: 500 },
    );
  });

  it('16 MiB of garbage takes no longer than the line framer does', () => {
    const gun = channel(true);
    const chunk = new Uint8Array(65_536).fill(0x31);
    expect(cpuMs(() => Array.from({ length: 256 }, (_, round) => gun.push(chunk, round)))).toBeLessThan(2000);
  });
});

describe('frames', () => {
  it('Grow checks by CRC, or not at all', () => {
    expect(toHex(encodeGrow(GROW_COMMANDS.save))).toBe('7e000901000000dec8');
    expect(parseGrow(hex('7e 00 08 01 00 02 01 ab cd'))).toMatchObject({
      type: 'write',
      address: 2,
      data: [1],
      crc: 'skipped',
    });
    expect(parseGrow(hex('7e 00 08 01 00 02 01 02 db'))).toMatchObject({ crc: 'bad' });
    expect(toHex(encodeGrowReply(1, [0]))).toBe('02000101000401');
  });

  it('Vguang frames stand among the zeros of reports, over two of them where a code is long', () => {
    const code = encodeVguang({ command: 0x30, status: 0, data: ascii('0123456789'.repeat(10)) });
    const stream = joined([new Uint8Array(9), code, new Uint8Array(21)]);
    const framer = new PacketFramer(vguangShape);
    const events = [stream.subarray(0, 64), stream.subarray(64)].flatMap((report, n) => framer.push(report, n));
    expect(events.map((event) => event.kind === 'packet' && toHex(event.bytes))).toContain(toHex(code));
    expect(framer.push(code.with(20, 0xff), 3).some(({ kind }) => kind === 'packet')).toBe(false);
  });
});

describe('tillwire decode', () => {
  const vectors = (file: string) =>
    (
      JSON.parse(readFileSync(join('test/vectors/scanners', file), 'utf8')) as {
        vectors: { name: string; hex: string; reply?: string }[];
      }
    ).vectors;
  const decoder = (kind: string) => DECODERS.find((known) => known.kind === kind);

  it.each([
    ['honeywell', 'honeywell-menu.json'],
    ['newland', 'newland-ascii.json'],
    ['grow', 'grow-7e00.json'],
    ['m3y', 'm3y-5a.json'],
    ['de2120', 'de2120.json'],
    ['vguang', 'vguang-55aa.json'],
  ])('%s explains every command and answer of the vectors', (kind, file) => {
    for (const { name, hex: digits, reply } of vectors(file))
      for (const bytes of [digits, reply].filter((given) => given !== undefined)) {
        const explained = decoder(kind)?.explain(hex(bytes), { unmask: false });
        expect(explained?.ok, `${name}: ${bytes}`).toBe(true);
        expect(JSON.stringify(explained?.fields)).not.toMatch(/1300123|"meaning":"code","diagnostics"/);
      }
  });

  it('names what was said', () => {
    const shown = (kind: string, bytes: Uint8Array) => decoder(kind)?.explain(bytes, { unmask: false }).fields;
    expect(shown('grow', hex('02 00 00 01 00 33 31'))).toMatchObject({ meaning: 'reply', outcome: 'ok', crc: 'ok' });
    expect(shown('grow', joined([ascii(`${CODE}\r`), hex('02 00 00 01 00 33 31')]))).toMatchObject({
      frames: [{ meaning: 'code', text: '13************1234' }, { meaning: 'reply' }],
    });
    expect(shown('datalogic', hex('46'))).toMatchObject({
      command: 'F',
      meaning: 'not-on-file (also disables until E)',
    });
    expect(shown('honeywell', encodeHeaded({ codeId: 's', aim: ']Q1', data: ascii(`${CODE}\r`) }))).toMatchObject({
      aim: ']Q1',
      codeId: 's',
      symbology: 'QR',
      text: '13************1234',
    });
    expect(shown('newland', answer)).toMatchObject({
      meaning: 'menu response',
      items: [{ tag: 'C11', sub: 'MIN', data: '12' }],
    });
    expect(shown('de2120', ascii('^_^232BAD9.'))).toMatchObject({ word: '232BAD', value: '115200' });
  });
});
