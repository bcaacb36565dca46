import { describe, expect, it } from 'vitest';
import { zvtDecoder } from '../../agent/decode/zvt.ts';
import { zvtSerialDecoder } from '../../agent/decode/zvt-serial.ts';
import { serialFrame } from '../../protocols/terminal/zvt/serial-frame.ts';
import { hex } from '../protocols/scanner-packets.ts';

/** 06 00 with password 123456, and 04 0F with a card number that the terminal did not mask */
const REGISTRATION = hex('060006123456BA0978');
const RESULT = hex('040F1C270004000000001000 22F0F84761730000000119 29 00000104 87 0001'.replaceAll(' ', ''));

describe('decode zvt masks what is secret', () => {
  it('a password and a card number are not shown, in no form', () => {
    for (const explain of [
      (bytes: Uint8Array, unmask: boolean) => zvtDecoder.explain(bytes, { unmask }),
      (bytes: Uint8Array, unmask: boolean) => zvtSerialDecoder.explain(serialFrame(bytes), { unmask }),
    ]) {
      expect(JSON.stringify(explain(REGISTRATION, false))).not.toContain('123456');
      expect(JSON.stringify(explain(REGISTRATION, true))).toContain('123456');
      const masked = explain(RESULT, false);
      expect(masked.ok).toBe(true);
      expect(JSON.stringify(masked)).not.toContain('4761730000000119');
      expect(masked.fields['values']).toMatchObject({ pan: '476173******0119', amount: 1_000 });
      expect(explain(RESULT, true).fields['values']).toMatchObject({ pan: '4761730000000119' });
    }
  });

  it('the message stays readable around it', () => {
    const { fields } = zvtSerialDecoder.explain(serialFrame(REGISTRATION), { unmask: false });
    expect(fields).toMatchObject({
      apdu: '060006******BA0978',
      crc_kermit: 'C324',
      config: 'BA',
      cc: 978,
      password: '******',
    });
    const [result] = [zvtSerialDecoder.explain(serialFrame(RESULT), { unmask: false }).fields];
    expect(result['apdu']).toBe('040F1C27000400000000100022F0F8476173EEEEEE01192900000104870001');
  });

  it('in its own place, also where the same bytes stand elsewhere', () => {
    const enquiry = zvtSerialDecoder.explain(serialFrame(hex('0501050000000300')), { unmask: false });
    expect(enquiry.fields['apdu']).toBe('050105******0300');
  });

  it('several messages behind each other, and lines that are none', () => {
    const both = zvtDecoder.explain(hex('800000060F00'), { unmask: false });
    expect(both.fields['frames']).toMatchObject([{ control: '8000' }, { control: '060F' }]);
    expect(zvtDecoder.explain(hex('060F05'), { unmask: false })).toMatchObject({
      ok: false,
      fields: { wellformed: false, declared_len: 5, actual_len: 0 },
    });
    expect(zvtSerialDecoder.explain(hex('1002800000100300001506'), { unmask: false }).fields['frames']).toMatchObject([
      { error: 'bad-check' },
      { meaning: 'NAK' },
      { meaning: 'ACK' },
    ]);
  });
});
