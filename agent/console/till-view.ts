import { IntentView } from '../../protocols/backend/intents.ts';
import type { DeviceState } from '../../protocols/backend/presence.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { TillBook } from '../journal/book.ts';
import type { CardRoom } from '../payment/card-room.ts';
import type { PaymentDesk } from '../payment/desk.ts';
import { intentView } from '../payment/intent-event.ts';
import { lateMoney } from '../payment/late-money.ts';
import type { AttemptRunner } from '../payment/runner.ts';
import type { HoldShelf } from '../payment/standing-holds.ts';
import { collectRefusal, refundRefusal, shownBlock } from '../payment/terminal-state.ts';
import type { Person } from '../people/people-desk.ts';
import { remainingFen } from '../refunds/remaining.ts';
import { isUnread } from '../rules/notice.ts';
import type { TerminalWatch } from '../rules/terminal-watch.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { TerminalSlip } from '../slips/till-slips.ts';
import { VERSION } from '../version.ts';
import type { DeviceStrip } from './device-strip.ts';
import { openAttemptView } from './open-attempt.ts';
import { ADD_PEOPLE } from './setup-steps.ts';
import { STATE_WORDS, terminalView } from './terminal-view.ts';
import { attemptView, blockedView, orderView, refundView, slipView } from './views.ts';

export interface TillViewParts {
  readonly till: TillAddress;
  readonly boot: string;
  readonly book: TillBook;
  readonly desk: Pick<PaymentDesk, 'counterOrder' | 'blockedOrders' | 'maxFen'>;
  readonly spool: Pick<SlipSpool, 'questions'>;
  readonly devices: { readonly all: readonly DeviceState[] };
  readonly skew: Pick<ClockSkew, 'backendNow' | 'trusted' | 'wallClockErrorMs'>;
  readonly network: { readonly online: boolean };
  readonly strip: DeviceStrip;
  readonly merchant: { readonly name: string; readonly servicePhone?: string | undefined };
  readonly runner: Pick<AttemptRunner, 'ageOf'>;
  /** absent: no card terminal here */
  readonly cards: Pick<CardRoom, 'saysOf' | 'canHold'> | undefined;
  readonly terminalWatch: Pick<TerminalWatch, 'unconfirmed'>;
  readonly holds: HoldShelf;
}

/** What is to be seen at the till now. */
export class TillView {
  readonly #parts: TillViewParts;

  constructor(parts: TillViewParts) {
    this.#parts = parts;
  }

