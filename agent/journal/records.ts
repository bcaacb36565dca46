import type { Json } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { NoticeArgs } from '../../protocols/backend/verbs.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { LateWord } from '../payment/card.ts';
import type { Settlement } from '../payment/card-settlement.ts';
import type { Intent } from '../payment/intent.ts';
import type { OrderState } from '../payment/order-states.ts';
import type { Settings } from '../payment/terminal-state.ts';
import type { Deed } from '../people/deed.ts';
import type { Charge } from '../refunds/charge.ts';
import type { Refund } from '../refunds/refund.ts';
import type { Resolution } from '../refunds/resolution.ts';
import type { PeriodDeed, Periods } from '../reports/report.ts';
import type { NoticeReader } from '../rules/notice.ts';
import type { Printable, PrintPriority } from '../slips/printable.ts';
import type { Carried } from '../statements/carry.ts';
import type { ReconciledDay } from '../statements/carry-memory.ts';
import type { Entry, EntryRef } from './entry.ts';
import type { JournalRecord } from './journal.ts';

// What the till writes down. An event for the backend travels inside the record it tells of, so that result and outbox
// entry are on disk together or not at all. No record holds a paycode: attempts keep first 2 + last 4.

/** What is to be paid for. */
export interface Order {
  readonly orderId: string;
  readonly amountFen: number;
  readonly title?: string;
  /** the command that asked for it */
  readonly commandId: string;
  readonly state: OrderState;
  /** the newest attempt to be paid for it */
  readonly attemptId?: string;
  /** the newest intent to be paid for it, when it is newer than the attempt */
  readonly intentId?: string;
  /** an attempt or intent that had ended without money and of which the channel said SUCCESS afterwards: the order ends DISPUTED */
  readonly lateSuccess?: string;
  /** further ones while a person has not looked: their money is in doubt too */
  readonly alsoLate?: readonly string[];
  /** attempts of which a person has said what became of their money: a late word about them disputes nothing any more */
  readonly settled?: readonly string[];
}

/** An attempt with where it stands in time: `startedAt` is the wall clock (ms) of its pay request, for a later process. */
export interface AttemptRecord {
  readonly attempt: Attempt;
  readonly startedAt: number;
  /** the wall clock agreed with the backend's at that moment: only then a later process may count from it */
  readonly clockTrusted?: boolean;
  /** how the code came in, when it was no gun of the agent's own: typed by hand, or by a gun into the page */
  readonly source?: 'manual' | 'page-wedge';
}

/**
 * A print job and how far its evidence goes. `queued`: on disk, not one byte left. `sending`: bytes may be leaving; found
 * so at a start, it becomes `unknown`, and somebody has to look at the paper. `cleared`: the printer had it and said that it
 * forgot it: it never came out whole, and one printed after that is marked.
 */
export interface Slip {
  readonly slipId: string;
  readonly attemptId: string;
  readonly state: 'queued' | 'sending' | 'sent' | 'unknown' | 'cleared';
  /** reprints are marked */
  readonly duplicate: boolean;
  /** which receipt of the card terminal it is; absent: the payment's own slip */
  readonly receipt?: number;
  /**
   * `confirmed`: the printer echoed the job's id after printing; `processed`: it answered a question behind the slip;
   * `sent`: the bytes were handed over; `clerk`: seen
   */
  readonly proof?: 'confirmed' | 'processed' | 'sent' | 'clerk';
}

/**
 * A print job that is no payment's slip, with all that will stand on the paper, and how far its evidence goes. `dropped`:
 * it was not printed and will not be.
 */
export interface DocumentJob {
  readonly jobId: string;
  readonly document: Printable;
  readonly priority: PrintPriority;
  /** who or what asked for it: a person, a command, a program of the local API; who opened the drawer is read here */
  readonly by: string;
  /** wall clock (ms) */
  readonly askedAt: number;
  /** backend time, Unix ms: what was not begun by then is not printed any more */
  readonly until: number;
  readonly state: Slip['state'] | 'dropped';
  /** a reprint of the job `of`; marked */
  readonly of?: string;
  readonly proof?: NonNullable<Slip['proof']>;
  readonly dropped?: 'EXPIRED' | 'CANCELLED' | 'UNPRINTABLE';
}

