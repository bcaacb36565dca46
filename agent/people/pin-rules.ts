// Which PINs are no secret: what thieves try first (the most common ones of every published list), and dates of birth.

const LEAST_DIGITS = 6;
export const MOST_DIGITS = 12;
export const PIN = new RegExp(`^[0-9]{${LEAST_DIGITS},${MOST_DIGITS}}$`);

/** Numbers that everybody in China knows, and lines of a key pad. */
const FAMOUS = ['5201314', '1314520', '147258', '258369', '159357', '147369', '789456', '741852', '963852', '112358'];

/** Whether a PIN is too easy to guess. */
export function isTrivial(pin: string): boolean {
  return isRun(pin) || isRepeated(pin) || isPairs(pin) || isDate(pin) || FAMOUS.some((famous) => pin.includes(famous));
}

/** 000000, 123456, 987654, 135791: every step is the same, 0 follows 9 */
function isRun(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, at) => (Number(digit) - Number(pin[at]) + 10) % 10);
  return new Set(steps).size === 1;
}

/** 123123, 121212, 19901990 */
function isRepeated(pin: string): boolean {
  return [1, 2, 3, 4, 6].some(
    (size) => pin.length >= 2 * size && pin === pin.slice(0, size).repeat(pin.length).slice(0, pin.length),
  );
}

/** 112233, 111222: a few digits, each several times in a row, counting on */
function isPairs(pin: string): boolean {
  const distinct = pin.replace(/(.)\1+/g, '$1');
  return distinct.length <= pin.length / 2 && (distinct.length <= 2 || isRun(distinct));
}

/** A day as people write it: 900315, 19900315 */
function isDate(pin: string): boolean {
  if (pin.length === 8 && !/^(19|20)/.test(pin)) return false;
  const [month, day] = [Number(pin.slice(-4, -2)), Number(pin.slice(-2))];
  return (pin.length === 6 || pin.length === 8) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
