import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ssiDecoder } from '../../agent/decode/ssi.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { type PacketEvent, PacketFramer } from '../../protocols/framing/packet.ts';
import {
  encodeSsi,
  encodeSsiLong,
  rawOrPacket,
  ssiCommand,
  ssiNak,
  ssiResent,
  ssiShape,
} from '../../protocols/scanner/ssi.ts';
import { SsiGun } from '../../protocols/scanner/ssi-gun.ts';
import { decodeParameters, encodeParameters } from '../../protocols/scanner/ssi-parameters.ts';
import { type SsiEvent, SsiSession } from '../../protocols/scanner/ssi-session.ts';
import { SSI_PARAMETERS } from '../../protocols/scanner/ssi-table.ts';
import { cpuMs } from '../cpu-ms.ts';
import { ascii, CODE, chunked, hex, joined, text } from './scanner-packets.ts';

const QR = 0x1c;
const ACK = '04d00400ff28';
const CANCEL = '> 05d104000aff1c';
const scan = (code: string, status = 0, type = QR) =>
  encodeSsi({ opcode: 0xf3, source: 0, status, data: Uint8Array.of(type, ...ascii(code)) });
const gunSays = (opcode: number, ...data: number[]) =>
  encodeSsi({ opcode, source: 0, status: 0, data: Uint8Array.from(data) });
const WECHAT = hex('17 f3 00 00 1c 31 33 30 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 fb 3f');
const AGAIN = hex('17 f3 00 01 1c 31 33 30 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 fb 3e');

/** What an event says in a word. */
function word(event: SsiEvent): string {
  if (event.kind === 'code') return `${event.symbology ?? 'raw'} ${text(event.bytes)}`;
  if (event.kind === 'send') return `> ${toHex(event.bytes)}`;
  if (event.kind === 'noise') return `${event.cause} ${event.length}`;
  if (event.kind === 'answer') return `${event.command} ${event.outcome}${event.data ? ` ${text(event.data)}` : ''}`;
  if (event.kind === 'event') return `event ${event.code}`;
  return event.kind;
}
const words = (events: readonly SsiEvent[]) => events.map(word);

describe('the words of the table', () => {
  it.each([
    [ssiCommand('CMD_ACK'), ACK],
    [ssiNak('RESEND'), '05d1040001ff25'],
    [ssiNak('BAD_CONTEXT'), '05d1040002ff24'],
    [ssiNak('DENIED'), '05d1040006ff20'],
    [ssiNak('CANCEL'), '05d104000aff1c'],
    [ssiCommand('PARAM_SEND', encodeParameters([[SSI_PARAMETERS.packetFormat.number, 1]])), '07c60400ffee01fd41'],
    [
      ssiCommand('PARAM_SEND', encodeParameters([[SSI_PARAMETERS.softwareHandshaking.number, 1]])),
      '07c60400ff9f01fd90',
    ],
    [ssiCommand('START_DECODE'), '04e40400ff14'],
    [ssiCommand('STOP_DECODE'), '04e50400ff13'],
    [ssiCommand('SCAN_ENABLE'), '04e90400ff0f'],
    [ssiCommand('SCAN_DISABLE'), '04ea0400ff0e'],
    [ssiCommand('LED_ON', [1]), '05e7040001ff0f'],
    [ssiCommand('BEEP', [1]), '05e6040001ff10'],
    [scan(CODE), toHex(WECHAT)],
  ])('%#: %s', (bytes, expected) => expect(toHex(bytes)).toBe(expected));

  it('numbers and values of parameters', () => {
    expect(decodeParameters(hex('ff f4 f0 3e 04 ff'))).toEqual([{ number: 318, type: 'word', value: 1279 }]);
    const numbers = [0x5e, 0xef, 0xf0, 256, 258, 511, 512, 1023, 1024, 10061];
    const round = decodeParameters(Uint8Array.from(encodeParameters(numbers.map((number) => [number, 7]))));
    expect(round).toEqual(numbers.map((number) => ({ number, type: 'byte', value: 7 })));
    expect(decodeParameters(hex('ff f3 10 02 41 42 ec 00'))).toEqual([
      { number: 16, type: 'string', value: ascii('AB') },
      { number: 0xec, type: 'byte', value: 0 },
    ]);
    expect(decodeParameters(hex('ff f3 10 09 41'))).toBeUndefined();
  });
});