/** What changes of a job while it is printed. */
export type DocumentProgress = Pick<DocumentJob, 'jobId' | 'state' | 'proof' | 'dropped'>;

export type TillRecord =
  | { readonly type: 'BOOT'; readonly boot: string; readonly version: string }
  | { readonly type: 'SETTINGS'; readonly settings: Settings; readonly event?: EventEnvelope }
  /** `personId`: who at the counter wants it */
  | {
      readonly type: 'COMMAND';
      readonly command: CommandEnvelope;
      readonly personId?: string;
      /** the backend's time was unknown: what the command says of time is the word of this PC's clock alone */
      readonly untimed?: true;
    }
  /** somebody at the counter did something that is no command */
  | { readonly type: 'PERSON'; readonly deed: Deed }
  /** a shift was opened or closed, a business day closed: with what it came to */
  | { readonly type: 'PERIOD'; readonly deed: PeriodDeed; readonly event?: EventEnvelope }
  /** a statement was held against the journal by a person; what is carried to the next one has changed so */
  | { readonly type: 'RECONCILED'; readonly reconciled: ReconciledDay; readonly carried: readonly Carried[] }
  /** a person says what became of a difference that was carried */
  | { readonly type: 'CARRY_CLEARED'; readonly carried: Carried }
  | { readonly type: 'COMMAND_RESULT'; readonly result: CommandResult }
  | { readonly type: 'ORDER'; readonly order: Order }
  | {
      readonly type: 'ATTEMPT';
      readonly record: AttemptRecord;
      readonly order: Order;
      readonly event?: EventEnvelope;
      /** the job of a payment's slip is born in the record that says PAID: there is never one without the other */
      readonly slip?: Slip;
      /** and those of the further receipts that a card terminal has printed here */
      readonly copies?: readonly Slip[];
      /** what it has printed of a refund or a refusal: no payment's slips, and as little lost */
      readonly documents?: readonly DocumentJob[];
    }
  /** the slip of its payment is born in the record that says PAID */
  | {
      readonly type: 'INTENT';
      readonly intent: Intent;
      readonly order: Order;
      readonly event?: EventEnvelope;
      readonly slip?: Slip;
    }
  /** what its end does to the order follows from it when it is folded: nothing written beside it can be undone */
  | { readonly type: 'REFUND'; readonly refund: Refund; readonly event?: EventEnvelope }
  /** an order that memory had let go of is remembered again, because somebody asks for a refund of it */
  | { readonly type: 'RECALL'; readonly recalled: Recalled }
  /** something that the people at the counter must read */
  | { readonly type: 'NOTICE'; readonly notice: NoticeArgs }
  /** a person says that it was read */
  | { readonly type: 'NOTICE_ACK'; readonly noticeId: string; readonly by: NoticeReader; readonly event: EventEnvelope }
  | { readonly type: 'RESOLUTION'; readonly resolution: Resolution; readonly event?: EventEnvelope }
  | { readonly type: 'SLIP'; readonly slip: Slip; readonly event?: EventEnvelope }
  | { readonly type: 'DOCUMENT'; readonly job: DocumentJob }
  | { readonly type: 'DOCUMENT_PROGRESS'; readonly progress: DocumentProgress }
  /** the card terminal spoke of a transaction that nobody waited for: evidence, never applied */
  | {
      readonly type: 'TERMINAL_LATE';
      readonly late: LateWord;
      readonly protocol: string;
      /** the attempt that was under way, or that the terminal was asked about */
      readonly during?: string;
      readonly event: EventEnvelope;
      /** a yes behind the no of this attempt: the attempt with what was said */
      readonly surprised?: AttemptRecord;
      /** of a hold nobody knows any more what became of: told by the entry that makes it so */
      readonly holdEvent?: EventEnvelope;
    }
  /** an end of day of the card terminal: before its first byte without `outcome`, then with the terminal's word */
  | { readonly type: 'TERMINAL_SETTLED'; readonly settlement: Settlement }
  | { readonly type: 'EVENT'; readonly event: EventEnvelope }
  /** the backend keeps every event up to `upto`; `anchor` is the newest journal entry it says it has seen */
  | { readonly type: 'OUTBOX_ACK'; readonly upto: number; readonly anchor?: EntryRef }
  | ({ readonly type: 'OUTBOX_DROP' } & OutboxDrop)
  | ({ readonly type: 'FORGET' } & Forgotten)
  | ({ readonly type: 'DAMAGE' } & Damage)
  /** a person has looked at every damage told of up to and including entry `upto` */
  | { readonly type: 'REVIEWED'; readonly by: string; readonly upto: number }
  /** segments up to `segment` were removed; `last` is their last entry. What only they said is said again here */
  | {
      readonly type: 'RETIRED';
      readonly segment: number;
      readonly last: EntryRef;
      readonly eventSeq: number;
      readonly acked: number;
      readonly settings: Settings;
      readonly anchor?: EntryRef;
      readonly periods?: Periods;
      readonly carried?: readonly Carried[];
      readonly reconciledDays?: readonly ReconciledDay[];
      readonly boot?: string;
    }
  /** this log was put back from a copy that ended at `last`; event numbers go on from `eventSeq` */
  | { readonly type: 'RESTORED'; readonly last: EntryRef; readonly eventSeq: number };

