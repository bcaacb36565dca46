import { formatYuan, parseYuan } from '../../../protocols/money/fen.ts';
import { language } from './language.ts';

// Yuan as they are keyed in and shown. Money is integer fen everywhere else; the strict pattern is that of protocols/money.

/** What may stand in the field while it is being keyed in. */
const PARTIAL = /^(?:(?:0|[1-9]\d{0,8})(?:\.\d{0,2})?)?$/;

/** The text after one more key of the pad; unchanged when the key has no place there. */
export function pressed(text: string, key: string): string {
  if (key === 'clear') return '';
  if (key === 'back') return text.slice(0, -1);
  const longer = key === '.' && text === '' ? '0.' : text === '0' && key !== '.' ? key : text + key;
  return mayStand(longer) ? longer : text;
}

export function mayStand(text: string): boolean {
  return PARTIAL.test(text);
}

/** `12`, `12.` and `12.5` are whole while they are keyed in; `undefined`: nothing to collect. */
export function fenOf(text: string): number | undefined {
  return parseYuan(text.endsWith('.') ? text.slice(0, -1) : text);
}

const GROUPED = new Intl.NumberFormat('en-US');

/** `1234567` is "12,345.67". */
export function yuan(fen: number): string {
  const [whole = '0', decimals = '00'] = formatYuan(fen).split('.');
  return `${whole.startsWith('-') ? '-' : ''}${GROUPED.format(Math.abs(Number(whole)))}.${decimals}`;
}

/** As a person says it: 1250 is "12元5角", 1205 is "12元零5分". */
export function spoken(fen: number): string {
  const [whole, jiao, cent] = [Math.trunc(fen / 100), Math.trunc((fen % 100) / 10), fen % 10];
  const parts = [
    whole > 0 ? `${whole}元` : '',
    jiao > 0 ? `${jiao}角` : whole > 0 && cent > 0 ? '零' : '',
    cent > 0 ? `${cent}分` : '',
  ];
  return parts.join('');
}

const BEIJING = 'Asia/Shanghai';

/** Time of day of a Unix time in China, where the till stands. */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: BEIJING, timeStyle: 'medium' }).format(at);
}

/** The Chinese day of a Unix time: YYYY-MM-DD. */
export function dayOf(at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: BEIJING }).format(at);
}

export function dateTime(at: number): string {
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB';
  return new Intl.DateTimeFormat(locale, { timeZone: BEIJING, dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
