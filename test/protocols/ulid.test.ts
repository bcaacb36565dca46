import { assert, integer, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { bootId } from '../../agent/boot.ts';
import { timeOfUlid, ulid } from '../../protocols/backend/ulid.ts';

const time = integer({ min: 0, max: 2 ** 48 - 2 });
const random = uint8Array({ minLength: 10, maxLength: 10 });

it('a ULID says its time', () => {
  // the example of github.com/ulid/spec
  expect(timeOfUlid('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe(1_469_922_850_259);
  assert(property(time, random, (ms, bytes) => timeOfUlid(ulid(ms, bytes)) === ms));
  for (const text of ['', 'BOOT', '81ARZ3NDEKTSV4RRFFQ69G5FAV', '01ARZ3NDEKTSV4RRFFQ69G5FAU'])
    expect(timeOfUlid(text)).toBeUndefined();
});

it('a start sorts behind the one before it, whatever the clock says', () => {
  assert(
    property(time, random, time, random, (before, first, now, second) => {
      const last = ulid(before, first);
      return bootId(now, second, last) > last;
    }),
  );
});