describe('finding packets without a start byte', () => {
  const frames = (events: readonly PacketEvent[]) =>
    events.flatMap((event) => (event.kind === 'packet' ? [toHex(event.bytes)] : []));
  const piece = fc.oneof(
    fc.constantFrom(WECHAT, AGAIN, hex(ACK), scan('NR', 0, 1), encodeSsiLong(QR, ascii('0123456789'.repeat(40)))),
    fc.constantFrom(WECHAT.with(9, 0x21), WECHAT.subarray(0, 12), Uint8Array.of(...WECHAT, 0)),
    fc.uint8Array({ maxLength: 12 }),
    fc
      .array(fc.constantFrom(0xff, 0xf3, 0xf4, 0x73, 0x00, 0x04, 0x17), { maxLength: 12 })
      .map((a) => Uint8Array.from(a)),
  );
  const stream = fc.array(fc.record({ bytes: piece, afterMs: fc.constantFrom(0, 0, 1, 199, 200, 1000) }), {
    maxLength: 12,
  });

  it('gives the same packets however the bytes are cut, and loses none of them', () => {
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.boolean()), (pieces, cuts) => {
        const [whole, cut] = [new PacketFramer(ssiShape('both')), new PacketFramer(ssiShape('both'))];
        const [one, many]: PacketEvent[][] = [[], []];
        let now = 0;
        for (const { bytes, afterMs } of pieces) {
          now += afterMs;
          one?.push(...whole.push(bytes, now));
          for (const chunk of chunked(bytes, () => cuts.next().value)) many?.push(...cut.push(chunk, now));
          for (const { tally, held } of [whole, cut]) expect(tally.framed + tally.noise + held).toBe(tally.received);
        }
        one?.push(...whole.silence(now + 200));
        many?.push(...cut.silence(now + 200));
        expect(whole.held).toBe(0);
        expect(frames(many ?? [])).toEqual(frames(one ?? []));
        expect(cut.tally).toEqual(whole.tally);
      }),
      { numRuns: 500 },
    );
  });

  it('a good packet behind a spoilt one, a cut one and stray bytes is found', () => {
    const bytes = joined([Uint8Array.of(0xff), WECHAT.with(9, 0x21), WECHAT.subarray(0, 12), WECHAT]);
    const framer = new PacketFramer(ssiShape('decoder'));
    const found = [...framer.push(bytes, 0), ...framer.silence(200)];
    expect(frames(found)).toEqual([toHex(WECHAT)]);
    expect(framer.tally).toEqual({ received: bytes.length, framed: 25, noise: bytes.length - 25 });
  });

  it.each([
    ['zeros', [0]],
    ['FF', [0xff]],
    ['headers everywhere', [0xff, 0xf3, 0x00]],
    ['long headers everywhere', [0xff, 0xf4, 0x20, 0x00, 0xf4, 0x00, 0x00]],
    ['ASCII', [0x31, 0x33]],
  ])('16 MiB of %s: a second or so, and little is kept', (_, pattern) => {
    const chunk = Uint8Array.from({ length: 65_536 }, (_, n) => pattern[n % pattern.length] ?? 0);
    const framer = new PacketFramer(ssiShape('decoder'));
    let most = 0;
    const took = cpuMs(() => {
      for (let round = 0; round < 256; round++) {
        framer.push(chunk, round);
        most = Math.max(most, framer.held);
      }
    });
    // a second is the aim; twice that is a machine with others on it, and far from the O(n^2) that this is about
    expect(took).toBeLessThan(2000);
    expect(framer.tally.received).toBe(16 * 1024 * 1024);
    framer.reset();
    expect(framer.tally.noise + framer.tally.framed).toBe(framer.tally.received);
  });
});

