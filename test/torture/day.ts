import type { CardMake } from './card-make.ts';
import type { Chance } from './chance.ts';
import { CARD_CRASH_POINTS, CRASH_POINTS, type CrashHow, type CrashPoint, type PlannedCrash } from './crash-points.ts';
import type { FaultName } from './faults.ts';
import { PAD_POINTS } from './pad-points.ts';

// Most days are mixed: anything may happen, and what needs three things to come together hardly ever does. So some days are
// about one thing: its customers come, its faults happen every second time, and the agent dies at its points.

export type Day = 'mixed' | 'signing' | 'card' | 'hold' | 'code' | 'crash';

/** of {@link Chance} */
export const DAY_STREAM = 'what this day is about';

/** Of a hundred days. */
const SHARES: readonly (readonly [Day, number])[] = [
  ['signing', 16],
  ['card', 16],
  ['hold', 8],
  ['code', 9],
  ['crash', 9],
];

export function dayOf(chance: Chance): Day {
  let left = chance.below(100);
  for (const [day, share] of SHARES) {
    if (left < share) return day;
    left -= share;
  }
  return 'mixed';
}

/** What stands on the counter on such a day; `undefined`: whatever is drawn, also nothing. */
export const MAKES: Readonly<Partial<Record<Day, (make: CardMake) => boolean>>> = {
  signing: ({ takesCards }) => takesCards,
  card: () => true,
  hold: ({ name, takesCards }) => name === 'zvt' || (name === 'mis' && takesCards),
};

/** Of customers at a terminal that takes cards: so many have one. */
export const CARD_SHARES: Readonly<Record<Day, number>> = {
  mixed: 0.6,
  signing: 1,
  card: 0.9,
  hold: 1,
  code: 0.2,
  crash: 0.3,
};

type Rates = readonly (readonly [RegExp, number])[];

/** How readily faults happen then, the first that fits; 0: not at all. The others happen as on any day. */
const RATES: Readonly<Record<Day, Rates>> = {
  mixed: [],
  signing: [
    [/^pad-(?!pulled|switched)|^signature-/, 0.5],
    [/^terminal-|^mis-|^card-(?!pulled|switched)|^paid-by-code$|^clerk-impatient$/, 0],
  ],
  card: [
    [/^terminal-|^mis-/, 0.5],
    [/^card-settled$/, 0.5],
    [/^paid-by-code$|^card-held$/, 0],
  ],
  hold: [
    // there are many, and a hold lives long: each of its commands meets one of them every third time
    [/^terminal-|^mis-/, 0.01],
    [/^card-hold-gone$/, 0.25],
    [/^card-(unclear|refused)$/, 0.15],
    [/^(manager|program)-resolves$/, 0.6],
    [/^paid-by-code$/, 0],
  ],
  code: [
    [/^paid-by-code$/, 0.95],
    [/^code-|^connection-cut$/, 0.3],
  ],
  crash: [],
};

/** The rates of the day, over those that were drawn. */
export function ratesOf(
  day: Day,
  drawn: ReadonlyMap<FaultName, number>,
  allowed: ReadonlySet<FaultName>,
): Map<FaultName, number> {
  const rates = new Map(drawn);
  for (const fault of allowed) {
    const rate = RATES[day].find(([names]) => names.test(fault))?.[1];
    if (rate === 0) rates.delete(fault);
    else if (rate !== undefined) rates.set(fault, rate);
  }
  return rates;
}

type Points = readonly [CrashPoint, ...CrashPoint[]];
const POINTS: Readonly<Partial<Record<Day, Points>>> = {
  signing: PAD_POINTS,
  card: CARD_CRASH_POINTS,
  hold: CARD_CRASH_POINTS,
  code: CRASH_POINTS.filter((point) => point.startsWith('intent')) as unknown as Points,
  crash: CRASH_POINTS,
};

/** Where the agent dies on such a day, beside where it dies on any day. */
export function crashesOf(day: Day, chance: Chance, allowed: ReadonlySet<FaultName>): PlannedCrash[] {
  const points = POINTS[day];
  const hows: CrashHow[] = [];
  if (allowed.has('agent-killed')) hows.push('kill');
  if (allowed.has('power-cut')) hows.push('power-cut');
  const [first] = hows;
  if (!points || !first) return [];
  return Array.from({ length: chance.between(2, 5) }, () => ({
    point: chance.pick(points),
    nth: chance.pick([1, 1, 2]),
    how: chance.pick([first, ...hows]),
  }));
}
