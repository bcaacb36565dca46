import type { Json } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import { isFinal } from '../payment/attempt.ts';
import { isYesBehindNo } from '../payment/card.ts';
import { type Intent, isIntentFinal, type Payment } from '../payment/intent.ts';
import { orderBehind } from '../payment/intent-orders.ts';
import { orderDisputed, stillDisputed } from '../payment/order-dispute.ts';
import type { Settings } from '../payment/terminal-state.ts';
import type { Charge } from '../refunds/charge.ts';
import { orderRefunded, orderResolved } from '../refunds/order-ends.ts';
import type { Refund } from '../refunds/refund.ts';
import { FIRST_PERIODS, type Periods, periodsAfter } from '../reports/report.ts';
import { hourOf } from '../rules/beijing.ts';
import type { Notice } from '../rules/notice.ts';
import { count, type Taken } from '../rules/tally.ts';
import { toldBy } from '../rules/told.ts';
import type { Carried } from '../statements/carry.ts';
import { carriedAfter, DAYS_REMEMBERED, type ReconciledDay } from '../statements/carry-memory.ts';
import type { Entry, EntryRef } from './entry.ts';
import { Outbox, type OutboxRef } from './outbox.ts';
import {
  type AttemptRecord,
  type Damage,
  type DocumentJob,
  type DocumentProgress,
  fromJournal,
  type Order,
  type Recalled,
  type Slip,
  type TillRecord,
} from './records.ts';
import type { Place } from './segments.ts';

/** Later than any time: nothing is forgotten before it. */
const UNTIMED = Number.MAX_SAFE_INTEGER;

/** A command that was accepted. The envelope is kept until its final result, then the result instead. */
export interface KnownCommand {
  readonly hash: string;
  /** the verb; two verbs may have the same arguments */
  readonly type?: string;
  /** backend time, Unix ms: the later of issued and exp; {@link UNTIMED} while the time of it is not known */
  readonly until: number;
  readonly issued: number;
  readonly command?: CommandEnvelope;
  readonly result?: CommandResult;
}

/** A damage with the entry that tells of it, and who has looked at it. */
export interface KnownDamage extends Damage {
  readonly seq: number;
  readonly reviewedBy?: string;
}

/**
 * The log folded: the same function over the same entries, at start and after every append, so memory never says what
 * the disk does not. Values are never changed, only replaced: a snapshot is a copy of references.
 */
export class TillState {
  readonly orders = new Map<string, Order>();
  /** wall clock (ms) of an order's newest entry */
  readonly orderTimes = new Map<string, number>();
  readonly attempts = new Map<string, AttemptRecord>();
  /** those of them that are not final: asked for at every scan, when a day's attempts stand beside them */
  readonly openAttempts = new Map<string, AttemptRecord>();
  readonly intents = new Map<string, Intent>();
  /** the entry with which an attempt or intent became PAID: printed on its slip */
  readonly paidBy = new Map<string, EntryRef>();
  readonly slips = new Map<string, Slip>();
  readonly refunds = new Map<string, Refund>();
  /** the newest ones */
  readonly notices = new Map<string, Notice>();
  /** what the shop has been paid, by order: outlives its attempt here, so that it can be given back */
  readonly charges = new Map<string, Charge>();
  /** print jobs that are no payment's slip */
  readonly documents = new Map<string, DocumentJob>();
  /** what was taken, by the hour of the clock: limits of days and hours are held against it */
  readonly tally = new Map<number, Taken>();
  /** backend time at which the backend was told last of a limit, a signal, an alert: each is told once in its time */
  readonly told = new Map<string, number>();
  readonly commands = new Map<string, KnownCommand>();
  /** commands among them that still wait for a time */
  readonly #untimed = new Set<string>();
  readonly outbox = new Outbox();
  /** what the backend told this till to hold to */
  settings: Settings = {};
  /** wall clock (ms) of the newest entry that the backend's word was the cause of */
  heardAt: number | undefined;
  /** the business day and the shift that run */
  periods: Periods = FIRST_PERIODS;
  /** differences that wait for the statement of another day, by key */
  carried: ReadonlyMap<string, Carried> = new Map();
  /** statements that were held against the journal, newest last */
  reconciledDays: readonly ReconciledDay[] = [];
  damages: readonly KnownDamage[] = [];
  /** the newest entry that the backend says it has seen */
  anchor: EntryRef | undefined;
  /** the last entry of the segments that were removed */
  retired: EntryRef | undefined;
  /** the id of the newest start */
  boot: string | undefined;

