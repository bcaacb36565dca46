import { assert, property, stringMatching, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { Fingerprints } from '../../agent/payment/fingerprints.ts';
import { classify } from '../../protocols/paycode/classify.ts';
import { paycodeFingerprint } from '../../protocols/paycode/masking.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

it('a fingerprint is the HMAC that masking.json has, for any key of a boot and any code', () => {
  const keys = uint8Array({ minLength: 32, maxLength: 32 });
  assert(
    property(keys, stringMatching(/^[0-9]{16,24}$/), (key, code) => {
      const secret = new SecretText(code);
      expect(new Fingerprints(key, systemClock).of(secret)).toBe(paycodeFingerprint(key, secret));
    }),
    { numRuns: 200 },
  );
});

it('a code is known from the moment it was offered, hashed by then or not, and for ten minutes', () => {
  const clock = new VirtualClock(0);
  const fingerprints = new Fingerprints(new Uint8Array(32), clock);
  const one = paycode('134567890123456789');
  const other = paycode('134567890123450001');
  fingerprints.remember(one);
  fingerprints.remember(other);
  expect([fingerprints.knows(one), fingerprints.knows(other)]).toEqual([true, true]);
  expect(fingerprints.knows(paycode('130000000000006789'))).toBe(false);
  clock.advance(10 * 60_000 - 1);
  expect(fingerprints.knows(one)).toBe(true);
  clock.advance(1);
  expect(fingerprints.knows(one)).toBe(false);
});

it('a code is held no longer than its sale takes to leave: then only its fingerprint is known', () => {
  const clock = new VirtualClock(0);
  const fingerprints = new Fingerprints(new Uint8Array(32), clock);
  fingerprints.remember(paycode('134567890123456789'));
  expect(clock.nextDue).toBeLessThanOrEqual(20);
  clock.advance(20);
  expect(clock.nextDue).toBeUndefined();
  expect(fingerprints.knows(paycode('134567890123456789'))).toBe(true);
});

function paycode(code: string) {
  const classified = classify(code, { source: 'scanner' });
  if (classified.kind !== 'PAYMENT_CODE') throw new Error(`${code} is a ${classified.kind}`);
  return classified.paycode;
}
