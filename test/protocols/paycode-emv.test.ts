import { describe, expect, it } from 'vitest';
import { emvCpmDecoder } from '../../agent/decode/emv-cpm.ts';
import { emvMpmDecoder } from '../../agent/decode/emv-mpm.ts';
import { paycodeDecoder } from '../../agent/decode/paycode.ts';
import { toBase64 } from '../../protocols/bytes/base64.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { parseTlv } from '../../protocols/paycode/ber-tlv.ts';
import { parseCpm } from '../../protocols/paycode/emv-cpm.ts';
import { mpmCrc, parseMpm } from '../../protocols/paycode/emv-mpm.ts';
import { LCG } from '../seeded.ts';

const PFI = '8505 4350563031';
const AID = '4F07 A0000000555555';
const tlv = (hex: string) => parseTlv(fromHex(hex) ?? new Uint8Array());
const cpm = (hex: string) => parseCpm(toBase64(fromHex(hex) ?? new Uint8Array()));
const object = (tag: string, hex: string) => {
  const length = hex.replaceAll(' ', '').length / 2;
  return `${tag} ${length < 128 ? length.toString(16).padStart(2, '0') : `81${length.toString(16)}`} ${hex}`;
};

describe('EMVCo consumer-presented codes', () => {
  it("EMVCo's track 2 sample, with its pad nibble", () => {
    const result = parseCpm('hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=');
    expect(result).toMatchObject({
      cpm: {
        derived: { aid: 'A0000000555555', token: '1234567890123458', expiry: '1912', serviceCode: '201' },
        summary: { aid: 'A0000000555555', maskedPan: '123456******3458', length: 48 },
      },
    });
  });

  it('BER: tags of one to three bytes, lengths of one to three bytes', () => {
    expect(tlv('5F20 02 4142  DF8101 81 01 7F  50 8200 01 41')).toMatchObject({
      nodes: [
        { tag: '5F20', len: 2 },
        { tag: 'DF8101', len: 1 },
        { tag: '50', len: 1 },
      ],
    });
    expect(tlv(`61 8181 ${object('DF01', '00'.repeat(126))}`)).toMatchObject({
      nodes: [{ len: 129, children: [{ len: 126 }] }],
    });
  });

  it('BER: everything else is an error with a name', () => {
    const wrong: Record<string, string> = {
      '00': 'BAD_TAG',
      'FF 01 00': 'BAD_TAG',
      '9F818181 01 00': 'BAD_TAG',
      '9F': 'TRUNCATED_TAG',
      '9F81': 'TRUNCATED_TAG',
      '4F': 'TRUNCATED_LENGTH',
      '4F 82 01': 'TRUNCATED_LENGTH',
      '61 80 00 00': 'BAD_LENGTH',
      '4F 83 000001 00': 'BAD_LENGTH',
      '4F 05 0102': 'TRUNCATED_VALUE',
      '61 03 4F 05 01': 'TRUNCATED_VALUE',
      '61 08 61 06 61 04 61 02 61 00': 'TOO_DEEP',
    };
    for (const [hex, error] of Object.entries(wrong)) expect(tlv(hex), hex).toEqual({ error });
    expect(tlv('5000'.repeat(201))).toEqual({ error: 'TOO_MANY_OBJECTS' });
  });

  it('says which rule of the code is broken', () => {
    const app = object('61', AID);
    const wrong: Record<string, string> = {
      [app + PFI]: 'BAD_PFI',
      [`${PFI} ${app} ${app} ${app}`]: 'TOO_MANY_APPLICATIONS',
      [`${PFI} ${object('61', AID + AID)}`]: 'DUPLICATE_TAG',
      [`${PFI} ${app} 6200 6200`]: 'DUPLICATE_TAG',
      [`${PFI} ${object('61', '4F04 A0000000')}`]: 'BAD_FIELD_LENGTH',
      [`${PFI} ${object('61', `${AID} ${object('50', '41'.repeat(17))}`)}`]: 'BAD_FIELD_LENGTH',
      [`${PFI} ${app} ${object('62', '9F2501 34')}`]: 'BAD_FIELD_LENGTH',
      [`${PFI} ${app} ${object('62', '5A08 12345678901234AB')}`]: 'BAD_PAN',
      [`${PFI} ${object('61', `${AID} 5704 12345678`)}`]: 'BAD_TRACK2',
    };
    for (const [hex, error] of Object.entries(wrong)) expect(cpm(hex), hex).toEqual({ error });
    expect(cpm(`${PFI} ${app} ${object('DF01', '00'.repeat(400))}`.replace('81190', '820190'))).toEqual({
      error: 'TOO_LONG',
    });
    expect(parseCpm('')).toEqual({ error: 'BAD_PFI' });
  });

  it('every truncation and every changed byte gives an answer, never a throw', () => {
    const text =
      'hQVDUFYwMWFWTwigAAADMwEBAlcRYmNgAQBxNnLSMSIBAAABiAFfNAEAYzOfJghWite85mtxi58nAYCfEBEHAAEDoAAAAQgwMDAwMDAwMZ82AhEiggIAAJ83BCJgSI4=';
    for (let at = 0; at < text.length; at++) expect(parseCpm(text.slice(0, at))).toHaveProperty('error');
    const random = new LCG(5);
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
      parseCpm(toBase64(Uint8Array.of(0x85, 5, 0x43, 0x50, 0x56, 0x30, 0x31, ...bytes)));
    }
  });
});

