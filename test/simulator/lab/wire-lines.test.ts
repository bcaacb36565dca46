import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../protocols/bytes/utf8.ts';
import { gunWords, mqttWords } from '../../../simulator/lab/wire-lines.ts';

/** A published test number (masking.json); nobody's code. */
const CODE = '134567890123456789';

describe('what the lab page tells of a wire', () => {
  it('masks a whole code, in its text and in its bytes', () => {
    const { title, hex } = gunWords(encodeUtf8(`${CODE}\r\n`), false);
    expect(title).toContain('**');
    expect(title).not.toContain(CODE.slice(4, 12));
    expect(hex.replaceAll(' ', '')).not.toContain(Buffer.from(CODE.slice(4, 12)).toString('hex'));
  });

  it('shows no digit of a piece: the next piece is in the next line', () => {
    expect(gunWords(encodeUtf8(CODE.slice(0, 7)), false).title).toBe('*******');
    expect(gunWords(encodeUtf8('9'), false)).toEqual({ title: '*', detail: '', hex: '**' });
  });

  it('shows no key of a keyboard gun, and a product’s barcode as it is', () => {
    expect(gunWords(Uint8Array.of(0, 0, 30, 0, 0, 0, 0, 0), true)).toEqual({ title: '8 B', detail: '', hex: '' });
    expect(gunWords(encodeUtf8('6901234567892\r\n'), false).title).toBe('6901234567892␍␊');
  });

  it('masks the paycode of a pay request', () => {
    const { detail } = mqttWords('req/pay', encodeUtf8(JSON.stringify({ args: { paycode: CODE, amountFen: 1250 } })));
    expect(detail).toContain('1250');
    expect(detail).not.toContain(CODE);
  });
});
