import type { AttemptStateName } from '../../protocols/backend/attempt-events.ts';
import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';

// Reads over the journal's shoulder: its own fold of the lines on the disk, so that "it is written down" is not the
// agent's word. Knows the form of a line (crc, mark, JSON) and of the records, and none of the agent's code.

export interface WrittenAttempt {
  readonly attemptId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly channel: string;
  readonly state: AttemptStateName;
  readonly reverses: number;
  readonly doing: { readonly kind: string };
  /** a yes behind its end */
  readonly late?: object;
  /** on the card terminal: what it was asked, and what it said */
  readonly card?: WrittenCard;
}

export interface WrittenCard {
  readonly command: { readonly kind: string; readonly amount: number; readonly reference: string };
  readonly commandId?: string;
  readonly refundId?: string;
  /** of a charge or cancellation of a hold */
  readonly holdId?: string;
  readonly canAsk: boolean;
  readonly result?: { readonly outcome: string; readonly evidence: { readonly by: string } };
}

export interface WrittenIntent {
  readonly intentId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly state: string;
  readonly queries: number;
  readonly closes: number;
  readonly doing: { readonly kind: string };
  readonly codeText?: string;
  readonly closeReason?: string;
  readonly payment?: { readonly paidFen: number };
  readonly secondPayment?: object;
  readonly task?: string;
}

export interface WrittenOrder {
  readonly orderId: string;
  readonly state: string;
  readonly commandId: string;
}

export interface WrittenSlip {
  readonly slipId: string;
  readonly attemptId: string;
  readonly state: string;
  readonly duplicate: boolean;
  readonly proof?: string;
}

export interface WrittenRefund {
  readonly refundId: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly refundFen: number;
  readonly state: string;
  readonly doing: { readonly kind: string; readonly until?: number };
}

export interface WrittenRecord {
  readonly type: string;
  readonly data: {
    readonly record?: { readonly attempt: WrittenAttempt };
    readonly intent?: WrittenIntent;
    readonly order?: WrittenOrder;
    readonly slip?: WrittenSlip;
    readonly refund?: WrittenRefund;
    readonly noticeId?: string;
    readonly by?: { readonly personId: string };
    readonly recalled?: { readonly order: WrittenOrder; readonly refunds: readonly WrittenRefund[] };
    readonly orders?: readonly string[];
    readonly attempts?: readonly string[];
    readonly resolution?: {
      readonly about: readonly string[];
      readonly orderId: string;
      readonly outcome: string;
      readonly hold?: 'stands' | 'gone';
      readonly charge?: { readonly attemptId?: string };
    };
    /** of the card terminal, about nothing that waited */
    readonly late?: { readonly reference?: string; readonly outcome: string; readonly standing?: string };
    readonly command?: { readonly id: string; readonly type: string };
    readonly result?: CommandResult;
    readonly event?: EventEnvelope;
    /** a yes of the terminal behind its no: the attempt with it, and what the backend hears of its hold */
    readonly surprised?: { readonly attempt: WrittenAttempt };
    readonly holdEvent?: EventEnvelope;
    readonly upto?: number;
    /** event numbers given up, both ends included */
    readonly events?: readonly (readonly [from: number, to: number])[];
  };
}

interface Line {
  readonly end: number;
  readonly record: WrittenRecord;
}

interface Segment {
  length: number;
  durable: number;
  /** where the last whole line ends that is durable: behind it only the beginning of a failed write can stand */
  said: number;
  /** lines behind the durable end */
  pending: Line[];
}

export const FINALS: ReadonlySet<string> = new Set([
  'PAID',
  'FAILED',
  'REVERSED',
  'NEEDS_MANUAL_CHECK',
  // of an intent
  'EXPIRED',
  'CLOSED',
  'DISPUTED',
]);
const SEGMENT = /^journal-\d+\.log$/;
const decoder = new TextDecoder();

