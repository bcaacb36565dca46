import { describe, expect, it } from 'vitest';
import { misDecoder } from '../../agent/decode/mis.ts';
import { padDecoder } from '../../agent/decode/pad.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import { encodeMisObjects } from '../../protocols/terminal/mis/objects.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array();
const SALE =
  '020069DF010100DF04022954DF020145DF0306000000000020DF460A30303139202020202020DF470A38313136313520202020DF6A1231333435363738393031323334353637383903D4';
const PICTURE = '020028B200000156583832302D455349474E50340A313620380A8421084210842108421084210842108403D7';

describe('decode mis', () => {
  it('shows objects under the names of the vectors, and never a whole paycode', () => {
    const { fields, ok } = misDecoder.explain(hex(SALE), { unmask: false });
    expect(ok).toBe(true);
    expect(fields).toMatchObject({ printed_lrc: 'D4', lrc_of_printed_bytes: 'D4', lrc_ok: true });
    expect(JSON.stringify(fields)).toContain('"13************6789"');
    expect(JSON.stringify(fields)).not.toContain('134567890123456789');
    expect(JSON.stringify(fields)).not.toContain('313334353637383930');
    const { fields: whole } = misDecoder.explain(hex(SALE), { unmask: true });
    expect(JSON.stringify(whole)).toContain('134567890123456789');
  });

  it('masks cards and says nothing of objects that nobody knows', () => {
    const answer = encodeCountedFrame(
      encodeMisObjects([
        ['DF01', Uint8Array.of(2)],
        [
          'DF06',
          [
            ['DF1E', '6212345678901234565'],
            ['DF1F', '2912'],
            ['DF55', '6212345678901234565=2912'],
          ],
        ],
      ]),
    );
    const { fields, lines } = misDecoder.explain(answer, { unmask: false });
    const said = `${JSON.stringify(fields)}\n${lines.join('\n')}`;
    expect(said).toContain('621234*********4565');
    expect(said).not.toMatch(/567890|2912|3536373839/);
  });

  it('a log that was masked after it was framed is read in spite of its LRC; any other bad LRC is told', () => {
    const masked = encodeCountedFrame(encodeMisObjects([['DF06', [['DF1E', '************84']]]]));
    const wrong = masked.with(masked.length - 1, 0x5d);
    expect(misDecoder.explain(wrong, { unmask: false })).toMatchObject({
      ok: true,
      fields: { lrc_ok: false, masked_log: true },
    });
    expect(misDecoder.explain(hex(SALE.replace(/D4$/, '00')), { unmask: false })).toMatchObject({ ok: false });
    expect(misDecoder.explain(hex('0200'), { unmask: false })).toMatchObject({ ok: false });
    expect(misDecoder.explain(hex('06'), { unmask: false })).toMatchObject({ ok: true, fields: { control: 'ACK' } });
  });
});

describe('decode pad', () => {
  it('shows what a frame says; of the picture its size', () => {
    const { fields, ok } = padDecoder.explain(hex(PICTURE), { unmask: false });
    expect(ok).toBe(true);
    expect(fields).toMatchObject({
      name: 'signed',
      command: 'B2',
      direction: 'P->H',
      sequence: 1,
      image: { format: 'pbm', width: 16, height: 8 },
    });
    expect(JSON.stringify(fields)).not.toMatch(/8421|84210842/i);
  });

  it('tells the frame whose LRC is wrong', () => {
    expect(padDecoder.explain(hex(PICTURE.replace(/D7$/, 'D6')), { unmask: false }).ok).toBe(false);
    expect(padDecoder.explain(hex('020006B10104'), { unmask: false }).ok).toBe(false);
    expect(padDecoder.explain(hex('020003B10103B0'), { unmask: false }).fields).toMatchObject({ meaning: 'deleted' });
  });
});
