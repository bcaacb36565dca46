import { createCipheriv, createDecipheriv } from 'node:crypto';

//   01        12 bytes  16 bytes  ...
//   version   nonce     tag       AES-256-GCM of the content; the file's name is authenticated with it

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const CIPHER = 'aes-256-gcm';

/** Encrypts under a fresh nonce. `name`: a sealed file under another name does not open. */
export function seal(content: Uint8Array, name: string, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.getAuthTag(), body]);
}

/** The content, or `undefined` when the bytes, the name or the key are not the ones that were sealed. */
export function open(sealed: Uint8Array, name: string, key: Uint8Array): Uint8Array | undefined {
  if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) return undefined;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

export const SEAL_NONCE_BYTES = NONCE_BYTES;