describe('the conversation', () => {
  it('a code is acknowledged; the same one sent again is acknowledged and left out', () => {
    const session = new SsiSession();
    expect(words(session.push(WECHAT, 0))).toEqual([`> ${ACK}`, `QR ${CODE}`]);
    expect(words(session.push(AGAIN, 2000))).toEqual([`> ${ACK}`, 'repeated']);
    expect(words(session.push(AGAIN, 4000))).toEqual([`> ${ACK}`, 'repeated']);
    expect(words(session.push(WECHAT, 5000)), 'without the bit it is another scan').toEqual([`> ${ACK}`, `QR ${CODE}`]);
    expect(words(session.push(scan(CODE, 1, 3), 6000)), 'another payload').toEqual([`> ${ACK}`, `Code 128 ${CODE}`]);
  });

  it('a repeat after the port came back is still the same scan; a minute later it is not', () => {
    const session = new SsiSession();
    session.push(WECHAT, 0);
    session.reset(500);
    expect(words(session.push(AGAIN, 2000))).toEqual([`> ${ACK}`, 'repeated']);
    expect(words(session.push(AGAIN, 60_000)), 'its first send was lost').toEqual([`> ${ACK}`, `QR ${CODE}`]);
  });

  it('a first send that was lost: the repeat is the scan', () => {
    expect(words(new SsiSession().push(AGAIN, 0))).toEqual([`> ${ACK}`, `QR ${CODE}`]);
  });

  it('a spoilt code is asked for again, and nothing is emitted', () => {
    const session = new SsiSession();
    const events = [...session.push(WECHAT.with(9, 0x21), 0), ...session.wake(200)];
    expect(words(events).filter((said) => said.startsWith('>'))).toEqual(['> 05d1040001ff25']);
    expect(words(session.push(AGAIN, 210))).toEqual([`> ${ACK}`, `QR ${CODE}`]);
  });

  it('a code that stops is asked for after 200 ms; noise that is no packet is not answered', () => {
    const session = new SsiSession();
    expect(words(session.push(WECHAT.subarray(0, 20), 0))).toEqual([]);
    expect(session.nextDeadline).toBe(200);
    expect(words(session.wake(200)).filter((said) => said.startsWith('>'))).toEqual(['> 05d1040001ff25']);
    expect(words([...session.push(hex('00 01 02 31 32'), 1000), ...session.wake(1200)])).toEqual(['junk 5']);
  });

  it('without handshaking nothing is acknowledged', () => {
    const session = new SsiSession({ handshaking: false });
    expect(words(session.push(WECHAT, 0))).toEqual([`QR ${CODE}`]);
    expect(words(session.request({ name: 'BEEP', data: [1] }, 10))).toEqual(['> 05e6040001ff10', 'BEEP ok']);
  });

  it('nothing was read: NR is not a code', () => {
    expect(words(new SsiSession().push(hex('07 f3 00 00 01 4e 52 fe 65'), 0))).toEqual([`> ${ACK}`, 'no-read']);
  });

  it('a long code in packets: each acknowledged, one code, repeated parts once', () => {
    const digits = '0123456789'.repeat(40);
    const parts = [scan(digits.slice(0, 250), 2), scan(digits.slice(0, 250), 3), scan(digits.slice(250))];
    const session = new SsiSession();
    expect(words(session.push(joined(parts), 0))).toEqual([
      `> ${ACK}`,
      `> ${ACK}`,
      'repeated',
      `> ${ACK}`,
      `QR ${digits}`,
    ]);
  });

  it('parts with equal bytes are both kept', () => {
    const session = new SsiSession();
    const events = session.push(joined([scan('AAAA', 2), scan('AAAA', 2), scan('AAAA')]), 0);
    expect(words(events).at(-1)).toBe('QR AAAAAAAAAAAA');
  });

  it('a long code without its end is dropped, and not glued to the next', () => {
    const session = new SsiSession();
    session.push(scan('AAAA', 2), 0);
    expect(session.nextDeadline).toBe(2500);
    expect(words(session.wake(2500))).toEqual(['continuation-aborted 4']);
    session.push(scan('BBBB', 2), 7000);
    expect(words(session.push(scan(CODE), 9000)), 'a first send that comes too late to be a part').toEqual([
      `> ${ACK}`,
      'continuation-aborted 4',
      `QR ${CODE}`,
    ]);
    session.push(scan('CCCC', 2), 20_000);
    expect(words(session.push(scan(CODE, 0, 3), 20_100)), 'another type').toEqual([
      `> ${ACK}`,
      'continuation-aborted 4',
      `Code 128 ${CODE}`,
    ]);
  });

  it('the tail of a torn code is no code: it is refused', () => {
    const session = new SsiSession();
    const [head, tail] = [scan('A'.repeat(250), 2), scan('tail')];
    session.push(head, 0);
    expect(words(session.reset(100))).toEqual(['continuation-aborted 250']);
    expect(words(session.push(tail, 200))).toEqual([CANCEL]);
    expect(words(session.push(ssiResent(tail), 2200))).toEqual([CANCEL]);
    expect(words(session.push(ssiResent(head), 4000)), 'its head again').toEqual([CANCEL]);
    expect(words(session.push(tail, 4100))).toEqual([CANCEL]);
    expect(words(session.push(scan(CODE), 6100))).toEqual([`> ${ACK}`, `QR ${CODE}`]);
  });

  it('a part that was unreadable is taken when it comes again, not when something else comes', () => {
    const session = new SsiSession();
    const [head, tail] = [scan('AAAA', 2), scan('tail')];
    session.push(head, 0);
    session.push(tail.with(6, 0), 10);
    expect(words(session.push(ssiResent(tail), 20))).toEqual(['junk 10', `> ${ACK}`, 'QR AAAAtail']);
    session.push(head, 1000);
    session.push(tail.with(6, 0), 1010);
    expect(words(session.push(scan(CODE), 1300)).slice(1)).toEqual([CANCEL, 'continuation-aborted 4']);
  });

  it('without handshaking a part that was unreadable tears the code', () => {
    const session = new SsiSession({ handshaking: false });
    const parts = [scan('AAAA', 2), scan('BBBB', 2).with(6, 0), scan('CCCC')];
    expect(words(session.push(joined(parts), 0)).filter((said) => !/^(junk|bad)/.test(said))).toEqual([
      'continuation-aborted 4',
    ]);
  });

  it('no code has more than 8 KiB, and what follows is refused', () => {
    const session = new SsiSession();
    const endless = Array.from({ length: 40 }, (_, n) => scan(String(n).padStart(250, '0'), 2));
    const told = words(session.push(joined([...endless, scan('tail')]), 9000)).filter((said) => said !== `> ${ACK}`);
    expect(told).toEqual([CANCEL, 'continuation-aborted 8250', ...Array(8).fill(CANCEL)]);
  });

  it('segments of a cordless gun', () => {
    const head = hex('00 f3 00 00 01 f7 1c 01 01 f4');
    const part = (source: number, data: Uint8Array) => encodeSsi({ opcode: 0x73, source, status: 0, data });
    const z = (count: number) => ascii('Z'.repeat(count));
    const parts = [
      part(2, joined([head, z(241)])),
      part(0, joined([Uint8Array.of(1), z(250)])),
      part(0, joined([Uint8Array.of(2), z(9)])),
    ];
    const events = words(new SsiSession().push(joined(parts), 0));
    expect(events.filter((said) => said.startsWith('>'))).toEqual(Array(3).fill('> 04740400ff84'));
    expect(events.at(-1)).toBe(`QR ${'Z'.repeat(500)}`);
    const lost = words(new SsiSession().push(joined([parts[0] ?? z(0), parts[2] ?? z(0)]), 0));
    expect(lost.filter((said) => !said.startsWith('>'))).toEqual(['continuation-aborted 250']);
  });

  it('the long form of the GM67, with either way of counting', () => {
    const digits = '0123456789'.repeat(40);
    const long = encodeSsiLong(QR, ascii(digits));
    expect(toHex(long.subarray(0, 8))).toBe('fff40198f400001c');
    expect(words(new SsiSession().push(long, 0))).toEqual([`> ${ACK}`, `QR ${digits}`]);
    const other = long.with(3, 0x97);
    const sum = ((other.at(-2) ?? 0) << 8) + (other.at(-1) ?? 0) + 1;
    other.set([sum >> 8, sum & 0xff], other.length - 2);
    expect(words(new SsiSession().push(other, 0))).toEqual([`> ${ACK}`, `QR ${digits}`]);
  });

  it('a command: once, twice again with the retransmit bit, then given up', () => {
    const session = new SsiSession();
    expect(words(session.request({ name: 'SCAN_ENABLE' }, 0))).toEqual(['> 04e90400ff0f']);
    expect(words(session.request({ name: 'BEEP', data: [1] }, 0)), 'one at a time').toEqual([]);
    expect(session.nextDeadline).toBe(2000);
    expect(words(session.wake(2000))).toEqual(['> 04e90401ff0e']);
    expect(words(session.wake(4000))).toEqual(['> 04e90401ff0e']);
    expect(words(session.wake(6000))).toEqual(['SCAN_ENABLE no-answer', '> 05e6040001ff10']);
    expect(words(session.push(hex('04 d0 00 00 ff 2c'), 6010))).toEqual(['BEEP ok']);
  });

  it('answers: NAK asks again or refuses, data needs no ACK before it', () => {
    const session = new SsiSession();
    session.request({ name: 'REQUEST_REVISION' }, 0);
    expect(words(session.push(gunSays(0xd1, 1), 10))).toEqual(['> 04a30401ff54']);
    expect(words(session.push(gunSays(0xa4, 0x50, 0x41), 20))).toEqual([`> ${ACK}`, 'REQUEST_REVISION ok PA']);
    session.request({ name: 'PARAM_SEND', data: encodeParameters([[0x8a, 8]]) }, 30);
    expect(words(session.push(gunSays(0xd1, 6), 40))).toEqual(['PARAM_SEND denied']);
  });

  it('tells when the line settings change, and speaks only while the gun is silent', () => {
    const session = new SsiSession();
    session.push(WECHAT.subarray(0, 10), 0);
    expect(words(session.request({ name: 'PARAM_SEND', data: encodeParameters([[0x9c, 9]]) }, 1))).toEqual([]);
    expect(words(session.push(WECHAT.subarray(10), 2)).map((said) => said.slice(0, 8))).toEqual([
      '> 04d004',
      'QR 13001',
      '> 07c604',
    ]);
    expect(words(session.push(hex('04 d0 00 00 ff 2c'), 3))).toEqual(['PARAM_SEND ok', 'line-change']);
  });

  it('wakes a gun up first', () => {
    const session = new SsiSession({ wakeUp: true });
    expect(words(session.request({ name: 'SCAN_ENABLE' }, 0))).toEqual(['> 00']);
    expect(words(session.wake(50))).toEqual(['> 04e90400ff0f']);
    expect(words(session.reset(60))).toEqual(['SCAN_ENABLE no-answer']);
  });

  it('events of the gun', () => {
    expect(words(new SsiSession().push(hex('05 f6 00 00 01 ff 04'), 0))).toEqual([`> ${ACK}`, 'event 1']);
  });
});

