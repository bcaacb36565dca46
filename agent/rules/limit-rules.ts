import type { OpenHours } from '../../protocols/backend/verbs.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { Advice } from '../errors.ts';
import { CATEGORIES } from '../payment/categories.ts';
import { beginningOf, firstHourOfDay, hourOf } from './beijing.ts';
import { isOpenAt, type PayLimitName, type PayLimits } from './limits.ts';
import { type Taken, type Tally, takenInDay, takenInHour } from './tally.ts';

// What a payment must keep to before it begins, pure: what was taken, what is under way, what holds, and the time.

export interface LimitCase {
  readonly amountFen: number;
  readonly limits: PayLimits;
  /** every one of them must be open */
  readonly hours: readonly (OpenHours | undefined)[];
  readonly tally: Tally;
  /** under way and perhaps paid */
  readonly open: Taken;
  /** backend time, Unix ms */
  readonly now: number;
}

export interface LimitRefusal {
  readonly code: 'AMOUNT_OVER_LIMIT' | 'LIMIT_REACHED';
  /** the limit that says no, and how far it is used */
  readonly limit: PayLimitName | 'openHours';
  readonly used: number;
  readonly of: number;
  readonly since: number;
  readonly advice: Advice;
}

/** How far a limit of a day or an hour is used. */
export interface Use {
  readonly limit: PayLimitName;
  readonly used: number;
  readonly of: number;
  /** when what is counted began, Unix ms */
  readonly since: number;
}

interface Row {
  readonly limit: Exclude<PayLimitName, 'maxFen'>;
  readonly period: 'day' | 'hour';
  readonly counts: keyof Taken;
  readonly words: Advice;
}

const ROWS: readonly Row[] = [
  { limit: 'dayFen', period: 'day', counts: 'fen', words: { zh: '今日收款总额', en: "today's total" } },
  { limit: 'dayCount', period: 'day', counts: 'count', words: { zh: '今日收款笔数', en: "today's payments" } },
  { limit: 'hourFen', period: 'hour', counts: 'fen', words: { zh: '本小时收款总额', en: "this hour's total" } },
  { limit: 'hourCount', period: 'hour', counts: 'count', words: { zh: '本小时收款笔数', en: "this hour's payments" } },
];

/** The first limit that forbids this payment. */
export function limitRefusal(asked: LimitCase): LimitRefusal | undefined {
  const { amountFen, limits, hours, now } = asked;
  const since = beginningOf(hourOf(now));
  if (amountFen > limits.maxFen) {
    const { zh, en } = CATEGORIES.AMOUNT_OVER_LIMIT;
    return {
      code: 'AMOUNT_OVER_LIMIT',
      limit: 'maxFen',
      used: amountFen,
      of: limits.maxFen,
      since,
      advice: { zh, en },
    };
  }
  const closed = hours.find((one) => !isOpenAt(one, now));
  if (closed) return { code: 'LIMIT_REACHED', limit: 'openHours', used: 0, of: 0, since, advice: outsideHours(closed) };
  for (const row of ROWS) {
    const use = useOf(row, asked);
    const more = row.counts === 'fen' ? amountFen : 1;
    if (use.used + more > use.of) return { ...use, code: 'LIMIT_REACHED', advice: reached(row, use.of) };
  }
  return undefined;
}

/** The limits of the day and of the hour, and how far each is used. */
export function usesOf(asked: Omit<LimitCase, 'amountFen' | 'hours'>): Use[] {
  return ROWS.map((row) => useOf(row, asked));
}

/** So much of it is gone that somebody should hear of it before it says no. `warnAt`: the share, four fifths as a rule. */
export function isNearlyUsed({ used, of }: Use, warnAt: number): boolean {
  return of > 0 && used >= of * warnAt;
}

function useOf(
  { limit, period, counts }: Row,
  { limits, tally, open, now }: Omit<LimitCase, 'amountFen' | 'hours'>,
): Use {
  const hour = hourOf(now);
  const taken = period === 'day' ? takenInDay(tally, hour) : takenInHour(tally, hour);
  const since = beginningOf(period === 'day' ? firstHourOfDay(hour) : hour);
  return { limit, used: taken[counts] + open[counts], of: limits[limit], since };
}

function outsideHours({ from, to }: OpenHours): Advice {
  return {
    zh: `不在收款时段（${from} 至 ${to}），请换其他方式或联系客服`,
    en: `Outside the hours of this till (${from} to ${to}). Use another method or call support`,
  };
}

function reached({ counts, words }: Row, of: number): Advice {
  const [zh, en] = counts === 'fen' ? [`${formatYuan(of)} 元`, `${formatYuan(of)} yuan`] : [`${of} 笔`, `${of}`];
  return {
    zh: `${words.zh}已到上限（${zh}），请换其他方式或联系客服（不要拆分收款）`,
    en: `The limit of ${words.en} is reached (${en}). Use another method or call support (do not split)`,
  };
}
