import { z } from 'zod';
import { AttemptEvent, TerminalLateEvent } from './attempt-events.ts';
import { ClosingEvent } from './closings.ts';
import { hash, id, millis, version } from './fields.ts';
import { HoldEvent } from './holds.ts';
import { IntentEvent } from './intents.ts';
import { RefundEvent, ResolutionEvent } from './refunds.ts';
import {
  AlertEvent,
  ClockEvent,
  LimitEvent,
  NoticeAckEvent,
  ReportEvent,
  ScanRefusedEvent,
  SettingsEvent,
  SignalEvent,
  SlipEvent,
  TerminalEvent,
} from './till-events.ts';

// Events: agent -> backend, evt/{type}, from the outbox until evt-ack.

export const EventData = z.discriminatedUnion('type', [
  AttemptEvent,
  HoldEvent,
  IntentEvent,
  SlipEvent,
  ScanRefusedEvent,
  ClockEvent,
  RefundEvent,
  ResolutionEvent,
  SettingsEvent,
  TerminalEvent,
  NoticeAckEvent,
  LimitEvent,
  SignalEvent,
  AlertEvent,
  ReportEvent,
  TerminalLateEvent,
  ClosingEvent,
]);
export type EventData = z.infer<typeof EventData>;

/** An entry of the till's hash-chained journal. */
const JournalEntryRef = z.strictObject({ seq: z.int().nonnegative(), hash });

export const EventEnvelope = z.strictObject({
  v: version,
  /** strictly rising per agent, across restarts */
  seq: z.int().positive(),
  id,
  boot: id,
  ts: millis,
  data: EventData,
  /** no event has a number between `after` and this one (dropped by the till's limits, or lost): do not wait for them */
  after: z.int().nonnegative().optional(),
  /** the journal's newest entry when this was sent: the backend is its witness */
  head: JournalEntryRef.optional(),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** `evt-ack`: every event up to and including `upto` is kept by the backend. */
export const EventAck = z.strictObject({
  v: version,
  upto: z.int().nonnegative(),
  /** the newest journal entry (highest seq) that any event of this till ever named */
  anchor: JournalEntryRef.optional(),
});
export type EventAck = z.infer<typeof EventAck>;
