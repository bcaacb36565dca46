import type { StatementChannel, StatementRow } from '../../protocols/statements/row.ts';
import type { Finding, LocalRecord } from './differences.ts';

/** Fee by contract, in hundredths of a percent of the amount (Alipay: of what the shop received). */
export type ContractRates = { readonly [C in StatementChannel]?: number | undefined };

/** A statement that was read to its good end. */
export interface CoveredDay {
  readonly channel: StatementChannel;
  /** Beijing time, `YYYY-MM-DD` */
  readonly day: string;
}

export interface Terms {
  readonly rates: ContractRates;
  /** a payment this close to midnight may stand in the statement of the day beside */
  readonly crossDaySeconds: number;
}

/** A payment close to midnight is looked for over so many days, in the day beside among them, then it is missing. */
export const CARRIED_DAYS = 3;
export const CROSS_DAY_SECONDS = 600;
/** Fen that a fee may be off: channels round in different ways. */
const FEE_TOLERANCE = 1;
/** Rows of a statement that nobody here knows are kept so that they can be named: more are counted only. */
const MAX_STRANGERS = 10_000;

/** What the statement says of one key: a payment may be followed by its reversal. */
interface Said {
  row?: StatementRow;
  reversal?: StatementRow;
}

/**
 * The journal's records against the statements' rows. Rows may come in any order and number: only those of known payments
 * are held, and a limited number of strangers.
 */
export class Reconciliation {
  readonly #terms: Terms;
  readonly #local = new Map<string, LocalRecord>();
  readonly #said = new Map<string, Said>();
  readonly #strangers = new Map<string, Said>();
  /** rows of strangers beyond {@link MAX_STRANGERS} */
  uncounted = 0;

  constructor(local: Iterable<LocalRecord>, terms: Terms) {
    this.#terms = terms;
    for (const record of local) this.#local.set(keyOf(record), record);
  }

  /** Whether the journal has what the row is about. */
  knows(row: StatementRow): boolean {
    return this.#local.has(keyOf(row));
  }

  take(row: StatementRow): void {
    const key = keyOf(row);
    const known = this.#local.has(key);
    const held = known ? this.#said : this.#strangers;
    const said = held.get(key);
    if (!said && !known && held.size >= MAX_STRANGERS) {
      this.uncounted += 1;
      return;
    }
    // a field of a row is a slice of the text it was read from, and would keep all of it
    const copy = JSON.parse(JSON.stringify(row)) as StatementRow;
    const next = said ?? {};
    if (takesBack(row)) next.reversal = copy;
    else next.row = copy;
    held.set(key, next);
  }

  /** `covered`: the days of which a statement was read; records of other days are no business of theirs. */
  findings(covered: readonly CoveredDay[]): Finding[] {
    const found: Finding[] = [];
    for (const [key, record] of this.#local) {
      const said = this.#said.get(key);
      const finding = said ? this.#compare(key, record, said) : this.#absent(key, record, covered);
      if (finding) found.push(finding);
    }
    for (const [key, said] of this.#strangers) found.push(stranger(key, said));
    return found;
  }

  recordOf(key: string): LocalRecord | undefined {
    return this.#local.get(key);
  }

  /** The till's own that the statements have, whatever they say of it. */
  get said(): ReadonlySet<string> {
    return new Set(this.#said.keys());
  }

  /** The row that a finding is about. */
  rowOf(key: string): StatementRow | undefined {
    const said = this.#said.get(key) ?? this.#strangers.get(key);
    return said?.row ?? said?.reversal;
  }

  /** Keys of the till's own that stand in the statements and belong to other days than `covered`. */
  elsewhere(covered: readonly CoveredDay[]): string[] {
    return [...this.#said.keys()].filter((key) => {
      const record = this.#local.get(key);
      return !covered.some(({ channel, day }) => channel === record?.channel && record.timeLocal.startsWith(day));
    });
  }

  #compare(key: string, record: LocalRecord, { row, reversal }: Said): Finding {
    const state = outcome(record);
    const channelState = reversal ? 'REVERSED' : (row?.status ?? 'REVERSED');
    const channelFen = (row ?? reversal)?.amountFen ?? 0;
    // money that turned up behind an end without any, and a person has not settled: goods or a refund are owed
    if (record.state === 'DISPUTED' && channelState === 'SUCCESS')
      return { key, type: 'STATUS_MISMATCH', was: record.state, channel: channelState, channelFen, severity: 'high' };
    if (state === 'pending') {
      if (channelState === 'PROCESSING') return { key, type: 'MATCHED_PENDING' };
      const becomes = channelState === 'SUCCESS' && record.kind === 'PAYMENT' ? 'PAID' : channelState;
      return { key, type: 'LATE_RESOLVED', was: record.state, becomes };
    }
    if (channelState === 'PROCESSING' && state === 'moved') return { key, type: 'MATCHED_PENDING' };
    const moved = channelState === 'SUCCESS';
    if (moved !== (state === 'moved')) {
      if (!moved && state === 'not-moved') return { key, type: 'MATCHED' };
      return { key, type: 'STATUS_MISMATCH', was: record.state, channel: channelState, channelFen, severity: 'high' };
    }
    if (!moved) return { key, type: 'MATCHED' };
    if (channelFen !== record.amountFen)
      return { key, type: 'AMOUNT_MISMATCH', localFen: record.amountFen, channelFen };
    return (row && this.#fee(key, row)) ?? { key, type: 'MATCHED' };
  }

  #fee(key: string, row: StatementRow): Finding | undefined {
    const rate = this.#terms.rates[row.channel];
    if (rate === undefined) return undefined;
    const expectedFen = feeOf(row.channel === 'ALIPAY' ? row.settleFen : row.amountFen, rate);
    if (Math.abs(expectedFen - row.feeFen) <= FEE_TOLERANCE) return undefined;
    return { key, type: 'FEE_MISMATCH', expectedFen, channelFen: row.feeFen };
  }

