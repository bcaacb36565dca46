import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { type Typing, typeText } from '../../protocols/scanner/keyboard-typing.ts';
import { encodeSsi } from '../../protocols/scanner/ssi.ts';
import { decoderPacket, parameterReply } from '../../protocols/scanner/ssi-encode.ts';
import type { Symbology } from '../../protocols/scanner/symbology.ts';
import { makeGun } from '../../simulator/guns/make-gun.ts';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

// What simulated guns say must be what real ones were heard to say: the bytes of the vectors, which none of our encoders
// made. A round trip through our own decoder would prove nothing.

interface Case {
  readonly name: string;
  readonly hex: string;
  readonly reply?: string;
  readonly chunks: readonly { readonly hex: string }[];
  readonly reports: readonly string[];
}

const vectors = (file: string) =>
  (JSON.parse(readFileSync(join('test/vectors/scanners', file), 'utf8')) as { vectors: Case[] }).vectors;
const hex = (text: string) => toHex(fromHex(text) ?? new Uint8Array());

/** Everything that a gun says when it is asked and shown codes. */
async function spoken(
  personality: GunPersonality,
  act: (gun: ReturnType<typeof makeGun>) => void,
  heard: readonly string[] = [],
): Promise<string[]> {
  const clock = new VirtualClock(0);
  const said: string[] = [];
  let hear: (bytes: Uint8Array) => void = () => undefined;
  const wire = {
    send: (bytes: Uint8Array) => Promise.resolve((said.push(toHex(bytes)), true)),
    listen: (listener: (bytes: Uint8Array) => void) => {
      hear = listener;
    },
    pause: () => undefined,
    resume: () => undefined,
  };
  const gun = makeGun(personality, { wire, clock, random: () => 0.5, unpaced: true });
  for (const command of heard) hear(fromHex(command) ?? new Uint8Array());
  act(gun);
  for (let n = 0; n < 50; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(20);
  }
  gun.close();
  return said;
}

const scans =
  (code: string | Uint8Array, symbology: Symbology = 'QR') =>
  (gun: ReturnType<typeof makeGun>) =>
    void gun.scan(code, { symbology });
const CODE = '130012345678901234';
const nothing = () => undefined;

describe('SSI', () => {
  const cases = vectors('ssi.json');
  const named = (name: string) => hex(cases.find((one) => one.name === name)?.hex ?? '');
  const packeted = GUN_PERSONALITIES['ssi-packeted'];
  const ACK = '04 d0 04 00 ff 28';

  it('codes', async () => {
    expect(await spoken(packeted, scans(CODE))).toEqual([named('dec_decode_wechat_qr')]);
    expect(await spoken(packeted, scans('281234567890123456', 'Code 128'))).toEqual([
      named('dec_decode_alipay_code128'),
    ]);
    expect(await spoken(GUN_PERSONALITIES['ssi-factory'], scans(CODE))).toEqual([
      hex(`31 33 30 30 31 32 33 34 35 36 37 38
      39 30 31 32 33 34 0d`),
    ]);
  });

  it('the same again when the host asks, with the retransmit bit', async () => {
    expect(
      await spoken(
        packeted,
        (gun) => (scans(CODE)(gun), gun.hear(fromHex('05 d1 04 00 01 ff 25') ?? new Uint8Array())),
      ),
    ).toEqual([named('dec_decode_wechat_qr'), named('dec_decode_wechat_qr_retransmit')]);
  });

  it('a long code in two packets, the second one behind the ACK of the first', async () => {
    const act = (gun: ReturnType<typeof makeGun>) => {
      scans('0123456789'.repeat(40))(gun);
      gun.hear(fromHex(ACK) ?? new Uint8Array());
    };
    expect(await spoken(packeted, act)).toEqual([named('dec_decode_400_part1'), named('dec_decode_400_part2')]);
  });

  it("a cordless gun's segments (enioka)", async () => {
    const act = (gun: ReturnType<typeof makeGun>) => {
      scans('Z'.repeat(500))(gun);
      for (let n = 0; n < 2; n++) gun.hear(fromHex('04 74 04 00 ff 84') ?? new Uint8Array());
    };
    const events = { ...GUN_PERSONALITIES['ssi-cordless'] };
    const said = await spoken(events, act);
    expect(said.slice(0, 3)).toEqual([
      named('enioka_multipacket_1of3'),
      named('enioka_multipacket_2of3'),
      named('enioka_multipacket_3of3'),
    ]);
  });

  it('answers, no-read, events', async () => {
    expect(await spoken(packeted, nothing, ['04 e9 04 00 ff 0f'])).toEqual([named('dec_ack')]);
    expect(await spoken(packeted, (gun) => gun.noRead(), ['07 c6 04 00 ff 5e 01 fd d1', ACK])).toEqual([
      named('dec_ack'),
      named('dec_decode_nr'),
    ]);
    expect(toHex(encodeSsi(decoderPacket('EVENT', [1])))).toBe(named('dec_event_decode'));
    expect(toHex(encodeSsi(decoderPacket('PARAM_SEND', parameterReply([[318, 0x04ff]]))))).toBe(
      named('enioka_param_send_word'),
    );
    const [revision] = await spoken(packeted, nothing, ['04 a3 04 00 ff 55']);
    expect(revision?.slice(2, 8)).toBe('a40000');
  });
});

