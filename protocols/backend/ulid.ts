/** Crockford's base 32, as character codes. */
const DIGITS = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (digit) => digit.charCodeAt(0));
const digit = (value: number) => DIGITS[value & 31] ?? 0;

/** 48 bits of time: the first digit has three of them */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Of the ten digits of time, the five low ones. */
const LOW = 32 ** 5;

/**
 * A ULID: 48 bits of time in milliseconds, 80 random bits, 26 characters that sort by time (github.com/ulid/spec). Two are
 * made between a scan and its request: in one go, not character by character.
 */
export function ulid(timeMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('a ULID needs 10 random bytes');
  const [high, low] = [Math.floor(timeMs / LOW), timeMs % LOW];
  return String.fromCharCode(...timeDigits(high), ...timeDigits(low), ...quintets(random, 0), ...quintets(random, 5));
}

/** The time in a ULID, ms; `undefined`: it is none. */
export function timeOfUlid(id: string): number | undefined {
  if (!ULID.test(id)) return undefined;
  let time = 0;
  for (const char of id.slice(0, 10)) time = time * 32 + DIGITS.indexOf(char.charCodeAt(0));
  return time;
}

const timeDigits = (value: number) => [
  digit(value >> 20),
  digit(value >> 15),
  digit(value >> 10),
  digit(value >> 5),
  digit(value),
];

/** Five bytes are eight digits. */
function quintets(random: Uint8Array, from: number): number[] {
  const byte = (at: number) => random[from + at] ?? 0;
  return [
    digit(byte(0) >> 3),
    digit((byte(0) << 2) | (byte(1) >> 6)),
    digit(byte(1) >> 1),
    digit((byte(1) << 4) | (byte(2) >> 4)),
    digit((byte(2) << 1) | (byte(3) >> 7)),
    digit(byte(3) >> 2),
    digit((byte(3) << 3) | (byte(4) >> 5)),
    digit(byte(4)),
  ];
}
