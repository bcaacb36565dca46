import type { EventData, EventEnvelope } from '../../protocols/backend/events.ts';
import { FINAL_STATES } from '../payment/attempt.ts';
import type { OutboxDrop } from './records.ts';
import type { Place } from './segments.ts';

/** An event that waits: number, rank, backend time (ms), and where in the log its entry stands. A tuple: there may be 100,000. */
export type OutboxRef = readonly [
  seq: number,
  rank: number,
  ts: number,
  segment: number,
  offset: number,
  bytes: number,
];

/** What is given up first when a limit is reached; results never. */
export const RANKS = { notice: 0, progress: 1, slip: 2, result: 3 } as const;

/** What everything but results may take up while the backend does not listen (field-lessons.md F23). */
export interface OutboxLimits {
  readonly count: number;
  /** of journal lines */
  readonly bytes: number;
  readonly ageMs: number;
}
export const OUTBOX_LIMITS: OutboxLimits = { count: 50_000, bytes: 64 * 1024 * 1024, ageMs: 30 * 86_400_000 };
/** A limit that is reached is undercut by this share, so that not every further event writes a drop. */
const DROP_SHARE = 0.1;
/** Ranges of one drop record: it stays a short line. */
const DROP_RANGES = 500;

/** Events kept ready in memory, the oldest; the others wait in the log. A window is 16. */
const READY_EVENTS = 256;

export interface OutboxStats {
  readonly waiting: number;
  /** backend time of the oldest that waits, Unix ms */
  readonly oldest: number | undefined;
  /** of journal lines */
  readonly bytes: number;
  /** events given up so far, by reason */
  readonly drops: { readonly [reason in OutboxDrop['reason']]?: number };
  readonly acked: number;
  readonly lastSeq: number;
}

/** What the backend has not acknowledged, oldest first. Only the front is in memory; of the rest, where it stands. */
export class Outbox {
  #refs: OutboxRef[] = [];
  readonly #ready = new Map<number, EventEnvelope>();
  #lastSeq = 0;
  #acked = 0;
  #drops: { readonly [reason in OutboxDrop['reason']]?: number } = {};

  get refs(): readonly OutboxRef[] {
    return this.#refs;
  }
  /** the newest event number ever used */
  get lastSeq(): number {
    return this.#lastSeq;
  }
  get acked(): number {
    return this.#acked;
  }
  /** events given up so far, by reason */
  get drops(): { readonly [reason in OutboxDrop['reason']]?: number } {
    return this.#drops;
  }