/** What a set of lines says. */
export class Written {
  readonly attempts = new Map<string, WrittenAttempt>();
  readonly intents = new Map<string, WrittenIntent>();
  readonly orders = new Map<string, WrittenOrder>();
  readonly slips = new Map<string, WrittenSlip>();
  /** id -> verb */
  readonly commands = new Map<string, string>();
  readonly refunds = new Map<string, WrittenRefund>();
  /** attempts of which a person has said what became of their money */
  readonly settled = new Set<string>();
  /** orders of which a person has said it */
  readonly resolved = new Set<string>();
  /** attempts that had failed, and of which the terminal said yes later */
  readonly surprised = new Set<string>();
  readonly results = new Map<string, CommandResult>();
  /** what memory was allowed to let go of: its money was accounted for */
  readonly forgotten = new Set<string>();
  /** notice -> who has read it */
  readonly noticesRead = new Map<string, string>();
  readonly events = new Map<number, string>();
  /** what must never be given up */
  readonly resultEvents = new Set<number>();
  readonly givenUp = new Set<number>();
  /** of the card terminal, about nothing that waited */
  lateWords = 0;
  acknowledged = 0;
  records = 0;

  fold({ type, data }: WrittenRecord): void {
    this.records += 1;
    for (const { attempt } of [data.record, data.surprised].filter((one) => one !== undefined))
      this.attempts.set(attempt.attemptId, attempt);
    if (data.intent) this.intents.set(data.intent.intentId, data.intent);
    if (data.order) this.orders.set(data.order.orderId, data.order);
    if (data.slip) this.slips.set(data.slip.slipId, data.slip);
    if (data.command) this.commands.set(data.command.id, data.command.type);
    if (data.refund) this.refunds.set(data.refund.refundId, data.refund);
    for (const id of data.resolution?.about ?? []) this.settled.add(id);
    if (data.result) this.results.set(data.result.id, data.result);
    if (data.resolution) this.resolved.add(data.resolution.orderId);
    if (type === 'TERMINAL_LATE') this.#late(data);
    if (type === 'FORGET') this.#forget(data);
    if (data.recalled) this.#recall(data.recalled);
    if (type === 'NOTICE_ACK' && data.by) this.noticesRead.set(data.noticeId ?? '', data.by.personId);
    for (const { seq, id } of [data.event, data.holdEvent].filter((one) => one !== undefined)) this.events.set(seq, id);
    const news = data.event?.data;
    if (data.event && (news?.type === 'attempt' || news?.type === 'intent') && FINALS.has(news.state))
      this.resultEvents.add(data.event.seq);
    for (const [from, to] of (type === 'OUTBOX_DROP' && data.events) || [])
      for (let seq = from; seq <= to; seq++) this.givenUp.add(seq);
    if (type === 'OUTBOX_ACK') this.acknowledged = Math.max(this.acknowledged, data.upto ?? 0);
  }

  #late({ late }: WrittenRecord['data']): void {
    this.lateWords += 1;
    if (late?.outcome !== 'approved' || late.standing === 'provisional' || late.reference === undefined) return;
    for (const { attemptId, state, card } of this.attempts.values())
      if (state === 'FAILED' && card?.command.reference === late.reference) this.surprised.add(attemptId);
  }

  #forget({ orders = [], attempts = [] }: WrittenRecord['data']): void {
    for (const id of orders) this.orders.delete(id);
    for (const id of attempts) {
      this.attempts.delete(id);
      this.forgotten.add(id);
    }
  }

  #recall({ order, refunds }: NonNullable<WrittenRecord['data']['recalled']>): void {
    if (this.orders.has(order.orderId)) return;
    this.orders.set(order.orderId, order);
    for (const refund of refunds) if (!this.refunds.has(refund.refundId)) this.refunds.set(refund.refundId, refund);
  }
}

export class Witness {
  /** what survives a power cut in this moment */
  readonly durable = new Written();
  /** a record was handed to the disk */
  onRecord: (record: WrittenRecord) => void = () => undefined;
  /** a record became durable */
  onDurable: (record: WrittenRecord) => void = () => undefined;
  readonly #segments = new Map<string, Segment>();

  /** Records of one write, as far as they are whole lines. */
  records(name: string, bytes: Uint8Array): WrittenRecord[] {
    return SEGMENT.test(name) ? linesOf(bytes, 0).map(({ record }) => record) : [];
  }

