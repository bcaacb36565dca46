import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** AES-256 */
const KEY_BYTES = 32;
const NAME = 'signatures.key';

/** A key file that is there and is no key: what was encrypted with the right one cannot be read with another. */
class SignatureKeyUnusable extends Error {
  readonly code = 'SIGNATURE_KEY_UNUSABLE';
}

/**
 * The key of the signatures in this data folder, made at the first start, mode 0600. It keeps a signature from whoever gets
 * a copy of the files without it (a backup, a support bundle, a disk image of one folder); it does not keep it from the
 * account that the agent runs under.
 */
export function signatureKey(dataDir: string, random: (bytes: number) => Uint8Array): Uint8Array {
  const path = join(dataDir, NAME);
  const held = readKey(path);
  if (held) return held;
  const key = random(KEY_BYTES);
  writeNew(path, key);
  return key;
}

function readKey(path: string): Uint8Array | undefined {
  let key: Uint8Array;
  try {
    key = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (key.length !== KEY_BYTES)
    throw new SignatureKeyUnusable(`${path} has ${key.length} bytes, a key has ${KEY_BYTES}`);
  return key;
}

/** Fails if somebody else was faster: two keys would be one too many. */
function writeNew(path: string, key: Uint8Array): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeSync(fd, key);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
