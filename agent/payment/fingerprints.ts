import { hash } from 'node:crypto';
import { type Mac, paycodeFingerprint } from '../../protocols/paycode/masking.ts';
import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type { SecretText } from '../../protocols/paycode/secret.ts';
import type { Clock } from '../clock.ts';
import { FINGERPRINT_MEMORY_MS } from './policy.ts';

/** SHA-256 works on blocks of this. */
const BLOCK_BYTES = 64;

/**
 * HMAC-SHA256 (RFC 2104) for one key of at most a block, out of two one-shot hashes: OpenSSL's own needs a context for
 * each message, which takes three times as long.
 */
function macUnder(key: Uint8Array): Mac {
  const padded = (pad: number) => Buffer.from(Array.from({ length: BLOCK_BYTES }, (_, i) => (key[i] ?? 0) ^ pad));
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  const sha256 = (...parts: Uint8Array[]) => hash('sha256', Buffer.concat(parts), 'buffer');
  return (_key, message) => sha256(outer, sha256(inner, message));
}

/** A code is hashed when its sale has had its first moments: until then the processor is the request's and the slip's. */
const HASHED_AFTER_MS = 5;

/** At most this many codes are remembered; the oldest goes first. Ten minutes of a gun that fires once a second. */
const CAPACITY = 600;

/**
 * Codes offered lately, as keyed fingerprints: HMAC-SHA256 under a key of this boot, so that neither memory nor journal
 * can give a code back (payment.md 1.2). Known for ten minutes.
 */
export class Fingerprints {
  readonly #key: Uint8Array;
  readonly #mac: Mac;
  readonly #clock: Clock;
  readonly #seen = new Map<string, number>();
  /** when a code that looks like this behind its mask was offered: tells nearly every stranger without a hash */
  readonly #looks = new Map<string, number>();
  /** offered a moment ago, and not hashed yet */
  #newest: { readonly code: Paycode; readonly at: number; readonly callOff: () => void } | undefined;

  /** `key`: 32 random bytes of this boot */
  constructor(key: Uint8Array, clock: Clock) {
    this.#key = key;
    this.#mac = macUnder(key);
    this.#clock = clock;
  }

  of(code: SecretText): string {
    return paycodeFingerprint(this.#key, code, this.#mac);
  }

  remember(code: Paycode): void {
    this.#hashNewest();
    const callOff = this.#clock.after(HASHED_AFTER_MS, () => this.#hashNewest());
    this.#newest = { code, at: this.#clock.mono(), callOff };
  }

  /** Was this code offered within the last ten minutes? */
  knows(code: Paycode): boolean {
    this.#hashNewest();
    return this.#isFresh(this.#looks.get(code.masked)) && this.#isFresh(this.#seen.get(this.of(code)));
  }

  #hashNewest(): void {
    if (!this.#newest) return;
    const { code, at, callOff } = this.#newest;
    callOff();
    this.#newest = undefined;
    keep(this.#looks, code.masked, at);
    keep(this.#seen, this.of(code), at);
  }

  #isFresh(at: number | undefined): boolean {
    return at !== undefined && this.#clock.mono() - at < FINGERPRINT_MEMORY_MS;
  }
}

function keep(offered: Map<string, number>, key: string, at: number): void {
  offered.delete(key);
  offered.set(key, at);
  const oldest = offered.keys().next();
  if (offered.size > CAPACITY && !oldest.done) offered.delete(oldest.value);
}
