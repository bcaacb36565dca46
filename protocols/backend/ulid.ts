const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: 48 bits of time in milliseconds, 80 random bits, 26 characters that sort by time (github.com/ulid/spec). */
export function ulid(timeMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('a ULID needs 10 random bytes');
  let text = '';
  for (let rest = timeMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) text = CROCKFORD.charAt(rest % 32) + text;
  for (let i = 0; i < 10; i += 5) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = random.subarray(i, i + 5);
    const quintets = [
      a >> 3,
      (a << 2) | (b >> 6),
      b >> 1,
      (b << 4) | (c >> 4),
      (c << 1) | (d >> 7),
      d >> 2,
      (d << 3) | (e >> 5),
      e,
    ];
    for (const quintet of quintets) text += CROCKFORD.charAt(quintet & 31);
  }
  return text;
}
