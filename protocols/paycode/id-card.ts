import { mod11Two } from './check-digits.ts';

// GB 11643: six digits of the district where the number was given (GB/T 2260), the day of birth, a sequence, a check digit.
// Numbers last for life, so the table also has the prefectures that existed between 1984 and today.

/** province -> its prefectures as ranges of the third and fourth digit. 90: counties run by the province itself. */
const PREFECTURES: Readonly<Record<string, string>> = {
  11: '01-02',
  12: '01-02',
  13: '01-11 21-30',
  14: '01-11 21-27',
  15: '01-09 21-29',
  21: '01-14',
  22: '01-08 21-24',
  23: '01-12 21-27',
  31: '01-02',
  32: '01-13 21-29',
  33: '01-11 21-29',
  34: '01-18 21-29',
  35: '01-09 21-27',
  36: '01-11 21-26',
  37: '01-17 21-30',
  41: '01-17 21-30 90',
  42: '01-13 21-29 90',
  43: '01-13 21-33',
  44: '01-20 21-31 51-53',
  45: '01-14 21-28',
  46: '01-04 90',
  50: '01-02',
  51: '01-20 21-39',
  52: '01-06 21-27',
  53: '01-09 21-34',
  54: '01-06 21-26',
  61: '01-10 21-27',
  62: '01-12 21-30',
  63: '01-02 21-28',
  64: '01-05 21-22',
  65: '01-05 21-43 90',
};

/** Residents of Taiwan, Hong Kong and Macao (71, 81-83) and foreigners (9, since 2023) have no mainland district. */
const OTHER_ISSUERS = /^(?:710000|810000|820000|830000|9\d{5})/;

const existing = new Set(
  Object.entries(PREFECTURES).flatMap(([province, ranges]) =>
    ranges.split(' ').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => province + String(from + i).padStart(2, '0'));
    }),
  ),
);

/** Districts 01-20, counties 21-49, county-level cities 81-89; anything where the province runs the counties itself. */
const COUNTY = /^..(?:90(?!00)\d\d|..(?:0[1-9]|[1-4]\d|8[1-9]))/;

function districtExists(text: string): boolean {
  return existing.has(text.slice(0, 4)) && COUNTY.test(text);
}

function issuerPlausible(text: string): boolean {
  return text.slice(0, 2) in PREFECTURES || OTHER_ISSUERS.test(text);
}

/** Of the years below; tells nearly every payment code without a look at the rest. */
function isCentury(digits: string): boolean {
  return digits === '19' || digits === '20';
}

/** Nobody whose number was born in 1900-2049 is missed; a wider range only costs WeChat codes. */
function dayExists(yyyymmdd: string): boolean {
  const year = Number(yyyymmdd.slice(0, 4));
  const month = Number(yyyymmdd.slice(4, 6));
  const day = Number(yyyymmdd.slice(6, 8));
  if (year < 1900 || year > 2049 || month < 1 || month > 12) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= last;
}

/**
 * Whether the text is a mainland resident's number. `collides`: it also has the shape of a payment code, then only an
 * existing district convinces: date and check digit alone would turn away one WeChat code in 19,000, with the district
 * it is about one in 500,000 (12 of 6 million random codes).
 */
export function isIdCard(text: string, collides: boolean): boolean {
  if (text.length === 18 && isCentury(text.slice(6, 8)) && /^\d{17}[\dXx]$/.test(text)) {
    if (!dayExists(text.slice(6, 14)) || !mod11Two(text)) return false;
    return collides ? districtExists(text) || OTHER_ISSUERS.test(text) : issuerPlausible(text);
  }
  // before 1999: two-digit year, no check digit
  return text.length === 15 && /^\d{15}$/.test(text) && districtExists(text) && dayExists(`19${text.slice(6, 12)}`);
}