describe('EMVCo merchant-presented codes', () => {
  const sealed = (body: string) => `${body}6304${mpmCrc(`${body}6304`)}`;

  it('crc-not-last: 63 ends the payload and 00=01 begins it', () => {
    expect(parseMpm('000201630400005303156')).toEqual({ error: 'BAD_ORDER' });
    expect(parseMpm(sealed('5303156000201'))).toEqual({ error: 'BAD_ORDER' });
    expect(parseMpm(sealed('000202'))).toEqual({ error: 'BAD_ORDER' });
    expect(parseMpm('0002015303156')).toEqual({ error: 'BAD_ORDER' });
    expect(parseMpm(sealed('0002015303156'))).toMatchObject({ mpm: { crcOk: true } });
  });

  it('a CRC that is off by one, in small letters or too short is not right', () => {
    const good = sealed('0002015303156');
    expect(parseMpm(good.slice(0, -1) + (good.endsWith('0') ? '1' : '0'))).toMatchObject({ mpm: { crcOk: false } });
    const lower = sealed('00020153031565802CN5901A');
    expect(lower).toMatch(/[A-F]/);
    expect(parseMpm(lower.slice(0, -4) + lower.slice(-4).toLowerCase())).toMatchObject({ mpm: { crcOk: false } });
    expect(parseMpm('0002016303ABC')).toEqual({ error: 'BAD_TLV' });
  });

  it('lengths count characters, also those outside the basic plane', () => {
    expect(parseMpm(sealed('0002015902𠮷店'))).toMatchObject({
      mpm: {
        crcOk: true,
        fields: [
          ['00', '01'],
          ['59', '𠮷店'],
          ['63', expect.any(String)],
        ],
      },
    });
  });

  it('cut anywhere it is an error', () => {
    const good = sealed('0002010102125303156540535.805802CN');
    for (let at = 0; at < good.length; at++) expect(parseMpm(good.slice(0, at)), String(at)).toHaveProperty('error');
    expect(parseMpm('0'.repeat(513))).toEqual({ error: 'TOO_LONG' });
  });
});

describe('tillwire decode', () => {
  const masked = { unmask: false };
  const example = (decoder: typeof paycodeDecoder, options = masked) =>
    decoder.explain(encodeUtf8(decoder.example), options);

  it('explains its own examples', () => {
    for (const decoder of [paycodeDecoder, emvCpmDecoder, emvMpmDecoder]) {
      const { ok, lines } = example(decoder);
      expect([decoder.kind, ok, lines.length > 1]).toEqual([decoder.kind, true, true]);
    }
  });

  it('shows secrets only when asked to', () => {
    const text = encodeUtf8('134622817080551492');
    expect(paycodeDecoder.explain(text, masked).fields).toEqual({
      kind: 'PAYMENT_CODE',
      channel: 'WECHAT',
      normalized: '13************1492',
    });
    expect(paycodeDecoder.explain(text, { unmask: true }).fields['normalized']).toBe('134622817080551492');
    expect(JSON.stringify(example(emvCpmDecoder))).not.toContain('1234567890123458');
    expect(JSON.stringify(example(emvCpmDecoder, { unmask: true }))).toContain('1234567890123458');
  });

  it('says why something is not what it should be', () => {
    const found = paycodeDecoder.explain(encodeUtf8('6901234567892'), masked);
    expect([found.ok, found.fields['kind'], found.lines.join(' ')]).toEqual([
      false,
      'PRODUCT_BARCODE',
      expect.stringContaining('商品条码'),
    ]);
    expect(emvCpmDecoder.explain(encodeUtf8('hQVD'), masked)).toMatchObject({
      ok: false,
      fields: { error: 'TRUNCATED_VALUE' },
    });
    expect(emvMpmDecoder.explain(Uint8Array.of(0xff), masked)).toMatchObject({
      ok: false,
      fields: { error: 'BAD_TLV' },
    });
  });
});
