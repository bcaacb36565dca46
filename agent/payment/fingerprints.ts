import { createHmac } from 'node:crypto';
import { type Mac, paycodeFingerprint } from '../../protocols/paycode/masking.ts';
import type { SecretText } from '../../protocols/paycode/secret.ts';
import type { Clock } from '../clock.ts';
import { FINGERPRINT_MEMORY_MS } from './policy.ts';

const nodeMac: Mac = (key, message) => createHmac('sha256', key).update(message).digest();

/** At most this many codes are remembered; the oldest goes first. Ten minutes of a gun that fires once a second. */
const CAPACITY = 600;

/**
 * Codes offered lately, as keyed fingerprints: HMAC-SHA256 under a key of this boot, so that neither memory nor journal
 * can give a code back (payment.md 1.2). Known for ten minutes.
 */
export class Fingerprints {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #seen = new Map<string, number>();

  /** `key`: 32 random bytes of this boot */
  constructor(key: Uint8Array, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  of(code: SecretText): string {
    return paycodeFingerprint(this.#key, code, nodeMac);
  }

  remember(fingerprint: string): void {
    this.#seen.delete(fingerprint);
    this.#seen.set(fingerprint, this.#clock.mono());
    const oldest = this.#seen.keys().next();
    if (this.#seen.size > CAPACITY && !oldest.done) this.#seen.delete(oldest.value);
  }

  /** Was this code offered within the last ten minutes? */
  knows(fingerprint: string): boolean {
    const at = this.#seen.get(fingerprint);
    return at !== undefined && this.#clock.mono() - at < FINGERPRINT_MEMORY_MS;
  }
}