  add(event: EventEnvelope | undefined, { segment, offset, bytes }: Place): void {
    if (!event) return;
    if (this.#refs.length < READY_EVENTS) this.#ready.set(event.seq, event);
    this.#refs.push([event.seq, rankOf(event.data), event.ts, segment, offset, bytes]);
    this.#lastSeq = Math.max(this.#lastSeq, event.seq);
  }

  acknowledged(upto: number): void {
    this.#acked = Math.max(this.#acked, upto);
    const keep = this.#indexAfter(upto);
    for (const [seq] of this.#refs.splice(0, keep)) this.#ready.delete(seq);
  }

  dropped({ events, count, reason }: OutboxDrop): void {
    // A limit never takes a result. What cannot be read any more is gone, whatever it was.
    const isGone = ([seq, rank]: OutboxRef) =>
      (rank < RANKS.result || reason === 'unreadable') && events.some(([from, to]) => seq >= from && seq <= to);
    for (const ref of this.#refs) if (isGone(ref)) this.#ready.delete(ref[0]);
    this.#refs = this.#refs.filter((ref) => !isGone(ref));
    this.#drops = { ...this.#drops, [reason]: (this.#drops[reason] ?? 0) + count };
  }

  /** Events that wait, and what was given up so far. */
  get stats(): OutboxStats {
    return {
      waiting: this.#refs.length,
      oldest: this.#refs[0]?.[2],
      bytes: this.#refs.reduce((sum, ref) => sum + ref[5], 0),
      drops: this.#drops,
      acked: this.#acked,
      lastSeq: this.#lastSeq,
    };
  }

  /** Numbers up to `seq` may have been used by entries that are lost. */
  skipTo(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  resume(from: { readonly lastSeq: number; readonly acked: number; readonly drops: Outbox['drops'] }): void {
    this.#lastSeq = from.lastSeq;
    this.#acked = from.acked;
    this.#drops = from.drops;
  }

  restore(refs: readonly OutboxRef[]): void {
    this.#refs.push(...refs);
  }

  /**
   * At most `limit` events with seq > `after`, as far as they are in memory. Numbers that no event has (dropped, lost) are
   * named by `after` in the event behind them, so that the backend does not wait for them.
   */
  pending(after: number, limit: number): EventEnvelope[] {
    const events: EventEnvelope[] = [];
    for (let at = this.#indexAfter(after); at < this.#refs.length && events.length < limit; at++) {
      const event = this.#ready.get(this.#refs[at]?.[0] ?? 0);
      if (!event) break;
      const before = this.#refs[at - 1]?.[0] ?? this.#acked;
      events.push(before === event.seq - 1 ? event : { ...event, after: before });
    }
    return events;
  }

  /** Of the front, what has to be read from the log. */
  unread(): readonly OutboxRef[] {
    return this.#refs.slice(0, READY_EVENTS).filter(([seq]) => !this.#ready.has(seq));
  }

  /** An event read back from the log. */
  supply(event: EventEnvelope): void {
    if (event.seq > this.#acked) this.#ready.set(event.seq, event);
  }

  /** What has to go so that the limits hold again, lowest rank and oldest first. `now`: backend time. */
  excess(limits: OutboxLimits, now: number): OutboxDrop | undefined {
    const others = this.#refs.filter(([, rank]) => rank < RANKS.result);
    const old = others.filter(([, , ts]) => now - ts > limits.ageMs);
    if (old.length > 0) return dropOf(old, 'age');
    const ranked = [...others].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    if (others.length > limits.count)
      return dropOf(ranked.slice(0, Math.ceil(others.length - limits.count * (1 - DROP_SHARE))), 'count');
    const bytes = others.reduce((sum, ref) => sum + ref[5], 0);
    if (bytes <= limits.bytes) return undefined;
    return dropOf(upToBytes(ranked, bytes - limits.bytes * (1 - DROP_SHARE)), 'bytes');
  }

  /** The first index whose event is newer than `seq`. */
  #indexAfter(seq: number): number {
    let low = 0;
    for (let high = this.#refs.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#refs[middle]?.[0] ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function rankOf(data: EventData): number {
  switch (data.type) {
    case 'attempt':
      return FINAL_STATES.has(data.state) ? RANKS.result : RANKS.progress;
    case 'hold':
      return data.outcome === 'asked' || data.outcome === 'unknown' ? RANKS.progress : RANKS.result;
    case 'intent':
      return data.state === 'WAITING' ? RANKS.progress : RANKS.result;
    case 'slip':
      return RANKS.slip;
    case 'refund':
      return data.state === 'PROCESSING' || data.state === 'REQUESTED' ? RANKS.progress : RANKS.result;
    case 'resolution':
    // money that a person may have to find
    case 'terminal-late':
    // a person's word is said once
    case 'notice-ack':
    case 'report':
    // a day is closed once
    case 'closing':
      return RANKS.result;
    case 'signal':
    case 'alert':
    case 'limit':
      return RANKS.slip;
    case 'scan-refused':
    case 'clock':
    case 'settings':
    case 'terminal':
      return RANKS.notice;
  }
}

function upToBytes(refs: readonly OutboxRef[], bytes: number): OutboxRef[] {
  let sum = 0;
  const end = refs.findIndex((ref) => (sum += ref[5]) >= bytes);
  return refs.slice(0, end < 0 ? refs.length : end + 1);
}

/** The events as ranges of numbers, as many as one record holds. */
function dropOf(refs: readonly OutboxRef[], reason: OutboxDrop['reason']): OutboxDrop {
  const events: [number, number][] = [];
  let count = 0;
  for (const seq of refs.map(([seq]) => seq).sort((a, b) => a - b)) {
    const last = events.at(-1);
    if (last && last[1] === seq - 1) last[1] = seq;
    else if (events.length === DROP_RANGES) break;
    else events.push([seq, seq]);
    count++;
  }
  return { events, count, reason };
}

export function dropUnreadable(refs: readonly OutboxRef[]): OutboxDrop {
  return dropOf(refs, 'unreadable');
}
