import type { Json } from '../../protocols/backend/canonical.ts';
import type { Hold } from '../payment/hold.ts';
import type { Intent } from '../payment/intent.ts';
import type { Settings } from '../payment/terminal-state.ts';
import type { Charge } from '../refunds/charge.ts';
import type { Refund } from '../refunds/refund.ts';
import { FIRST_PERIODS, type Periods } from '../reports/report.ts';
import type { Notice } from '../rules/notice.ts';
import type { Taken } from '../rules/tally.ts';
import type { Carried } from '../statements/carry.ts';
import { carriedMap, type ReconciledDay } from '../statements/carry-memory.ts';
import type { EntryRef } from './entry.ts';
import type { KnownCommand } from './known-commands.ts';
import type { Outbox, OutboxRef } from './outbox.ts';
import type { AttemptRecord, DocumentJob, Order, Slip } from './records.ts';
import type { KnownDamage, TillState } from './state.ts';

// The state as the lines of a checkpoint, and back.

const EVENTS_PER_LINE = 200;

interface Rest {
  readonly settings: Settings;
  /** checkpoints of older versions have none */
  readonly periods?: Periods;
  readonly carried?: readonly Carried[];
  readonly reconciledDays?: readonly ReconciledDay[];
  readonly damages: readonly KnownDamage[];
  readonly lastSeq: number;
  readonly acked: number;
  readonly drops: Outbox['drops'];
  /** missing in checkpoints of version 0.1 and before */
  readonly tally?: readonly (readonly [number, Taken])[];
  readonly told?: readonly (readonly [string, number])[];
  readonly heardAt?: number;
  readonly anchor?: EntryRef;
  readonly retired?: EntryRef;
  readonly boot?: string;
}

type SnapshotLine =
  | readonly ['rest', Rest, undefined]
  | readonly ['order', Order, number]
  | readonly ['attempt', AttemptRecord, EntryRef | undefined]
  | readonly ['intent', Intent, EntryRef | undefined]
  | readonly ['slip', Slip, undefined]
  | readonly ['hold', Hold, undefined]
  | readonly ['refund', Refund, undefined]
  | readonly ['charge', Charge, undefined]
  | readonly ['notice', Notice, undefined]
  | readonly ['document', DocumentJob, undefined]
  | readonly ['command', string, KnownCommand]
  | readonly ['events', readonly OutboxRef[], undefined];

/** The state as lines of a checkpoint: a consistent copy, taken at once and worked off at leisure. */
export function snapshotOf(state: TillState): IterableIterator<Json> {
  const copy = {
    rest: restOf(state),
    orders: [...state.orders.values()].map((order) => [order, state.orderTimes.get(order.orderId) ?? 0] as const),
    attempts: [...state.attempts.values()].map((one) => [one, state.paidBy.get(one.attempt.attemptId)] as const),
    intents: [...state.intents.values()].map((one) => [one, state.paidBy.get(one.intentId)] as const),
    slips: [...state.slips.values()],
    holds: [...state.holds.all.values()],
    refunds: [...state.refunds.values()],
    notices: [...state.notices.values()],
    charges: [...state.charges.values()],
    documents: [...state.documents.values()],
    commands: [...state.commands],
    events: [...state.outbox.refs],
  };
  return linesOf(copy);
}

function restOf(state: TillState): Rest {
  const { anchor, retired, damages, settings, heardAt, tally, told, periods, carried, reconciledDays, boot } = state;
  const { lastSeq, acked, drops } = state.outbox;
  return {
    settings,
    periods,
    ...(carried.size === 0 ? {} : { carried: [...carried.values()] }),
    ...(reconciledDays.length === 0 ? {} : { reconciledDays }),
    damages,
    lastSeq,
    acked,
    drops,
    tally: [...tally],
    told: [...told],
    ...(heardAt === undefined ? {} : { heardAt }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(retired === undefined ? {} : { retired }),
    ...(boot === undefined ? {} : { boot }),
  };
}

function* linesOf(copy: {
  readonly rest: Rest;
  readonly orders: readonly (readonly [Order, number])[];
  readonly attempts: readonly (readonly [AttemptRecord, EntryRef | undefined])[];
  readonly intents: readonly (readonly [Intent, EntryRef | undefined])[];
  readonly slips: readonly Slip[];
  readonly holds: readonly Hold[];
  readonly refunds: readonly Refund[];
  readonly notices: readonly Notice[];
  readonly charges: readonly Charge[];
  readonly documents: readonly DocumentJob[];
  readonly commands: readonly (readonly [string, KnownCommand])[];
  readonly events: readonly OutboxRef[];
}): IterableIterator<Json> {
  const json = (line: readonly unknown[]) => line as unknown as Json;
  yield json(['rest', copy.rest]);
  for (const [order, at] of copy.orders) yield json(['order', order, at]);
  for (const [attempt, paid] of copy.attempts) yield json(paid ? ['attempt', attempt, paid] : ['attempt', attempt]);
  for (const [intent, paid] of copy.intents) yield json(paid ? ['intent', intent, paid] : ['intent', intent]);
  for (const slip of copy.slips) yield json(['slip', slip]);
  for (const hold of copy.holds) yield json(['hold', hold]);
  for (const refund of copy.refunds) yield json(['refund', refund]);
  for (const notice of copy.notices) yield json(['notice', notice]);
  for (const charge of copy.charges) yield json(['charge', charge]);
  for (const document of copy.documents) yield json(['document', document]);
  for (const [id, command] of copy.commands) yield json(['command', id, command]);
  for (let at = 0; at < copy.events.length; at += EVENTS_PER_LINE)
    yield json(['events', copy.events.slice(at, at + EVENTS_PER_LINE)]);
}

/** Takes one line of a snapshot back. Its file's CRC has proved that this program wrote it. */
export function restoreLine(state: TillState, line: Json): void {
  const [kind, value, more] = line as unknown as SnapshotLine;
  switch (kind) {
    case 'rest':
      state.settings = value.settings;
      state.periods = value.periods ?? FIRST_PERIODS;
      state.carried = carriedMap(value.carried) ?? new Map();
      state.reconciledDays = value.reconciledDays ?? [];
      state.damages = value.damages;
      state.anchor = value.anchor;
      state.heardAt = value.heardAt;
      state.retired = value.retired;
      state.boot = value.boot;
      for (const [hour, taken] of value.tally ?? []) state.tally.set(hour, taken);
      for (const [what, at] of value.told ?? []) state.told.set(what, at);
      return state.outbox.resume(value);
    case 'order':
      state.orders.set(value.orderId, value);
      state.orderTimes.set(value.orderId, more);
      return;
    case 'attempt':
      state.keepAttempt(value);
      if (more) state.paidBy.set(value.attempt.attemptId, more);
      return;
    case 'intent':
      state.intents.set(value.intentId, value);
      if (more) state.paidBy.set(value.intentId, more);
      return;
    case 'slip':
      state.slips.set(value.slipId, value);
      return;
    case 'hold':
      return state.holds.keep(value);
    case 'refund':
      state.refunds.set(value.refundId, value);
      return;
    case 'notice':
      state.notices.set(value.noticeId, value);
      return;
    case 'charge':
      state.charges.set(value.orderId, value);
      return;
    case 'document':
      state.documents.set(value.jobId, value);
      return;
    case 'command':
      return state.commands.restore(value, more);
    case 'events':
      return state.outbox.restore(value);
  }
}