  fold(entry: Entry, place: Place): void {
    this.#apply(fromJournal(entry), entry, place);
  }

  #apply(record: TillRecord, entry: Entry, place: Place): void {
    switch (record.type) {
      case 'SETTINGS':
        this.settings = record.settings;
        return this.outbox.add(record.event, place);
      case 'COMMAND':
        return this.#command(record.command, record.untimed === true);
      case 'PERIOD':
        this.periods = periodsAfter(this.periods, record.deed, entry.seq);
        return this.outbox.add(record.event, place);
      case 'RECONCILED':
        this.reconciledDays = [...this.reconciledDays, record.reconciled].slice(-DAYS_REMEMBERED);
        return this.#carry(record.carried);
      case 'CARRY_CLEARED':
        return this.#carry([record.carried]);
      case 'COMMAND_RESULT':
        return this.#conclude(record.result);
      case 'ORDER':
        return this.#order(record.order, entry);
      case 'ATTEMPT':
        return this.#attempt(record, entry, place);
      case 'INTENT':
        return this.#intent(record, entry, place);
      case 'NOTICE':
        return this.#notice(record.notice);
      case 'NOTICE_ACK':
        return this.#noticeRead(record, place);
      case 'RECALL':
        return this.#recall(record.recalled, entry);
      case 'REFUND':
        return this.#refund(record, entry, place);
      case 'RESOLUTION':
        return this.#resolve(record, entry, place);
      case 'SLIP':
        this.slips.set(record.slip.slipId, record.slip);
        return this.outbox.add(record.event, place);
      case 'DOCUMENT':
        this.documents.set(record.job.jobId, record.job);
        return undefined;
      case 'DOCUMENT_PROGRESS':
        return this.#progress(record.progress);
      case 'TERMINAL_LATE':
        return this.#terminalLate(record, entry, place);
      case 'EVENT':
        return this.#event(record.event, place);
      case 'OUTBOX_ACK':
        this.anchor = newer(this.anchor, record.anchor);
        this.heardAt = Date.parse(entry.ts);
        return this.outbox.acknowledged(record.upto);
      case 'OUTBOX_DROP':
        return this.outbox.dropped(record);
      case 'FORGET':
        return this.#forget(record);
      case 'DAMAGE':
        return this.#damage(record, entry);
      case 'REVIEWED':
        return this.#reviewed(record);
      case 'RETIRED':
        this.retired = record.last;
        this.settings = record.settings;
        this.periods = record.periods ?? this.periods;
        this.carried = mapOf(record.carried) ?? this.carried;
        this.reconciledDays = record.reconciledDays ?? this.reconciledDays;
        this.boot = record.boot ?? this.boot;
        this.anchor = newer(this.anchor, record.anchor);
        this.outbox.skipTo(record.eventSeq);
        return this.outbox.acknowledged(record.acked);
      case 'RESTORED':
        return this.outbox.skipTo(record.eventSeq);
      case 'BOOT':
        this.boot = record.boot;
        return undefined;
      case 'TERMINAL_SETTLED':
      case 'PERSON':
        return undefined;
    }
  }

  /**
   * A command that came while nobody knew the time was not issued when this PC's clock says: its seven days begin with the next
   * one whose time is known.
   */
  #command(command: CommandEnvelope, isUntimed: boolean): void {
    const { id, hash, type, issued, exp } = command;
    const until = Math.max(issued, exp);
    if (isUntimed) this.#untimed.add(id);
    else this.#timeKnown(until);
    this.commands.set(id, { hash, type, until: isUntimed ? UNTIMED : until, issued, command });
  }

  #timeKnown(until: number): void {
    for (const id of this.#untimed) {
      const known = this.commands.get(id);
      if (known) this.commands.set(id, { ...known, until });
    }
    this.#untimed.clear();
  }

  #conclude(result: CommandResult): void {
    const known = this.commands.get(result.id);
    if (!known) return;
    const { command: _done, ...rest } = known;
    this.commands.set(result.id, { ...rest, result });
  }

  #carry(changes: readonly Carried[]): void {
    this.carried = carriedAfter(this.carried, changes);
  }

  #order(order: Order, entry: Entry): void {
    this.orders.set(order.orderId, stillDisputed(this.orders.get(order.orderId), order));
    this.orderTimes.set(order.orderId, Date.parse(entry.ts));
  }

  #attempt(
    { record, order, event, slip, copies = [] }: Extract<TillRecord, { type: 'ATTEMPT' }>,
    entry: Entry,
    place: Place,
  ): void {
    const { attemptId, state, amountFen, paidAt } = record.attempt;
    const wasPaid = this.attempts.get(attemptId)?.attempt.state === 'PAID';
    this.#keepAttempt(record);
    if (state === 'PAID' && !wasPaid) this.#taken(amountFen, paidAt, entry);
    if (state === 'PAID') {
      this.paidBy.set(attemptId, { seq: entry.seq, hash: entry.hash });
      this.charges.set(order.orderId, chargeOf(record.attempt));
    }
    for (const job of slip ? [slip, ...copies] : copies) this.slips.set(job.slipId, job);
    this.#order(order, entry);
    this.outbox.add(event, place);
  }

  #keepAttempt(record: AttemptRecord): void {
    const { attemptId } = record.attempt;
    this.attempts.set(attemptId, record);
    if (isFinal(record.attempt)) this.openAttempts.delete(attemptId);
    else this.openAttempts.set(attemptId, record);
  }

  #intent({ intent, order, event, slip }: Extract<TillRecord, { type: 'INTENT' }>, entry: Entry, place: Place): void {
    const { intentId, state } = intent;
    const before = this.intents.get(intentId);
    this.intents.set(intentId, intent);
    if (state === 'PAID' && before?.state !== 'PAID') this.#taken(intent.amountFen, intent.payment?.paidAt, entry);
    if (state === 'PAID' && !this.paidBy.has(intentId)) this.paidBy.set(intentId, { seq: entry.seq, hash: entry.hash });
    if (slip) this.slips.set(slip.slipId, slip);
    if (state === 'PAID' && intent.payment && !this.charges.has(order.orderId))
      this.charges.set(order.orderId, intentCharge(intent, intent.payment));
    // what is heard of an intent that is over meets the order as it is now: a refund, or another payment of the order, may
    // have ended in the entry before
    const now = before && isIntentFinal(before) ? this.orders.get(order.orderId) : undefined;
    this.#order(before && now ? orderBehind(now, before, intent) : order, entry);
    this.outbox.add(event, place);
  }

  #taken(fen: number, paidAt: number | undefined, entry: Entry): void {
    count(this.tally, hourOf(paidAt ?? Date.parse(entry.ts)), fen);
  }

  #notice(notice: Notice): void {
    this.notices.set(notice.noticeId, notice);
    for (const id of [...this.notices.keys()].slice(0, -KEPT_NOTICES)) this.notices.delete(id);
  }

  #noticeRead({ noticeId, by, event }: Extract<TillRecord, { type: 'NOTICE_ACK' }>, place: Place): void {
    const notice = this.notices.get(noticeId);
    if (notice) this.notices.set(noticeId, { ...notice, acknowledged: by });
    this.outbox.add(event, place);
  }

  /** What memory has is newer than what was looked up. */
  #recall({ order, charge, refunds }: Recalled, entry: Entry): void {
    if (this.orders.has(order.orderId)) return;
    this.#order(order, entry);
    this.charges.set(order.orderId, charge);
    for (const refund of refunds) if (!this.refunds.has(refund.refundId)) this.refunds.set(refund.refundId, refund);
  }

  #refund({ refund, event }: Extract<TillRecord, { type: 'REFUND' }>, entry: Entry, place: Place): void {
    const before = this.refunds.get(refund.refundId);
    this.refunds.set(refund.refundId, refund);
    const order = this.orders.get(refund.orderId);
    if (order && refund.state === 'REFUNDED' && before?.state !== 'REFUNDED')
      this.#order(orderRefunded(order, this.refunds.values(), refund.amountFen), entry);
    this.outbox.add(event, place);
  }

  /** Evidence, and the dispute that follows from it: one entry, so that neither is ever there without the other. */
  #terminalLate(
    { late, during, event }: Extract<TillRecord, { type: 'TERMINAL_LATE' }>,
    entry: Entry,
    place: Place,
  ): void {
    const about = this.attempts.get(during ?? '')?.attempt;
    const order = about && isYesBehindNo(about, late) ? this.orders.get(about.orderId) : undefined;
    if (about && order) this.#order(orderDisputed(order, about.attemptId), entry);
    this.#event(event, place);
  }

  #event(event: EventEnvelope, place: Place): void {
    for (const [what, at] of toldBy(event)) this.told.set(what, at);
    this.outbox.add(event, place);
  }

  #resolve({ resolution, event }: Extract<TillRecord, { type: 'RESOLUTION' }>, entry: Entry, place: Place): void {
    const order = this.orders.get(resolution.orderId);
    if (resolution.charge) this.charges.set(resolution.orderId, resolution.charge);
    const paidFen = this.charges.get(resolution.orderId)?.amountFen ?? 0;
    // what went back while it was in doubt has gone back
    if (order) this.#order(orderRefunded(orderResolved(order, resolution), this.refunds.values(), paidFen), entry);
    this.outbox.add(event, place);
  }

  #progress(progress: DocumentProgress): void {
    const job = this.documents.get(progress.jobId);
    if (job) this.documents.set(job.jobId, { ...job, ...progress });
  }

  #forget(forgotten: Extract<TillRecord, { type: 'FORGET' }>): void {
    const { commands, orders, attempts, intents = [], documents = [], refunds = [] } = forgotten;
    for (const id of refunds) this.refunds.delete(id);
    for (const id of commands) this.commands.delete(id);
    for (const id of documents) this.documents.delete(id);
    for (const id of orders) {
      this.orders.delete(id);
      this.orderTimes.delete(id);
      this.charges.delete(id);
    }
    const gone = new Set([...attempts, ...intents]);
    for (const id of gone) {
      this.attempts.delete(id);
      this.openAttempts.delete(id);
      this.intents.delete(id);
      this.paidBy.delete(id);
    }
    if (gone.size > 0)
      for (const { slipId, attemptId } of this.slips.values()) if (gone.has(attemptId)) this.slips.delete(slipId);
  }

  #damage(damage: Damage, { seq }: Entry): void {
    this.damages = [...this.damages, { ...damage, seq }].slice(-KEPT_DAMAGES);
    this.outbox.skipTo(damage.eventSeq);
  }

  #reviewed({ by, upto }: Extract<TillRecord, { type: 'REVIEWED' }>): void {
    this.damages = this.damages.map((damage) =>
      damage.seq <= upto && damage.reviewedBy === undefined ? { ...damage, reviewedBy: by } : damage,
    );
  }

  // --- snapshots

  /** The state as lines of a checkpoint: a consistent copy, taken at once and worked off at leisure. */
  snapshot(): IterableIterator<Json> {
    const copy = {
      rest: this.#rest(),
      orders: [...this.orders.values()].map((order) => [order, this.orderTimes.get(order.orderId) ?? 0] as const),
      attempts: [...this.attempts.values()].map((one) => [one, this.paidBy.get(one.attempt.attemptId)] as const),
      intents: [...this.intents.values()].map((one) => [one, this.paidBy.get(one.intentId)] as const),
      slips: [...this.slips.values()],
      refunds: [...this.refunds.values()],
      notices: [...this.notices.values()],
      charges: [...this.charges.values()],
      documents: [...this.documents.values()],
      commands: [...this.commands],
      events: [...this.outbox.refs],
    };
    return linesOf(copy);
  }

  #rest(): Rest {
    const { anchor, retired, damages, settings, heardAt, tally, told, periods, carried, reconciledDays, boot } = this;
    const { lastSeq, acked, drops } = this.outbox;
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

  /** Takes one line of a snapshot back. Its file's CRC has proved that this program wrote it. */
  restore(line: Json): void {
    const [kind, value, more] = line as unknown as SnapshotLine;
    switch (kind) {
      case 'rest':
        this.settings = value.settings;
        this.periods = value.periods ?? FIRST_PERIODS;
        this.carried = mapOf(value.carried) ?? new Map();
        this.reconciledDays = value.reconciledDays ?? [];
        this.damages = value.damages;
        this.anchor = value.anchor;
        this.heardAt = value.heardAt;
        this.retired = value.retired;
        this.boot = value.boot;
        for (const [hour, taken] of value.tally ?? []) this.tally.set(hour, taken);
        for (const [what, at] of value.told ?? []) this.told.set(what, at);
        return this.outbox.resume(value);
      case 'order':
        this.orders.set(value.orderId, value);
        this.orderTimes.set(value.orderId, more);
        return;
      case 'attempt':
        this.#keepAttempt(value);
        if (more) this.paidBy.set(value.attempt.attemptId, more);
        return;
      case 'intent':
        this.intents.set(value.intentId, value);
        if (more) this.paidBy.set(value.intentId, more);
        return;
      case 'slip':
        this.slips.set(value.slipId, value);
        return;
      case 'refund':
        this.refunds.set(value.refundId, value);
        return;
      case 'notice':
        this.notices.set(value.noticeId, value);
        return;
      case 'charge':
        this.charges.set(value.orderId, value);
        return;
      case 'document':
        this.documents.set(value.jobId, value);
        return;
      case 'command':
        this.commands.set(value, more);
        if (more.until === UNTIMED) this.#untimed.add(value);
        return;
      case 'events':
        return this.outbox.restore(value);
    }
  }
}