  appending(name: string, bytes: Uint8Array): void {
    if (!SEGMENT.test(name)) return;
    const segment = this.#segment(name);
    const lines = linesOf(bytes, segment.length);
    segment.length += bytes.length;
    segment.pending.push(...lines);
    for (const { record } of lines) this.onRecord(record);
  }

  synced(name: string, length: number): void {
    if (!SEGMENT.test(name)) return;
    const segment = this.#segment(name);
    segment.durable = length;
    const kept = segment.pending.filter(({ end }) => end <= length);
    segment.pending = segment.pending.filter(({ end }) => end > length);
    // one sync makes all of them durable: whoever dies of the first one dies with the last one on the disk (seed 2443)
    for (const { record, end } of kept) {
      segment.said = end;
      this.durable.fold(record);
    }
    for (const { record } of kept) this.onDurable(record);
  }

  /** The agent cut the file. Cutting what was durable would be a loss: told. */
  cut(name: string, length: number): 'durable' | undefined {
    if (!SEGMENT.test(name)) return undefined;
    const segment = this.#segment(name);
    const lost = length < segment.said ? 'durable' : undefined;
    segment.length = length;
    segment.durable = Math.min(segment.durable, length);
    segment.pending = segment.pending.filter(({ end }) => end <= length);
    return lost;
  }

  /**
   * After a power cut: what survived of the unsynced is as good as synced, up to the first line that did not. Behind that
   * the same write may go on; it was promised to nobody and is cut as a whole. `read` gives the surviving bytes.
   */
  survived(lengths: ReadonlyMap<string, number>, read: (name: string) => Uint8Array): void {
    for (const [name, length] of lengths) {
      if (!SEGMENT.test(name)) continue;
      const segment = this.#segment(name);
      const from = segment.durable;
      for (const { record } of wholeLinesOf(read(name).subarray(from), from)) {
        this.durable.fold(record);
        this.onDurable(record);
      }
      segment.pending = [];
      segment.length = length;
      // a torn end is cut by the next start, which is no loss
      segment.durable = Math.min(length, from);
    }
  }

  /** What a program reads now: the durable, and what stands in the page cache behind it. */
  current(): Written {
    const current = new Written();
    for (const [id, attempt] of this.durable.attempts) current.attempts.set(id, attempt);
    for (const [id, intent] of this.durable.intents) current.intents.set(id, intent);
    for (const [id, type] of this.durable.commands) current.commands.set(id, type);
    for (const [id, refund] of this.durable.refunds) current.refunds.set(id, refund);
    for (const [id, result] of this.durable.results) current.results.set(id, result);
    for (const [seq, id] of this.durable.events) current.events.set(seq, id);
    for (const [id, by] of this.durable.noticesRead) current.noticesRead.set(id, by);
    for (const { pending } of this.#segments.values()) for (const { record } of pending) current.fold(record);
    return current;
  }

  /** Nothing is on its way to the disk. */
  get isQuiet(): boolean {
    return [...this.#segments.values()].every(({ pending }) => pending.length === 0);
  }

  #segment(name: string): Segment {
    const known = this.#segments.get(name);
    if (known) return known;
    const segment: Segment = { length: 0, durable: 0, said: 0, pending: [] };
    this.#segments.set(name, segment);
    return segment;
  }
}

/** Lines that are whole and parse; `from`: where `bytes` begin in the file. */
function linesOf(bytes: Uint8Array, from: number): Line[] {
  const lines: Line[] = [];
  for (let at = 0, end = bytes.indexOf(0x0a); end >= 0; at = end + 1, end = bytes.indexOf(0x0a, at)) {
    const record = parse(decoder.decode(bytes.subarray(at, end)));
    if (record) lines.push({ end: from + end + 1, record });
  }
  return lines;
}

/** The same, up to the first that is not whole: a sector that was lost reads as zeros. */
function wholeLinesOf(bytes: Uint8Array, from: number): Line[] {
  const hole = bytes.indexOf(0);
  return linesOf(hole < 0 ? bytes : bytes.subarray(0, hole), from);
}

function parse(line: string): WrittenRecord | undefined {
  const json = line.indexOf('{');
  if (json < 0) return undefined;
  try {
    return JSON.parse(line.slice(json)) as WrittenRecord;
  } catch {
    return undefined; // torn
  }
}