  state() {
    const { till, boot, book, desk, spool, skew, network, strip } = this.#parts;
    const order = desk.counterOrder;
    const { waiting } = book.outboxStats();
    const { trouble } = book;
    const notices = this.#notices(skew.backendNow());
    return {
      till: { tenant: till.tenant, store: till.store, agent: till.agent },
      training: till.training === true,
      version: VERSION,
      boot,
      terminal: this.#terminal(),
      terminalState: this.terminalState(),
      strip: strip.lights(),
      ...this.#open(),
      ...(order === undefined ? {} : { counter: this.#orderWithAttempt(order.orderId) ?? { order: orderView(order) } }),
      blocked: desk.blockedOrders().map(blockedView),
      questions: spool.questions().map(slipView),
      clock: {
        backendNow: skew.backendNow(),
        trusted: skew.trusted,
        ...(skew.wallClockErrorMs === undefined ? {} : { errorMs: skew.wallClockErrorMs }),
      },
      network: { online: network.online, waitingEvents: waiting },
      journal: { head: book.head.seq, ...(trouble === undefined ? {} : { trouble }) },
      limits: { maxFen: desk.maxFen },
      notices,
      unreadNotices: notices.filter(isUnread).length,
    };
  }

  /** The same for paper. */
  terminalSlip(): TerminalSlip {
    const { merchant, till, skew } = this.#parts;
    const { state, reason, sinceMs, untilMs, reference, phone, requiredAction } = this.terminalState();
    return {
      merchantName: merchant.name,
      till: `${till.store}/${till.agent}`,
      version: VERSION,
      time: skew.backendNow(),
      state: STATE_WORDS[state],
      reason: reason?.zh,
      since: sinceMs,
      until: untilMs,
      referenceNo: reference,
      servicePhone: phone,
      action: requiredAction?.zh,
    };
  }

  /** Whether this terminal may collect, and why not. */
  terminalState() {
    const { book, merchant, terminalWatch } = this.#parts;
    return terminalView(book.settings, { phone: merchant.servicePhone, unconfirmed: terminalWatch.unconfirmed });
  }

  /** What the sign-in screen needs. */
  welcome(people: readonly Person[]) {
    const { merchant, till, skew } = this.#parts;
    return {
      till: { name: merchant.name, placeName: till.store },
      ...(till.training ? { training: true } : {}),
      version: VERSION,
      mode: 'ready' as const,
      ...(people.length === 0 ? { setup: { steps: [...ADD_PEOPLE] } } : {}),
      people: [...people],
      ...(merchant.servicePhone === undefined ? {} : { contact: { phone: merchant.servicePhone } }),
      clock: { nowMs: skew.backendNow(), trusted: skew.trusted },
    };
  }

  devices() {
    return this.#parts.devices.all.map(({ dev, avail, reason, since }) => ({
      device: dev,
      state: avail,
      ...(reason === undefined ? {} : { reason }),
      since,
    }));
  }

  /** An order with its newest attempt and what is known of its slips; `undefined`: memory knows no such order. */
  order(orderId: string) {
    return this.#orderWithAttempt(orderId);
  }

  attempt(attemptId: string) {
    const { book } = this.#parts;
    const record = book.attempts.get(attemptId);
    if (!record) return undefined;
    const slips = [...book.slips.values()].filter((slip) => slip.attemptId === attemptId).map(slipView);
    return { ...attemptView(record), slips };
  }

  intent(intentId: string): IntentView | undefined {
    const intent = this.#parts.book.intents.get(intentId);
    return intent && IntentView.parse(intentView(intent));
  }

  refund(refundId: string) {
    const refund = this.#parts.book.refunds.get(refundId);
    return refund && refundView(refund);
  }

  /** Holds that stand, or of which nobody knows. */
  holds() {
    return this.#parts.holds.standing();
  }

  #orderWithAttempt(orderId: string) {
    const order = this.#parts.book.orders.get(orderId);
    if (!order) return undefined;
    const attempt = order.attemptId === undefined ? undefined : this.attempt(order.attemptId);
    const intent = order.intentId === undefined ? undefined : this.intent(order.intentId);
    const refunds = [...this.#parts.book.refunds.values()].filter((refund) => refund.orderId === orderId);
    const charge = this.#parts.book.charge(orderId);
    const late = lateMoney(order, this.#parts.book);
    const hold = [...this.#parts.book.holds.values()].findLast((one) => one.orderId === orderId);
    return {
      order: orderView(order),
      ...(attempt === undefined ? {} : { attempt }),
      ...(intent === undefined ? {} : { intent }),
      ...(refunds.length === 0 ? {} : { refunds: refunds.map(refundView) }),
      ...(hold === undefined ? {} : { hold: this.#parts.holds.view(hold) }),
      ...(late.length === 0 ? {} : { late: [...late] }),
      ...(charge === undefined ? {} : { remainingFen: remainingFen(charge, refunds) }),
    };
  }

  /** What the people at the counter must read, as long as it holds. */
  #notices(now: number) {
    return [...this.#parts.book.notices.values()].filter(({ until }) => until === undefined || until > now);
  }

  /** The payment under way at the counter: how long it has taken, and how long it may. */
  #open() {
    const { book, desk, runner, skew, cards } = this.#parts;
    const attemptId = desk.counterOrder?.attemptId;
    const record = attemptId === undefined ? undefined : book.attempts.get(attemptId);
    const ageMs = record && runner.ageOf(record.attempt.attemptId);
    if (!record || ageMs === undefined) return {};
    const says = cards?.saysOf(record.attempt.attemptId);
    return { open: openAttemptView(record.attempt, ageMs, skew.backendNow(), says) };
  }

  #terminal() {
    const { book, cards } = this.#parts;
    const { settings } = book;
    const refusal = collectRefusal(settings);
    const block = shownBlock(settings) ?? { state: 'ACTIVE' as const };
    const { state, reasonCode, referenceNo, servicePhone, since, until } = block;
    return {
      state,
      canCollect: refusal === undefined,
      canHold: refusal === undefined && cards?.canHold === true,
      canRefund: refundRefusal(settings) === undefined,
      ...(refusal === undefined ? {} : { why: refusal.advice }),
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(referenceNo === undefined ? {} : { referenceNo }),
      ...(servicePhone === undefined ? {} : { servicePhone }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
  }
}
