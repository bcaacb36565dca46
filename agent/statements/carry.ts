import type { StatementChannel } from '../../protocols/statements/row.ts';
import type { Finding, LocalRecord } from './differences.ts';
import { beijingTime } from './local-records.ts';
import { CARRIED_DAYS, dayBeside, daysBetween } from './reconcile.ts';

// Payments around midnight: the till says today, the channel says tomorrow. Such a difference is carried from one statement to the
// next until it is found there, until the till itself knows better, or until a person says what became of it.

/** How it ended. */
export type CarryEnd =
  /** found in the statement of this day */
  | { readonly kind: 'matched'; readonly day: string; readonly at: number }
  /** the till has no money of it any more: taken back, or settled by a person */
  | { readonly kind: 'void'; readonly at: number }
  | { readonly kind: 'cleared'; readonly personId: string; readonly note: string; readonly at: number };

/** One payment or refund that waits for its statement. */
export interface Carried {
  /** as in a finding: `WECHAT|P|attemptId` */
  readonly key: string;
  readonly channel: StatementChannel;
  readonly kind: 'PAYMENT' | 'REFUND';
  readonly orderId?: string;
  readonly amountFen: number;
  /** the till's word, Beijing time */
  readonly timeLocal: string;
  /** backend time at which it was carried first, Unix ms */
  readonly since: number;
  /** days of the statements in which it was looked for and is not, in order */
  readonly lookedIn: readonly string[];
  readonly end?: CarryEnd;
}

/** A statement that people have held against the journal. */
export interface LookedBefore {
  readonly channel: StatementChannel;
  /** missing: it did not say */
  readonly day?: string;
  readonly at: number;
}

/** What one statement says, as far as the carrying goes. */
export interface Looked {
  readonly channel: StatementChannel;
  /** of the statement, Beijing time */
  readonly day: string;
  readonly at: number;
  readonly findings: readonly Finding[];
  /** statements that were held against the journal before this one */
  readonly before: readonly LookedBefore[];
  /** keys of the till's own that stand in the statement */
  readonly said: ReadonlySet<string>;
  /** those of them that belong to another day */
  readonly elsewhere: readonly string[];
  readonly recordOf: (key: string) => LocalRecord | undefined;
}

/** More than so many at once are no matter of midnight: what does not fit stays a difference of its day. */
const MOST_CARRIED = 200;

/** Of statements in which something is not, the newest are named. */
const MOST_LOOKED = 10;

export interface CarriedOn {
  /** new, and changed */
  readonly changes: readonly Carried[];
  /** what is left for people of this statement */
  readonly findings: readonly Finding[];
}

/** Works one statement off against what is carried. */
export function carriedOn(known: ReadonlyMap<string, Carried>, looked: Looked): CarriedOn {
  const pending = new Set(looked.findings.filter(({ type }) => type === 'CROSS_DAY_PENDING').map(({ key }) => key));
  const open = [...known.values()].filter(({ channel, end }) => channel === looked.channel && !end);
  const aged = open.map((one) => agedBy(one, looked));
  const found = looked.elsewhere.filter((key) => !known.has(key)).flatMap((key) => early(key, looked));
  const room = MOST_CARRIED - aged.filter(({ end }) => !end).length;
  const fresh = [...pending].filter((key) => !known.has(key)).flatMap((key) => first(key, looked));
  const kept = [...aged, ...found, ...fresh.slice(0, Math.max(0, room))];
  const now = new Map([...known, ...kept.map((one) => [one.key, one] as const)]);
  const late = aged.filter((one) => !one.end && isOverdue(one) && !pending.has(one.key)).map(missing);
  return {
    changes: kept.filter((one) => known.get(one.key) !== one),
    findings: [...looked.findings.flatMap((finding) => left(finding, now.get(finding.key))), ...late],
  };
}

type Waiting = Pick<Carried, 'timeLocal' | 'lookedIn'>;

/** It was looked for in the statement of the day beside, and in one of long enough behind its day: it is missing. */
export function isOverdue({ timeLocal, lookedIn }: Waiting): boolean {
  return wantedDay({ timeLocal, lookedIn }) === undefined && lookedIn.some((day) => isLate(timeLocal, day));
}

/** The day beside, as long as nobody has chosen its statement: nothing else can end the waiting. */
export function wantedDay({ timeLocal, lookedIn }: Waiting): string | undefined {
  const day = dayBeside(timeLocal);
  return lookedIn.includes(day) ? undefined : day;
}

function isLate(timeLocal: string, day: string): boolean {
  return daysBetween(timeLocal.slice(0, 10), day) >= CARRIED_DAYS;
}

/** A person says what became of it. */
export function cleared(carried: Carried, personId: string, note: string, at: number): Carried {
  return { ...carried, end: { kind: 'cleared', personId, note, at } };
}

function agedBy(one: Carried, { day, at, said, recordOf }: Looked): Carried {
  if (said.has(one.key)) return { ...one, end: { kind: 'matched', day, at } };
  const record = recordOf(one.key);
  if (record && !MOVED.has(record.state)) return { ...one, end: { kind: 'void', at } };
  return isNear(one.timeLocal, day) && !one.lookedIn.includes(day)
    ? { ...one, lookedIn: lookedThrough(one.timeLocal, [...one.lookedIn, day]) }
    : one;
}

/** A statement of long before cannot have it. */
function isNear(timeLocal: string, day: string): boolean {
  return daysBetween(timeLocal.slice(0, 10), day) >= -1;
}

/** In order, the newest and the day beside. */
function lookedThrough(timeLocal: string, days: readonly string[]): readonly string[] {
  const inOrder = [...new Set(days)].sort();
  const beside = dayBeside(timeLocal);
  return inOrder.filter((day, n) => day === beside || n >= inOrder.length - MOST_LOOKED);
}

const MOVED: ReadonlySet<string> = new Set(['PAID', 'REFUNDED', 'SUCCESS']);

/** The next day's statement came first: its own day's need not look for it any more. */
function early(key: string, looked: Looked): Carried[] {
  return first(key, looked).map((one) => {
    return { ...one, lookedIn: [], end: { kind: 'matched', day: looked.day, at: looked.at } } as const;
  });
}

function first(key: string, looked: Looked): Carried[] {
  const { recordOf, day, at } = looked;
  const record = recordOf(key);
  if (!record) return [];
  const { channel, kind, orderId, amountFen, timeLocal } = record;
  const about = orderId === undefined ? {} : { orderId };
  const lookedIn = lookedThrough(timeLocal, [...lookedBefore(record, looked), day]);
  return [{ key, channel, kind, ...about, amountFen, timeLocal, since: at, lookedIn }];
}

/** Statements that were chosen when the payment was there already would have named it. */
function lookedBefore({ channel, timeLocal }: LocalRecord, { before }: Looked): string[] {
  return before.flatMap(({ channel: of, day, at }) =>
    of === channel && day !== undefined && isNear(timeLocal, day) && beijingTime(at) > timeLocal ? [day] : [],
  );
}

/** What is carried to its end is no difference any more; what waits too long, or has no room to wait, is one. */
function left(finding: Finding, carried: Carried | undefined): readonly Finding[] {
  if (finding.type !== 'CROSS_DAY_PENDING') return [finding];
  if (!carried) return [missing(finding)];
  if (carried.end) return [];
  return [isOverdue(carried) ? missing(carried) : finding];
}

function missing({ key }: Pick<Finding, 'key'>): Finding {
  return { key, type: 'LOCAL_ONLY', severity: 'high' };
}
