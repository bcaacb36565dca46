// CODE93 (AIM USS-93): 43 characters, four shifts for the rest of ASCII, two check characters.

const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%';
/** bars and spaces of the values 0..46 (43..46 are the shifts $ % / +) and of the start and stop character */
const WIDTHS = (
  '131112 111213 111312 111411 121113 121212 121311 111114 131211 141111 211113 211212 211311 221112 221211 231111 ' +
  '112113 112212 112311 122112 132111 111123 111222 111321 121122 131121 212112 212211 211122 211221 221121 222111 ' +
  '112122 112221 122121 123111 121131 311112 311211 321111 112131 113121 211131 121221 312111 311121 122211 111141'
).split(' ');
const [SHIFT_DOLLAR, SHIFT_PERCENT, SHIFT_SLASH, SHIFT_PLUS, START] = [43, 44, 45, 46, 47];

/** Start, data, both check characters, stop and the bar that ends it; `undefined` for what is not ASCII. */
export function code93Widths(text: string): number[] | undefined {
  if (!/^[\0-\x7f]{1,250}$/.test(text)) return undefined;
  const values = [...text].flatMap(valuesOf);
  values.push(weighted(values, 20));
  values.push(weighted(values, 15));
  return [START, ...values, START].flatMap((value) => [...(WIDTHS[value] ?? '')].map(Number)).concat(1);
}

function weighted(values: readonly number[], most: number): number {
  let sum = 0;
  values.forEach((value, k) => {
    sum += value * (((values.length - 1 - k) % most) + 1);
  });
  return sum % 47;
}

const letter = (offset: number) => 10 + offset;

function valuesOf(char: string): number[] {
  const own = CHARACTERS.indexOf(char);
  if (own >= 0) return [own];
  const code = char.charCodeAt(0);
  if (code === 0) return [SHIFT_PERCENT, letter(20)];
  if (code <= 26) return [SHIFT_DOLLAR, letter(code - 1)];
  if (code <= 31) return [SHIFT_PERCENT, letter(code - 27)];
  if (code <= 58) return [SHIFT_SLASH, letter(code - 33)];
  if (code <= 63) return [SHIFT_PERCENT, letter(code - 59 + 5)];
  if (code === 64) return [SHIFT_PERCENT, letter(21)];
  if (code <= 95) return [SHIFT_PERCENT, letter(code - 91 + 10)];
  if (code === 96) return [SHIFT_PERCENT, letter(22)];
  if (code <= 122) return [SHIFT_PLUS, letter(code - 97)];
  return [SHIFT_PERCENT, letter(code - 123 + 15)];
}