/** A disk that grows new damage every day is replaced long before. */
const KEPT_DAMAGES = 100;
/** Nobody reads more. */
const KEPT_NOTICES = 100;
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
  | readonly ['refund', Refund, undefined]
  | readonly ['charge', Charge, undefined]
  | readonly ['notice', Notice, undefined]
  | readonly ['document', DocumentJob, undefined]
  | readonly ['command', string, KnownCommand]
  | readonly ['events', readonly OutboxRef[], undefined];

function* linesOf(copy: {
  readonly rest: Rest;
  readonly orders: readonly (readonly [Order, number])[];
  readonly attempts: readonly (readonly [AttemptRecord, EntryRef | undefined])[];
  readonly intents: readonly (readonly [Intent, EntryRef | undefined])[];
  readonly slips: readonly Slip[];
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
  for (const refund of copy.refunds) yield json(['refund', refund]);
  for (const notice of copy.notices) yield json(['notice', notice]);
  for (const charge of copy.charges) yield json(['charge', charge]);
  for (const document of copy.documents) yield json(['document', document]);
  for (const [id, command] of copy.commands) yield json(['command', id, command]);
  for (let at = 0; at < copy.events.length; at += EVENTS_PER_LINE)
    yield json(['events', copy.events.slice(at, at + EVENTS_PER_LINE)]);
}

function mapOf(carried: readonly Carried[] | undefined): Map<string, Carried> | undefined {
  return carried && new Map(carried.map((one) => [one.key, one]));
}

/** An intent is the channel's out_trade_no like an attempt: a refund names it the same way. */
function intentCharge({ orderId, intentId, amountFen }: Intent, { channel, transactionId, paidAt }: Payment): Charge {
  const known = transactionId === undefined ? {} : { transactionId };
  return { orderId, attemptId: intentId, channel, amountFen, paidAt, ...known };
}

/** What was charged by the terminal goes back there, whatever the customer showed it. */
function chargeOf(attempt: AttemptRecord['attempt']): Charge {
  const { orderId, attemptId, channel, amountFen, transactionId, paidAt, card } = attempt;
  return {
    orderId,
    attemptId,
    channel: card ? 'CARD' : channel,
    amountFen,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(paidAt === undefined ? {} : { paidAt }),
  };
}

function newer(a: EntryRef | undefined, b: EntryRef | undefined): EntryRef | undefined {
  return b && (!a || b.seq > a.seq) ? b : a;
}