describe('raw lines', () => {
  const cases = vectors('serial-line.json');
  const lines = (name: string) => cases.find((one) => one.name === name)?.chunks.map((chunk) => hex(chunk.hex));
  const line = GUN_PERSONALITIES['line-crlf'];
  const set = (settings: object): GunPersonality => ({ ...line, settings: { ...line.settings, ...settings } });
  const CR = Uint8Array.of(0x0d);

  it.each([
    ['cr', set({ suffix: CR }), CODE],
    ['tab', set({ suffix: Uint8Array.of(0x09) }), CODE],
    ['stx_etx', set({ prefix: Uint8Array.of(0x02), suffix: Uint8Array.of(0x03) }), CODE],
    ['aim_qr', set({ suffix: CR, codeId: 'aim' }), CODE],
    ['honeywell_code_id', set({ suffix: CR, codeId: 'honeywell' }), CODE],
  ])('%s', async (name, personality, code) => {
    expect(await spoken(personality, scans(code))).toEqual(lines(name));
  });

  it('Chinese text in GBK, and a no-read', async () => {
    const [gbk] = lines('gbk_text') ?? [];
    expect(await spoken({ ...line, encoding: 'gbk' }, scans('付款码ABC'))).toEqual([gbk]);
    expect(toHex(encodeGb18030('付款码'))).toBe('b8b6bfeec2eb');
    expect(await spoken(set({ tellsNoRead: true }), (gun) => gun.noRead())).toEqual(lines('nr'));
  });
});

describe('answers to commands', () => {
  it.each([
    [
      'honeywell-xenon',
      'honeywell-menu.json',
      ['query group "CBR?."', 'query current "CBRENA?."', 'bad tag', 'bad data', 'baud 115200 flash "232BAD9."'],
    ],
    [
      'newland-em3095',
      'newland-ascii.json',
      ['enable Code 11 min 12 max 22', 'bad tag reply (computed)', 'bad data reply (computed)'],
    ],
    ['newland-em3095', 'grow-7e00.json', ['set_zone_0002_01 (trigger), no-check CRC']],
    ['grow-gm65', 'grow-7e00.json', ['set_zone_0002_01 (trigger), no-check CRC']],
    [
      'de2120-module',
      'de2120.json',
      ['scan', 'defaults', 'beep on decode off', 'aim off', 'utf-8 serial', '115200', 'manual'],
    ],
  ] as const)('%s: %s', async (gun, file, names) => {
    const cases = vectors(file);
    for (const name of names) {
      const one = cases.find((given) => given.name === name);
      expect(await spoken(GUN_PERSONALITIES[gun], nothing, [one?.hex ?? '']), name).toEqual([hex(one?.reply ?? 'xx')]);
    }
  });

  it('Newland: what was set is told when it is asked for', async () => {
    const cases = vectors('newland-ascii.json');
    const [set, asked] = cases;
    const said = await spoken(GUN_PERSONALITIES['newland-em3095'], nothing, [set?.hex ?? '', asked?.hex ?? '']);
    expect(said).toEqual([hex(set?.reply ?? ''), hex(asked?.reply ?? '')]);
  });

  it('Grow: done, bad CRC, unknown type', async () => {
    const replies = vectors('grow-7e00.json');
    const reply = (name: string) => hex(replies.find((one) => one.name === name)?.hex ?? '');
    const grow = GUN_PERSONALITIES['grow-gm65'];
    expect(await spoken(grow, nothing, ['7e 00 09 01 00 00 00 de c8'])).toEqual([reply('reply success')]);
    expect(await spoken(grow, nothing, ['7e 00 09 01 00 00 00 de c9'])).toEqual([reply('reply CRC failure')]);
    expect(await spoken(grow, nothing, ['7e 00 0b 01 00 00 00 ab cd'])).toEqual([reply('reply invalid command')]);
    const [baud] = await spoken(grow, nothing, ['7e 00 07 01 00 2a 02 d8 0f']);
    expect(baud?.slice(0, 12)).toBe('020000023901');
  });

  it('M3Y: done', async () => {
    const cases = vectors('m3y-5a.json');
    const ok = hex(cases.find(({ name }) => name === 'reply ok')?.hex ?? '');
    for (const { name, hex: command } of cases.filter(
      (one) => !one.name.startsWith('reply') && one.name !== 'start scan',
    ))
      expect(await spoken(GUN_PERSONALITIES['m3y-module'], nothing, [command]), name).toEqual([ok]);
  });

  it('a Honeywell code with its header', async () => {
    const cases = vectors('honeywell-menu.json');
    const command = cases.find(({ name }) => name.startsWith('decode header on'))?.hex ?? '';
    const [, said] = await spoken(GUN_PERSONALITIES['honeywell-xenon'], scans(CODE), [command]);
    expect(said).toBe(hex(cases.find(({ name }) => name.startsWith('decode header message'))?.hex ?? ''));
  });
});

