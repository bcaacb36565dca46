import type { Json } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope, CommandResult, EventEnvelope } from '../../protocols/backend/messages.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { OrderState } from '../payment/order-states.ts';
import type { Settings } from '../payment/terminal-state.ts';
import type { Entry } from './entry.ts';
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
  /** an attempt that had ended without money and of which the channel said SUCCESS afterwards: the order ends DISPUTED */
  readonly lateSuccess?: string;
}

/** An attempt with where it stands in time: `startedAt` is the wall clock (ms) of its pay request, for a later process. */
export interface AttemptRecord {
  readonly attempt: Attempt;
  readonly startedAt: number;
  /** the wall clock agreed with the backend's at that moment: only then a later process may count from it */
  readonly clockTrusted?: boolean;
}

/** A print job and how far its evidence goes. */
export interface Slip {
  readonly slipId: string;
  readonly attemptId: string;
  readonly state: 'queued' | 'sent' | 'unknown';
  /** reprints are marked */
  readonly duplicate: boolean;
}

export type TillRecord =
  | { readonly type: 'BOOT'; readonly boot: string; readonly version: string }
  | { readonly type: 'SETTINGS'; readonly settings: Settings }
  | { readonly type: 'COMMAND'; readonly command: CommandEnvelope }
  | { readonly type: 'COMMAND_RESULT'; readonly result: CommandResult }
  | { readonly type: 'ORDER'; readonly order: Order }
  | { readonly type: 'ATTEMPT'; readonly record: AttemptRecord; readonly order: Order; readonly event?: EventEnvelope }
  | { readonly type: 'SLIP'; readonly slip: Slip; readonly event?: EventEnvelope }
  | { readonly type: 'EVENT'; readonly event: EventEnvelope }
  | { readonly type: 'OUTBOX_ACK'; readonly upto: number };

/** A record as the journal takes it. */
export function toJournal(record: TillRecord): JournalRecord {
  const { type, ...data } = record;
  return { type, data: data as unknown as { [key: string]: Json | undefined } };
}

/** An entry as the record it was made of. The chain and the CRC have proved that this program wrote it. */
export function fromJournal(entry: Entry): TillRecord {
  return { type: entry.type, ...entry.data } as unknown as TillRecord;
}
