import { MAX_FEN } from './fen.ts';

// 中文大写金额. Rule: 支付结算办法 (银发[1997]393号), annex 1 "正确填写票据和结算凭证的基本规定", articles 1 to 4. Where it leaves a
// choice this follows the first form of its own examples (¥107,000.53 壹拾万柒仟元零伍角叁分).

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const SECTIONS = ['', '万', '亿'];

/** Fen in capitals: `140950` is 人民币壹仟肆佰零玖元伍角, `1200` 人民币壹拾贰元整. Some banks write 正 for 整. */
export function capitals(fen: number, whole: '整' | '正' = '整'): string {
  if (!Number.isInteger(fen) || fen < 0 || fen > MAX_FEN) throw new RangeError(`${fen} is not an amount in fen`);
  const yuan = Math.floor(fen / 100);
  const [jiao, cents] = [Math.floor(fen / 10) % 10, fen % 10];
  const integer = yuan > 0 || fen === 0 ? `${yuanInCapitals(yuan)}元` : '';
  // article 4.3 and 4.4: a zero in the place of yuan or jiao is written before what follows it
  const gap = yuan > 0 && (jiao === 0 ? cents > 0 : yuan % 10 === 0) ? '零' : '';
  const fraction = `${jiao > 0 ? `${digit(jiao)}角` : ''}${cents > 0 ? `${digit(cents)}分` : ''}`;
  return `人民币${integer}${fraction === '' ? whole : gap + fraction}`;
}

const digit = (value: number) => DIGITS.charAt(value);

/** Four digits at a time, from 亿 down. */
function yuanInCapitals(yuan: number): string {
  if (yuan === 0) return digit(0);
  let text = '';
  for (let section = SECTIONS.length - 1; section >= 0; section--) {
    const value = Math.floor(yuan / 10_000 ** section) % 10_000;
    if (value === 0) continue;
    // zeros before this section's first digit, in it or in a whole section that was left out
    const skipped = Math.floor(yuan / 10_000 ** (section + 1)) % 10_000 === 0;
    if (text !== '' && (value < 1000 || skipped)) text += digit(0);
    text += sectionInCapitals(value) + (SECTIONS[section] ?? '');
  }
  return text;
}

function sectionInCapitals(value: number): string {
  let text = '';
  let zeros = false;
  for (let place = 3; place >= 0; place--) {
    const here = Math.floor(value / 10 ** place) % 10;
    if (here === 0) {
      zeros = text !== '';
      continue;
    }
    text += (zeros ? digit(0) : '') + digit(here) + (PLACES[place] ?? '');
    zeros = false;
  }
  return text;
}
