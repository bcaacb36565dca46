import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { RefundArgs } from '../../protocols/backend/verbs.ts';
import type { Ledger } from '../../simulator/acquirer/ledger.ts';
import { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { BACKEND_KEY, type MemoryBackend } from '../world/backend.ts';
import type { Chance } from './chance.ts';
import type { FaultName } from './faults.ts';
import type { Paid } from './office-program.ts';
import type { Story } from './story.ts';
import { TILL } from './terms.ts';

// The people who give money back and change the rules, and those who pretend to be them.

export interface BackOfficeParts {
  readonly chance: Chance;
  readonly story: Story;
  readonly backend: MemoryBackend;
  /** sold so long ago that the till has to look it up */
  readonly old: readonly Paid[];
  readonly ledger: Ledger;
  /** does this happen now? */
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly after: (ms: number, act: () => void) => void;
  /** the memory of the card terminal, where there is one */
  readonly cards: {
    readonly isBusy: () => boolean;
    /** of an order, as it was asked for; anything else somebody gives back there before it is looked at */
    readonly isPaid: (orderId: string) => boolean;
    readonly gaveBack: (refundId: string) => boolean;
    /** what is held for an order; `undefined`: nobody ever wanted that */
    readonly held: (orderId: string) => 'stands' | 'gone' | undefined;
  };
  /** nobody can pay this attempt any more */
  readonly isClosed: (attemptId: string) => boolean;
  /** publishes with the retain flag */
  readonly retain: (command: CommandEnvelope) => void;
}

/** What persons with authority allowed under one refundId: nothing else may leave. The first that arrives stands for life. */
export interface Allowed {
  readonly orderId: string;
  readonly fen: ReadonlySet<number>;
}

const STRANGER = new CommandSigner('stranger', new Uint8Array(32).fill(9));
const FORGER = new CommandSigner(BACKEND_KEY.kid, new Uint8Array(32).fill(9));
/** Commands live a minute (command-book.ts): the late ones come a moment or a while after that. */
const TOO_LATE_MS = 60_001;
const LATER_MS = 10_000;

export class BackOffice {
  /** by refundId */
  readonly allowed = new Map<string, Allowed>();
  /** command -> the refund it is about */
  readonly refundOf = new Map<string, string>();
  /** notices that were sent */
  readonly noticesSent: string[] = [];
  readonly #parts: BackOfficeParts;
  readonly #sent: CommandEnvelope[] = [];
  #serial = 0;
  #seq = 0;
  #suspended = false;

  constructor(parts: BackOfficeParts) {
    this.#parts = parts;
  }

  /** Works until the day is over. */
  work(isOver: () => boolean): void {
    const { after, chance } = this.#parts;
    after(chance.between(1_500, 7_000), () => {
      if (isOver()) return this.#goHome();
      this.#act();
      this.work(isOver);
    });
  }

  #act(): void {
    const paid = this.#paid();
    const order = paid[this.#parts.chance.below(Math.max(1, paid.length))];
    if (order) this.#giveBack(order);
    if (this.#wants('manager-resolves')) this.#resolve();
    if (this.#wants('rules-change')) this.#changeRules();
    this.#ofLongAgo();
    if (this.#wants('notice-sent')) this.#sendNotice();
    if (this.#wants('refund-too-early')) this.#tooEarly();
  }

  #giveBack(order: Paid): void {
    const { chance } = this.#parts;
    if (this.#wants('refund-asked')) this.#ask(order, chance.between(1, order.amountFen));
    if (this.#wants('refunds-race')) for (let n = 0; n < 3; n++) this.#ask(order, Math.ceil(order.amountFen * 0.4));
    if (this.#wants('refund-unapproved')) this.#askForApproval(order, chance.between(1, order.amountFen));
    if (this.#wants('refund-repeated')) this.#repeat();
    if (this.#wants('refund-other-terms')) this.#otherTerms();
    this.#pretend(order);
  }

  #ask(order: Paid, refundFen: number): void {
    const refundId = this.#newId();
    this.allow(refundId, order.orderId, refundFen);
    this.#send(this.#refund(refundId, order, refundFen, { approvedBy: 'manager.2' }, BACKEND_KEY));
  }

  /** A person with authority agrees. */
  allow(refundId: string, orderId: string, refundFen: number): void {
    this.allowed.set(refundId, { orderId, fen: new Set([...(this.allowed.get(refundId)?.fen ?? []), refundFen]) });
  }

  /** The second person agrees later, or nobody does, or the one who asked tries to. */
  #askForApproval(order: Paid, refundFen: number): void {
    const { chance, after } = this.#parts;
    const refundId = this.#newId();
    this.#send(this.#refund(refundId, order, refundFen, {}, BACKEND_KEY));
    this.#send(this.#refund(refundId, order, refundFen, { approvedBy: 'clerk.7' }, BACKEND_KEY));
    if (chance.happens(0.3)) return;
    after(chance.between(1_000, 40_000), () => {
      this.allow(refundId, order.orderId, refundFen);
      this.#send(this.#refund(refundId, order, refundFen, { approvedBy: 'manager.2' }, BACKEND_KEY));
    });
  }

  /** The same command again, or the same refund by another one. */
  #repeat(): void {
    const { chance, backend } = this.#parts;
    const before = this.#sent[chance.below(Math.max(1, this.#sent.length))];
    if (!before) return;
    if (chance.happens(0.5)) return backend.command(TILL, before);
    this.#send(backend.draft(TILL, 'refund', before.args, BACKEND_KEY));
  }

  #otherTerms(): void {
    const { chance, backend } = this.#parts;
    const before = this.#sent[chance.below(Math.max(1, this.#sent.length))];
    if (!before) return;
    const { refundId, orderId, refundFen, approvedBy } = RefundArgs.parse(before.args);
    const args = { ...before.args, refundFen: refundFen + 1 };
    // should the first one never arrive, this is the refund
    if (approvedBy === 'manager.2') this.allow(refundId, orderId, refundFen + 1);
    const command = backend.draft(TILL, 'refund', args, BACKEND_KEY);
    this.refundOf.set(command.id, refundId);
    backend.command(TILL, command);
  }

  /** None of these may ever move money. */
  #pretend(order: Paid): void {
    const { chance, backend, retain, after } = this.#parts;
    const make = (key?: CommandSigner) =>
      this.#refund(this.#newId(), order, chance.between(1, order.amountFen), { approvedBy: 'manager.2' }, key);
    if (this.#wants('command-unsigned')) backend.command(TILL, make());
    if (this.#wants('command-forged')) backend.command(TILL, make(chance.pick([STRANGER, FORGER])));
    if (this.#wants('command-elsewhere')) backend.command(TILL, BACKEND_KEY.sign({ ...TILL, agent: 'till-2' }, make()));
    if (this.#wants('command-retained')) retain(make(BACKEND_KEY));
    if (this.#wants('command-expired')) {
      const late = make(BACKEND_KEY);
      after(TOO_LATE_MS + chance.below(LATER_MS), () => backend.command(TILL, late));
    }
  }

  #ofLongAgo(): void {
    const { chance, old } = this.#parts;
    const order = old[chance.below(Math.max(1, old.length))];
    if (order && this.#wants('refund-long-ago')) this.#ask(order, chance.between(1, order.amountFen));
  }

  #sendNotice(): void {
    const { backend, chance } = this.#parts;
    const noticeId = `N${this.noticesSent.length + 1}`;
    this.noticesSent.push(noticeId);
    const level = chance.pick(['info', 'warn', 'urgent'] as const);
    const notice = { noticeId, level, titleZh: '通知', textZh: '今晚维护', ackRequired: chance.happens(0.7) };
    backend.command(TILL, backend.draft(TILL, 'notice', notice));
  }

  /** For an order that may be open, being paid or being reversed. */
  #tooEarly(): void {
    const newest = this.#parts.backend.events(TILL).findLast(({ data }) => data.type === 'attempt')?.data;
    if (newest?.type === 'attempt') this.#ask(newest, this.#parts.chance.between(1, newest.amountFen));
  }

  /** A manager asks the bank, which knows, and says so; never while the customer could still pay. */
  #resolve(): void {
    const { backend } = this.#parts;
    for (const args of this.resolutions()) backend.command(TILL, backend.draft(TILL, 'resolve', args, BACKEND_KEY));
  }

  /** Somebody gave up at the terminal, by hand, what was held for an order. */
  tellHoldGone(orderId: string): void {
    const { backend } = this.#parts;
    const args = { orderId, outcome: 'unpaid', hold: 'gone', personId: 'manager.2', reason: 'given up by hand' };
    backend.command(TILL, backend.draft(TILL, 'resolve', args, BACKEND_KEY));
  }

  resolutions(): CommandEnvelope['args'][] {
    const { ledger, isClosed, cards } = this.#parts;
    if (cards.isBusy()) return [];
    const person = { personId: 'manager.2', reason: 'the bank says so' };
    const heard = this.#paidCodes();
    const orders = this.#disputed().flatMap(({ orderId, attempts }) => {
      const money = [
        ...new Set(ledger.entries.flatMap((entry) => (entry.orderId === orderId ? entry.attemptId : []))),
      ].filter((id) => ledger.ofAttempt(id).charges > ledger.ofAttempt(id).reversals);
      // money for a closed code that the till has not heard of is another doubt: it is waited for (seed 501934)
      const isAbout = money.every((id) => attempts.includes(id) || heard.has(id));
      if (!isAbout || !attempts.every(isClosed)) return [];
      // what went back by a refund is the shop's no more
      const isPaid = money.some((id) => ledger.ofAttempt(id).netFen > 0) || cards.isPaid(orderId);
      const outcome = isPaid ? 'paid' : money.length > 0 ? 'refunded' : 'unpaid';
      const held = isPaid ? undefined : cards.held(orderId);
      return [{ orderId, outcome, ...(held && { hold: held }), ...person }];
    });
    const refunds = this.#doubtful().map((refundId) => {
      const { orderId = '' } = this.allowed.get(refundId) ?? {};
      const isBack = ledger.entries.some((entry) => entry.refundId === refundId) || cards.gaveBack(refundId);
      return { orderId, refundId, outcome: isBack ? 'refunded' : 'unpaid', ...person };
    });
    return [...orders, ...refunds];
  }

  #changeRules(): void {
    const { chance, backend, after } = this.#parts;
    const change = (verb: string, args: CommandEnvelope['args'], key?: CommandSigner) => {
      this.#seq += 1;
      backend.command(TILL, backend.draft(TILL, verb, { commandSeq: this.#seq, ...args }, key));
    };
    if (chance.happens(0.5)) {
      change('suspend', { state: 'SUSPENDED', reasonCode: 'SYS_UPGRADE' });
      this.#suspended = true;
      return after(chance.between(1_000, 15_000), () => {
        change('resume', {}, BACKEND_KEY);
        this.#suspended = false;
      });
    }
    change('limits', { refund: { maxFen: chance.between(1, 200_000) } }, chance.happens(0.5) ? BACKEND_KEY : undefined);
  }

  /** What was closed is opened again for the next day. */
  #goHome(): void {
    if (!this.#suspended) return;
    this.#seq += 1;
    const { backend } = this.#parts;
    backend.command(TILL, backend.draft(TILL, 'resume', { commandSeq: this.#seq }, BACKEND_KEY));
  }

  // --- what the backend knows

  #paid(): Paid[] {
    return this.#parts.backend
      .events(TILL)
      .flatMap(({ data }) => (data.type === 'attempt' && data.state === 'PAID' ? [data] : []));
  }

  #disputed(): { orderId: string; attempts: string[] }[] {
    const attempts = new Map<string, Set<string>>();
    const doubtful = new Set<string>();
    for (const { data } of this.#parts.backend.events(TILL)) {
      if (data.type !== 'attempt' && data.type !== 'hold') continue;
      attempts.set(data.orderId, (attempts.get(data.orderId) ?? new Set()).add(data.attemptId));
      const isDoubtful =
        data.type === 'hold'
          ? data.outcome === 'needs-a-person'
          : data.state === 'NEEDS_MANUAL_CHECK' || data.lateSuccess;
      if (isDoubtful) doubtful.add(data.orderId);
    }
    return [...doubtful].map((orderId) => ({ orderId, attempts: [...(attempts.get(orderId) ?? [])] }));
  }

  /** codes of whose payment the till has told */
  #paidCodes(): ReadonlySet<string> {
    return new Set(
      this.#parts.backend
        .events(TILL)
        .flatMap(({ data }) => (data.type === 'intent' && data.paidFen !== undefined ? [data.intentId] : [])),
    );
  }

  #doubtful(): string[] {
    return this.#parts.backend
      .events(TILL)
      .flatMap(({ data }) => (data.type === 'refund' && data.state === 'NEEDS_MANUAL_CHECK' ? [data.refundId] : []));
  }

  // --- saying it

  #wants(fault: FaultName): boolean {
    const { wants, hit } = this.#parts;
    if (!wants(fault)) return false;
    hit(fault);
    return true;
  }

  #refund(
    refundId: string,
    { orderId }: Paid,
    refundFen: number,
    more: { readonly approvedBy?: string },
    key?: CommandSigner,
  ): CommandEnvelope {
    const args = { refundId, orderId, refundFen, currency: 'CNY', reason: 'returned', requestedBy: 'clerk.7', ...more };
    const command = this.#parts.backend.draft(TILL, 'refund', args, key);
    this.#parts.story.tell('backend', () => `drafts ${command.id}: ${refundId}, ${refundFen} fen of ${orderId}`);
    this.refundOf.set(command.id, refundId);
    return command;
  }

  #send(command: CommandEnvelope): void {
    const { backend, story } = this.#parts;
    story.tell('backend', () => `${command.type} ${JSON.stringify(command.args)}`);
    this.refundOf.set(command.id, RefundArgs.parse(command.args).refundId);
    this.#sent.push(command);
    backend.command(TILL, command);
  }

  #newId(): string {
    this.#serial += 1;
    return `F${String(this.#serial).padStart(4, '0')}`;
  }
}
