import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

// A PIN has six digits, so what is kept of it must be slow to try: scrypt (RFC 7914), which also costs memory. The numbers
// stand beside each hash, so that they can grow later.

const base64 = z.string().regex(/^[0-9A-Za-z+/]{16,128}={0,2}$/);

export const PinHash = z.strictObject({
  v: z.literal(1),
  /** cost, a power of two */
  n: z
    .int()
    .min(2 ** 15)
    .max(2 ** 20),
  r: z.int().min(8).max(32),
  p: z.int().min(1).max(16),
  salt: base64,
  hash: base64,
});
export type PinHash = z.infer<typeof PinHash>;

/** 32 MiB for about 150 ms of one core, beside a till that sells meanwhile; one at a time (people-desk.ts). */
const COST = { n: 2 ** 15, r: 8, p: 2 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What is kept of a PIN. */
export async function hashOfPin(pin: string): Promise<PinHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(pin, salt, COST);
  return { v: 1, ...COST, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** Whether `pin` is the one. Without a hash (no such person, no PIN yet) it takes as long, and is not. */
export async function isPin(pin: string, kept: PinHash | undefined): Promise<boolean> {
  const { salt, hash, n, r, p } = kept ?? DECOY;
  const derived = await derive(pin, Buffer.from(salt, 'base64'), { n, r, p });
  const wanted = Buffer.from(hash, 'base64');
  return wanted.length === derived.length && timingSafeEqual(wanted, derived) && kept !== undefined;
}

/** Whether a hash was made with less than is asked for today. */
export function isOutdated({ n, r, p }: PinHash): boolean {
  return n * r * p < COST.n * COST.r * COST.p;
}

const DECOY: PinHash = {
  v: 1,
  ...COST,
  salt: Buffer.alloc(SALT_BYTES).toString('base64'),
  hash: Buffer.alloc(HASH_BYTES).toString('base64'),
};

/** Off the event loop: libuv's threads do the work. */
function derive(pin: string, salt: Buffer, { n, r, p }: Pick<PinHash, 'n' | 'r' | 'p'>): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
