import { randomBytes } from 'node:crypto';

/** 0 <= x < 1, from the system's own randomness. */
export function fraction(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32;
}
