import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { luhn } from '../../protocols/paycode/check-digits.ts';
import { maskPan, paycodeFingerprint } from '../../protocols/paycode/masking.ts';
import { maskDigits } from '../../protocols/paycode/paycode.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { cpuMs } from '../cpu-ms.ts';

const WX = '134622817080551492';
const CPM = 'hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=';

/** A code of any rule, and a card number that no rule claims. */
const paycode = fc.oneof(
  fc.stringMatching(/^1[0-5]\d{16}$/),
  fc.stringMatching(/^(2[5-9]|30)\d{14,22}$/),
  fc.stringMatching(/^(62|01)\d{17}$/),
  fc.stringMatching(/^(51|83|91|18)\d{16}$/),
);
const card = fc
  .stringMatching(/^(4\d{14}|5[1-5]\d{13}|62\d{13})$/)
  .map((body) => [...'0123456789'].map((last) => body + last).find(luhn) ?? '');

describe('the rules of masking.json, told', () => {
  it('paymentCode: first 2 + asterisks + last 4, and a keyed fingerprint', () => {
    expect(maskDigits(WX)).toBe('13************1492');
    const [one, two] = [1, 2].map((byte) => paycodeFingerprint(new Uint8Array(32).fill(byte), new SecretText(WX)));
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(one).not.toBe(two);
    expect(paycodeFingerprint(new Uint8Array(32).fill(1), WX)).toBe(one);
  });

  it('pan: first 6 + asterisks + last 4, nothing of what is too short', () => {
    expect(maskPan('4111111111111111')).toBe('411111******1111');
    expect(maskPan('411111111111')).toBe('************');
  });

  it('emvCpm: never the base64, in any letter case, cut, escaped, or as hex', () => {
    for (const text of [
      CPM,
      CPM.slice(0, 20),
      CPM.toLowerCase(),
      JSON.stringify({ code: CPM }),
      encodeURIComponent(CPM),
    ])
      expect(redact(text), text).toMatch(/^[^A-Za-z0-9]*(?:\{"code":")?\[EMV_CPM REDACTED\]["}]*$/);
    expect(redact('rx 85 05 43 50 56 30 31 61 1A 4F')).toBe('rx [EMV_CPM REDACTED]');
  });

  it('neverStore: tracks, CVN, PIN, keys and passwords are gone where they are named', () => {
    expect(redact('%B4111111111111111^CARDHOLDER/A^25122010000000000?;4111111111111111=25122010000?')).toBe(
      '[REDACTED][REDACTED]',
    );
    expect(redact('{"cvn2":"123","pin_block":"0412AC89ABCDEF67","amt":3580}')).toBe(
      '{"cvn2":"[REDACTED]","pin_block":"[REDACTED]","amt":3580}',
    );
    expect(redact('password=hunter2 tmk: 0011223344556677')).toBe('password=[REDACTED] tmk: [REDACTED]');
  });
});

describe('the redactor over free text', () => {
  const around: readonly ((secret: string) => string)[] = [
    (secret) => secret,
    (secret) => `end ${secret}`,
    (secret) => `${secret} begin`,
    (secret) => JSON.stringify({ msg: `a\r\n${secret}\t`, n: 1 }),
    (secret) => JSON.stringify(JSON.stringify({ secret })),
    (secret) => `{"code":${secret}}`,
    (secret) => `auth_code=${secret}&total=1`,
    (secret) => `付款码${secret}已过期`,
    (secret) => `code${secret}x`,
    (secret) => `x ${secret.replace(/(\d{4})(?=\d)/g, '$1 ')} y`,
    (secret) => secret.replace(/(\d{4})(?=\d)/g, '$1-'),
    (secret) => secret.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    (secret) => secret + secret,
  ];

  it('no code survives in any surrounding', () => {
    const surroundings = fc.constantFrom(...around);
    fc.assert(
      fc.property(paycode, surroundings, (secret, put) => {
        expect(sevenOf(redact(put(secret)), secret)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  it('no card number shows more than its first six and last four', () => {
    const surroundings = fc.constantFrom(...around.slice(0, -1));
    fc.assert(
      fc.property(card, surroundings, (pan, put) => {
        expect(sevenOf(redact(put(pan)), pan)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  /** Seven digits of the secret in a row, after the writing was taken out. */
  function sevenOf(shown: string, secret: string): string | undefined {
    const plain = shown.normalize('NFKC').replace(/(?<=\d)[ -](?=\d)/g, '');
    return Array.from({ length: secret.length - 6 }, (_, at) => secret.slice(at, at + 7)).find((part) =>
      plain.includes(part),
    );
  }

  it('leaves what the shop needs to read', () => {
    for (const text of [
      'order 20241120070000000001 ok',
      'transaction 4200001234202411201234567890',
      'Alipay 2024112022001412341234567890',
      'at 1732104000000 in 12 ms, 2026-11-22 10:00:00.123',
      'attempt T2512202611220001 sent',
      'call 400-820-8820 or 138 1234 5678',
      'amount 35.80, 3580 fen, 6901234567892',
      '01JDAB3C4D5E6F7G8H9JKMNPQR',
    ])
      expect(redact(text)).toBe(text);
  });

  it('keeps of a collection code only what names it', () => {
    expect(redact('https://qr.alipay.com/fkx00000abcdefghijklm?t=1')).toBe('https://qr.alipay.com/fkx****');
    expect(redact('{"u":"weixin:\\/\\/wxpay\\/bizpayurl?pr=AbCdEfG00"}')).toBe(
      '{"u":"weixin:\\/\\/wxpay\\/bizpayurl?****"}',
    );
    expect(redact('https://qr.95516.com/00010000/62000000000000000000000000000000.')).toBe('https://qr.95516.com/****');
  });

  it.each([
    ['tusnKey=00112233445566778899AABBCCDDEEFF', 'tusnKey=[REDACTED]'],
    ['access_token: abc.def', 'access_token: [REDACTED]'],
    ['{"password":"hunter 2","x":1}', '{"password":"[REDACTED]","x":1}'],
    ['{\\"secret\\":\\"a b\\"}', '{\\"secret\\":\\"[REDACTED]\\"}'],
    ['Authorization: Bearer abc.def.ghi', 'Authorization: [REDACTED]'],
    ['connecting to mqtts://till-7:hunter2@host:8883', 'connecting to mqtts://[REDACTED]@host:8883'],
  ])('removes keys and broker secrets, however written: %s', (text, shown) => {
    expect(redact(text)).toBe(shown);
    expect(redact(shown)).toBe(shown);
  });

  it('removes an ID number', () => {
    expect(redact('scan 11010519491231002X')).toBe('scan [ID_CARD REDACTED]');
  });

  it('says the same twice', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(paycode, card, fc.string({ maxLength: 12 }))), (parts) => {
        const once = redact(parts.join(' '));
        expect(redact(once)).toBe(once);
      }),
    );
  });

  it('a long line of digits and groups takes no more than a moment', () => {
    for (const unit of ['1234 ', '28', '4111-', 'hQVDUFYw', '1D', '%B1234567890123^', '0']) {
      const line = unit.repeat(Math.ceil(65_536 / unit.length));
      expect(
        cpuMs(() => redact(line)),
        unit,
      ).toBeLessThan(1000);
    }
  });
});
