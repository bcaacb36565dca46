import type { EventEnvelope } from '../../protocols/backend/events.ts';
import { isFinal } from '../payment/attempt.ts';
import { hasSlip, isYesBehindNo } from '../payment/card.ts';
import { type Intent, isIntentFinal } from '../payment/intent.ts';
import { orderBehind } from '../payment/intent-orders.ts';
import { orderDisputed, stillDisputed } from '../payment/order-dispute.ts';
import type { Settings } from '../payment/terminal-state.ts';
import { type Charge, chargeOf, intentCharge } from '../refunds/charge.ts';
import { orderRefunded, orderResolved } from '../refunds/order-ends.ts';
import type { Refund } from '../refunds/refund.ts';
import type { Resolution } from '../refunds/resolution.ts';
import { FIRST_PERIODS, type Periods, periodsAfter } from '../reports/report.ts';
import { hourOf } from '../rules/beijing.ts';
import type { Notice } from '../rules/notice.ts';
import { count, type Taken } from '../rules/tally.ts';
import { toldBy } from '../rules/told.ts';
import type { Carried } from '../statements/carry.ts';
import { carriedAfter, carriedMap, DAYS_REMEMBERED, type ReconciledDay } from '../statements/carry-memory.ts';
import type { Entry, EntryRef } from './entry.ts';
import { HoldMemory } from './hold-memory.ts';
import { KnownCommands } from './known-commands.ts';
import { Outbox } from './outbox.ts';
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
  readonly holds = new HoldMemory();
  readonly intents = new Map<string, Intent>();
  /** the entry with which an attempt or intent became PAID, or what it asks for stood: printed on its slip */
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
  readonly commands = new KnownCommands();
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
        return this.commands.accepted(record.command, record.untimed === true);
      case 'PERIOD':
        this.periods = periodsAfter(this.periods, record.deed, entry.seq);
        return this.outbox.add(record.event, place);
      case 'RECONCILED':
        this.reconciledDays = [...this.reconciledDays, record.reconciled].slice(-DAYS_REMEMBERED);
        return this.#carry(record.carried);
      case 'CARRY_CLEARED':
        return this.#carry([record.carried]);
      case 'COMMAND_RESULT':
        return this.commands.concluded(record.result);
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
        this.carried = carriedMap(record.carried) ?? this.carried;
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

  #carry(changes: readonly Carried[]): void {
    this.carried = carriedAfter(this.carried, changes);
  }

  #order(order: Order, entry: Entry): void {
    this.orders.set(order.orderId, stillDisputed(this.orders.get(order.orderId), order));
    this.orderTimes.set(order.orderId, Date.parse(entry.ts));
  }

  #attempt(
    { record, order, event, slip, copies = [], documents = [] }: Extract<TillRecord, { type: 'ATTEMPT' }>,
    entry: Entry,
    place: Place,
  ): void {
    const { attemptId, state, amountFen, paidAt } = record.attempt;
    const wasPaid = this.attempts.get(attemptId)?.attempt.state === 'PAID';
    this.keepAttempt(record);
    this.holds.attempt(record);
    if (state === 'PAID' && !wasPaid) this.#taken(amountFen, paidAt, entry);
    if (hasSlip(record.attempt)) this.paidBy.set(attemptId, { seq: entry.seq, hash: entry.hash });
    if (state === 'PAID') this.charges.set(order.orderId, chargeOf(record.attempt));
    for (const job of slip ? [slip, ...copies] : copies) this.slips.set(job.slipId, job);
    for (const job of documents) this.documents.set(job.jobId, job);
    this.#order(order, entry);
    this.outbox.add(event, place);
  }

  keepAttempt(record: AttemptRecord): void {
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
      this.#order(orderRefunded(order, this.charges.get(order.orderId) ?? refund, this.refunds.values()), entry);
    this.outbox.add(event, place);
  }

  /** Evidence, and the dispute that follows from it: one entry, so that neither is ever there without the other. */
  #terminalLate(
    { late, during, event, surprised, holdEvent }: Extract<TillRecord, { type: 'TERMINAL_LATE' }>,
    entry: Entry,
    place: Place,
  ): void {
    const about = this.attempts.get(during ?? '')?.attempt;
    this.holds.late(about, late);
    const order = about && isYesBehindNo(about, late) ? this.orders.get(about.orderId) : undefined;
    if (about && order) this.#order(orderDisputed(order, about.attemptId), entry);
    if (surprised) this.keepAttempt(surprised);
    this.#event(event, place);
    if (holdEvent) this.#event(holdEvent, place);
  }

  #event(event: EventEnvelope, place: Place): void {
    for (const [what, at] of toldBy(event)) this.told.set(what, at);
    this.outbox.add(event, place);
  }

  #resolve({ resolution, event }: Extract<TillRecord, { type: 'RESOLUTION' }>, entry: Entry, place: Place): void {
    const order = this.orders.get(resolution.orderId);
    this.holds.resolved(resolution);
    if (resolution.charge) this.charges.set(resolution.orderId, resolution.charge);
    const charge = this.charges.get(resolution.orderId);
    // what went back while it was in doubt has gone back
    const settled = order && orderResolved(this.#charged(order, resolution), resolution);
    if (settled) this.#order(charge ? orderRefunded(settled, charge, this.refunds.values()) : settled, entry);
    this.outbox.add(event, place);
  }

  /** What a person saw charged of a hold is what the order comes to. */
  #charged(order: Order, { charge }: Resolution): Order {
    const card = this.attempts.get(charge?.attemptId ?? '')?.attempt.card;
    return charge && card?.holdId !== undefined ? { ...order, amountFen: charge.amountFen } : order;
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
    this.holds.forget(orders);
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
}

/** A disk that grows new damage every day is replaced long before. */
const KEPT_DAMAGES = 100;
/** Nobody reads more. */
const KEPT_NOTICES = 100;

function newer(a: EntryRef | undefined, b: EntryRef | undefined): EntryRef | undefined {
  return b && (!a || b.seq > a.seq) ? b : a;
}