describe('raw text or packets', () => {
  it.each([
    ['31 33', 'raw'],
    ['31', 'undecided'],
    ['17 f3 00', 'packet'],
    ['17 f3', 'undecided'],
    ['e6 94 af', 'raw'],
    ['02 31', 'raw'],
    ['ff 73 02', 'packet'],
    ['41 73 41', 'raw'],
    ['ff f4', 'packet'],
  ])('%s is %s', (head, verdict) => expect(rawOrPacket(hex(head))).toBe(verdict));

  it('a gun that sends codes raw and answers as packets', () => {
    const stream = joined([
      ascii(`${CODE}\r\n`),
      hex('04 d0 00 00 ff 2c'),
      ascii('\u0002'),
      ascii(`${CODE}\r`),
      WECHAT,
    ]);
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (cuts) => {
        const gun = new SsiGun();
        gun.request({ name: 'BEEP', data: [1] }, 0);
        const events = chunked(stream, () => cuts.next().value).flatMap((chunk) => gun.push(chunk, 10));
        expect(words(events)).toEqual([`raw ${CODE}`, 'BEEP ok', `raw \u0002${CODE}`, `> ${ACK}`, `QR ${CODE}`]);
        expect(gun.tally.framed + gun.tally.noise + gun.held).toBe(stream.length);
      }),
    );
  });

  it('a single byte is noise after a while', () => {
    const gun = new SsiGun();
    expect(words(gun.push(Uint8Array.of(0x31), 0))).toEqual([]);
    let now = 0;
    const said: string[] = [];
    for (let due = gun.nextDeadline; due !== undefined; due = gun.nextDeadline)
      said.push(...words(gun.wake((now = due))));
    expect(said).toEqual(['partial-dropped 1']);
    expect(now).toBeLessThanOrEqual(700);
  });
});