/** Events given up because the outbox had reached a limit. Never results. */
export interface OutboxDrop {
  /** ranges of event numbers, both ends included */
  readonly events: readonly (readonly [from: number, to: number])[];
  readonly count: number;
  readonly reason: 'count' | 'bytes' | 'age' | 'unreadable';
}

/** A paid order that memory let go of, as the log has it. */
export interface Recalled {
  readonly order: Order;
  readonly charge: Charge;
  /** all that was ever to go back of it */
  readonly refunds: readonly Refund[];
}

/**
 * What leaves memory. The log and the projection keep it. Written down, so that a start from the first entry and one
 * from a checkpoint know the same.
 */
export interface Forgotten {
  readonly commands: readonly string[];
  readonly orders: readonly string[];
  readonly attempts: readonly string[];
  readonly intents?: readonly string[];
  readonly refunds?: readonly string[];
  readonly documents?: readonly string[];
}

/** A part of the log that cannot be read, or is gone. */
export interface Damage {
  readonly segment: string;
  readonly offset: number;
  /** 0: entries are missing between two good ones */
  readonly bytes: number;
  readonly afterSeq: number;
  /** the first good entry behind it */
  readonly nextSeq?: number;
  /** where the damaged segment was copied to */
  readonly copy?: string;
  /** attempts that the unreadable bytes still name */
  readonly attempts: readonly string[];
  /** event numbers go on behind this one: the lost entries may have used some */
  readonly eventSeq: number;
}

/** The events for the backend that the record carries, in the order of their numbers. */
export function eventsOf(record: TillRecord): readonly EventEnvelope[] {
  const first = 'event' in record && record.event ? [record.event] : [];
  return record.type === 'TERMINAL_LATE' && record.holdEvent ? [...first, record.holdEvent] : first;
}

/** A record as the journal takes it. */
export function toJournal(record: TillRecord): JournalRecord {
  const { type, ...data } = record;
  return { type, data: data as unknown as { [key: string]: Json | undefined } };
}

/** An entry as the record it was made of. The chain and the CRC have proved that this program wrote it. */
export function fromJournal(entry: Entry): TillRecord {
  return { type: entry.type, ...entry.data } as unknown as TillRecord;
}
