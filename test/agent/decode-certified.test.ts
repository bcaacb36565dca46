import { expect, it } from 'vitest';
import { certifiedDecoder } from '../../agent/decode/certified.ts';
import { ASSUMED_CERTIFIED, encodeCertified } from '../../protocols/terminal/certified/messages.ts';

const explain = (bytes: Uint8Array, unmask = false) => certifiedDecoder.explain(bytes, { unmask });

it('decode certified: who it is, and a MAC whose digits are shown only on demand', () => {
  const identity = { name: 'identity', mark: 'Work', serial: '00000902KS8312000000000001' } as const;
  const mac = { name: 'mac', mac: '91CFE10F', random: '713672' } as const;
  const bytes = Buffer.concat([identity, mac].map((message) => encodeCertified(message, ASSUMED_CERTIFIED)));
  const masked = explain(bytes);
  expect(masked.ok).toBe(true);
  expect(JSON.stringify(masked)).toContain('00000902KS8312000000000001');
  expect(JSON.stringify(masked)).not.toMatch(/713672|91CFE10F/);
  expect(JSON.stringify(explain(bytes, true))).toContain('713672');
  expect(explain(bytes.with(bytes.length - 2, 0)).ok).toBe(false);
});
