import { describe, expect, it } from 'vitest';
import { readLine } from '../../protocols/scanner/serial-line.ts';
import { encodeSsi } from '../../protocols/scanner/ssi.ts';
import { decodeDataPackets } from '../../protocols/scanner/ssi-encode.ts';
import { SsiGun } from '../../protocols/scanner/ssi-gun.ts';

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const CODE = ascii('281234567890123456789012\r');

function packet(): Uint8Array {
  const [only] = decodeDataPackets(0x1c, CODE);
  if (!only) throw new Error('no packet');
  return encodeSsi(only);
}

describe('a Zebra gun that was set to packets', () => {
  it('is not believed when a packet without its head reads like a raw code, cut short', () => {
    const gun = new SsiGun();
    expect(gun.push(packet(), 0).some(({ kind }) => kind === 'code')).toBe(true);
    const kinds = gun.push(packet().subarray(9), 1_000).map(({ kind }) => kind);
    expect(kinds).toContain('raw-again');
    expect(kinds).not.toContain('code');
  });

  it('is believed again after the port was opened anew, or when it will not speak packets', () => {
    for (const relent of [(gun: SsiGun) => void gun.reset(500), (gun: SsiGun) => gun.believeRaw()]) {
      const gun = new SsiGun();
      gun.push(packet(), 0);
      relent(gun);
      expect(gun.push(CODE, 1_000)).toMatchObject([{ kind: 'code' }]);
    }
  });
});

it('a suffix that a counted frame counts is no part of the code', () => {
  const reading = readLine(CODE, { codeId: 'none', encoding: 'auto' });
  expect(reading.kind === 'code' && reading.text.reveal()).toBe('281234567890123456789012');
});
