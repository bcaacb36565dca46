import { createCipheriv } from 'node:crypto';

// secret_text of terminal_info, as a certified terminal makes it (terminal-info.json; read in a public firmware):
//
//   serial number and random number   00000902KS8312000000000001 713672
//   exclusive or of its 16-byte blocks, as 32 hex characters; the first 16 of them through SM4, exclusive or with the last 16,
//   through SM4 again; the first four bytes as hex, in Base64                                        OTFDRkUxMEY=
//
// The key lives in the terminal. Only the simulated one has it here.

/** One block under SM4 (GB/T 32907), by OpenSSL. */
export function sm4Block(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('sm4-ecb', key, null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

export interface SerialMac {
  readonly xorHex: string;
  readonly step1Hex: string;
  readonly step2InHex: string;
  readonly finalHex: string;
  readonly macAscii: string;
  readonly secretText: string;
}

/** Every step, as the published values have them. */
export function serialMac(key: Uint8Array, serial: string, random: string): SerialMac {
  const data = Buffer.from(serial + random, 'latin1');
  const folded = Buffer.alloc(16);
  for (const [at, byte] of data.entries()) folded[at % 16] = (folded[at % 16] ?? 0) ^ byte;
  const xorHex = hex(folded);
  const letters = Buffer.from(xorHex, 'latin1');
  const first = sm4Block(key, letters.subarray(0, 16));
  const second = first.map((byte, at) => byte ^ (letters[16 + at] ?? 0));
  const last = sm4Block(key, second);
  const macAscii = hex(last.subarray(0, 4));
  return {
    xorHex,
    step1Hex: hex(first),
    step2InHex: hex(second),
    finalHex: hex(last),
    macAscii,
    secretText: Buffer.from(macAscii, 'latin1').toString('base64'),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
