import { assert, property, stringMatching, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { Fingerprints } from '../../agent/payment/fingerprints.ts';
import { paycodeFingerprint } from '../../protocols/paycode/masking.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';

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