describe('reports', () => {
  const cases = vectors('hid-pos.json');
  const reports = (name: string) => cases.find((one) => one.name === name)?.reports.map(hex);
  const honeywell = GUN_PERSONALITIES['hid-pos-honeywell'];

  it('HID POS in each layout', async () => {
    const withCr = { ...honeywell, settings: { ...honeywell.settings, suffix: Uint8Array.of(0x0d) } };
    expect(await spoken(withCr, scans(CODE, 'Code 128'))).toEqual(reports('honeywell_wechat_code128_cr'));
    expect(await spoken(honeywell, scans('A'.repeat(56)))).toEqual(reports('honeywell_exact_56'));
    const newland = { ...GUN_PERSONALITIES['hid-pos-newland'], staleTail: false };
    expect(await spoken(newland, scans(CODE))).toEqual(reports('newland_fm420_wechat'));
    expect(await spoken(GUN_PERSONALITIES['hid-pos-offset1'], scans(CODE))).toEqual(reports('offset1_variant'));
  });

  it('HID POS: the captured answer to REVINF, in the reports of the Voyager', async () => {
    const said = await spoken(honeywell, nothing, ['fd 0f 16 4d 0d 52 45 56 49 4e 46 2e']);
    expect(said.at(-1)).toBe(reports('honeywell_1602g_menu_ack')?.[0]);
    expect(said[0]?.slice(4, 10)).toBe('5d5830');
    expect(said[0]?.slice(-4)).toBe('0001');
  });

  it('HID POS: Newland answers its own language in the same report', async () => {
    const command = reports('newland_fm30_command_mode')?.[0] ?? '';
    const said = await spoken(GUN_PERSONALITIES['hid-pos-newland'], nothing, [command]);
    expect(said).toEqual(reports('newland_fm30_ok'));
  });

  it('keyboards', () => {
    const typed = vectors('hid-keyboard.json');
    const of = (name: string) => typed.find((one) => one.name === name)?.reports.map(hex);
    const type = (text: string, typing: Partial<Typing> = {}) =>
      typeText(text, { layout: 'us', style: 'plain', end: 'none', ...typing })?.map(toHex);
    expect(type('S', { style: 'alt-numpad' })).toEqual(of('captured_alt_numpad_SIP-4-1')?.slice(0, 2));
    // the capture ends before the last key goes up
    expect(type('SIP-4-1', { style: 'alt-numpad', end: 'enter' })?.slice(0, -1)).toEqual(
      of('captured_alt_numpad_SIP-4-1'),
    );
    expect(type('4*9', { style: 'modifier-first', end: 'enter' })).toEqual(of('captured_4*9_modifier_separate'));
    expect(type('130', { style: 'rollover' })).toEqual(of('rollover_two_keys_held'));
    expect(type('\u001d')).toEqual(of('gs_as_ctrl_right_bracket'));
    for (const layout of ['us', 'de', 'fr'] as const)
      expect(type('hQVDUFYwMWE/+=9yz', { layout, end: endOf(of(`base64_${layout}`)) })).toEqual(of(`base64_${layout}`));
    expect(type('6957842208856', { style: 'modifier-first', end: 'enter-ctrl-shift-j' })).toEqual(
      of('captured_ean13_cr_ctrl_shift_j')?.slice(1),
    );
  });
});

/** Some vectors end with Enter, some do not. */
function endOf(reports: readonly string[] | undefined): 'enter' | 'none' {
  return reports?.some((report) => report.startsWith('000028')) ? 'enter' : 'none';
}

describe('Vguang', () => {
  it('a code in its frame', async () => {
    const cases = vectors('vguang-55aa.json');
    const frame = hex(cases.find(({ name }) => name.startsWith('in: code'))?.hex ?? '');
    const [report] = await spoken(GUN_PERSONALITIES['vguang-tx400'], scans(CODE));
    expect(report).toBe(frame.padEnd(128, '0'));
  });
});