  #absent(key: string, record: LocalRecord, covered: readonly CoveredDay[]): Finding | undefined {
    const day = record.timeLocal.slice(0, 10);
    if (record.unsaid) return undefined;
    const days = covered.filter(({ channel }) => channel === record.channel).map((one) => one.day);
    if (!days.includes(day)) return undefined;
    const state = outcome(record);
    if (state === 'not-moved') return { key, type: 'MATCHED_ABSENT' };
    if (state === 'pending') return { key, type: 'UNRESOLVED', was: record.state };
    const newest = days.reduce((a, b) => (a > b ? a : b));
    const waited = daysBetween(day, newest);
    const isLookedFor = waited >= CARRIED_DAYS && days.includes(dayBeside(record.timeLocal));
    if (this.#isCloseToMidnight(record) && !isLookedFor) return { key, type: 'CROSS_DAY_PENDING' };
    return { key, type: 'LOCAL_ONLY', severity: 'high' };
  }

  #isCloseToMidnight({ channel, timeLocal }: LocalRecord): boolean {
    const [hours = 0, minutes = 0, seconds = 0] = timeLocal.slice(11).split(':').map(Number);
    const ofDay = hours * 3_600 + minutes * 60 + seconds;
    return ofDay < this.#terms.crossDaySeconds || ofDay >= endOfDay(channel) - this.#terms.crossDaySeconds;
  }
}

/** When the channel's own day ends, in seconds. UnionPay's at 23:00 (from memory): what is paid in the last hour is of its next. */
function endOfDay(channel: StatementChannel): number {
  return channel === 'UNIONPAY' ? 82_800 : 86_400;
}

/** Paid, not paid, or nobody knows: all that a statement can agree or disagree with. */
function outcome({ state }: LocalRecord): 'moved' | 'not-moved' | 'pending' {
  switch (state) {
    case 'PAID':
    case 'SUCCESS':
    case 'REFUNDED':
      return 'moved';
    case 'FAILED':
    case 'REVERSED':
    case 'REJECTED':
    case 'CLOSED':
    case 'EXPIRED':
    // a manager found out that the shop has no money of it
    case 'RESOLVED':
      return 'not-moved';
    default:
      return 'pending';
  }
}

function stranger(key: string, { row, reversal }: Said): Finding {
  const channelFen = (row ?? reversal)?.amountFen ?? 0;
  if (reversal) return { key, type: 'CHANNEL_ONLY_REVERSED', channelFen };
  return { key, type: 'CHANNEL_ONLY', channelFen, severity: 'high' };
}

/** A revoked payment. Alipay lists it as a refund with no number of its own (from memory). */
function takesBack({ kind, refundId, attemptId }: StatementRow): boolean {
  return kind === 'REVERSAL' || (kind === 'REFUND' && attemptId !== null && (refundId ?? attemptId) === attemptId);
}

/** Reversals belong to the payment that they take back. */
export function keyOf(of: LocalRecord | StatementRow): string {
  const isRefund = of.kind === 'REFUND' && !('channelTxnId' in of && takesBack(of));
  const fallback = 'channelTxnId' in of ? of.channelTxnId : '';
  return `${of.channel}|${isRefund ? 'R' : 'P'}|${(isRefund ? of.refundId : of.attemptId) ?? fallback}`;
}

/** Half up, away from zero for what is given back; `rate` in hundredths of a percent. */
export function feeOf(amountFen: number, rate: number): number {
  const size = Math.floor((Math.abs(amountFen) * rate + 5_000) / 10_000);
  return amountFen < 0 && size !== 0 ? -size : size;
}

/** The day whose statement may have a payment close to midnight instead: the next one, or behind midnight the one before. */
export function dayBeside(timeLocal: string): string {
  const days = timeLocal.slice(11, 13) < '12' ? -1 : 1;
  return new Date(Date.parse(timeLocal.slice(0, 10)) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Calendar days, `YYYY-MM-DD`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