describe('tillwire decode ssi', () => {
  const shown = (bytes: Uint8Array, unmask = false) => ssiDecoder.explain(bytes, { unmask });

  it('masks the code unless told otherwise', () => {
    const { fields, lines, ok } = shown(WECHAT);
    expect(ok).toBe(true);
    expect(fields).toMatchObject({
      meaning: 'DECODE_DATA',
      type: '1C',
      bar_code_type: 'QR',
      text: '13************1234',
      checksum_ok: true,
    });
    expect(JSON.stringify({ fields, lines })).not.toContain('0012');
    expect(shown(WECHAT, true).fields).toMatchObject({ text: CODE });
    expect(shown(WECHAT.with(9, 0x21))).toMatchObject({ ok: false });
    expect(JSON.stringify(shown(WECHAT.with(9, 0x21)))).not.toContain('1234');
  });

  it('names parameters and refusals', () => {
    expect(shown(hex('0a c6 00 00 ff f4 f0 3e 04 ff fb 0c')).fields).toMatchObject({
      parameters: [{ number: 318, type: 'word', value: 1279 }],
    });
    expect(shown(hex('05 d1 04 00 0a ff 1c')).fields).toMatchObject({
      meaning: 'CMD_NAK',
      reason: 'CANCEL',
      source: 'host',
    });
  });
});
