import { type CallOutcome, callId, type LocalCalls } from '../../agent/console/calls.ts';
import type { NoticeRoom } from '../../agent/rules/notice-room.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { Chance } from './chance.ts';
import type { FaultName } from './faults.ts';
import type { Story } from './story.ts';

// The shop's own program on the same PC, with the people who sign in there: a clerk asks for refunds and a manager approves
// them, somebody opens codes and gives them up, prints again, asks after orders, reads notices. It goes away in the middle
// of a call and says the same again under the same key; it says something else under an old key.

export interface OfficeParts {
  readonly chance: Chance;
  readonly story: Story;
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  /** the way into the agent that runs; undefined while none does */
  readonly calls: () => LocalCalls | undefined;
  readonly notices: () => Pick<NoticeRoom, 'acknowledge'> | undefined;
  /** payments that the shop knows of */
  readonly paid: () => readonly Paid[];
  /** notices that were sent to this till */
  readonly sent: () => readonly string[];
  /** what a manager who asked the bank says of money in doubt */
  readonly resolutions: () => readonly CommandEnvelope['args'][];
  /** the call is about this refund; `isAllowed`: a second person has agreed to it */
  readonly asks: (commandId: string, refund: Refund, isAllowed: boolean) => void;
  /** a new order is to be paid */
  readonly newOrder: (amountFen: number) => string;
  readonly answered: (result: CommandResult) => void;
  /** the till said that this person was the first to acknowledge the notice */
  readonly read: (noticeId: string, personId: string) => void;
  readonly confused: (detail: string) => void;
}

export interface Paid {
  readonly orderId: string;
  readonly amountFen: number;
}

interface Refund extends Paid {
  readonly refundId: string;
  readonly refundFen: number;
}

interface Wish {
  readonly verb: string;
  readonly key: string;
  readonly args: CommandEnvelope['args'];
}

const PROGRAM = 'office';
const CLERK = 'clerk.7';
const MANAGER = 'manager.2';
const SCOPES = ['read', 'collect', 'refund', 'resolve'] as const;
/** How often somebody without an answer comes back. */
const TRIES = 12;
const PATIENCE_MS = 8_000;

export class OfficeProgram {
  readonly #parts: OfficeParts;
  #serial = 0;

  constructor(parts: OfficeParts) {
    this.#parts = parts;
  }

  /** Works until the day is over. */
  async work(): Promise<void> {
    const { chance, pause, isOver } = this.#parts;
    for (await pause(chance.between(2_000, 9_000)); !isOver(); await pause(chance.between(2_000, 9_000))) this.#act();
  }

  #act(): void {
    const { chance, paid } = this.#parts;
    const orders = paid();
    const order = orders[chance.below(Math.max(1, orders.length))];
    if (order) this.#about(order);
    if (this.#wants('program-intents')) void this.#code();
    if (this.#wants('program-resolves')) this.#resolve();
    if (this.#wants('notice-read')) this.#read();
  }

  #about(order: Paid): void {
    if (this.#wants('program-refunds')) void this.#giveBack(order);
    if (this.#wants('program-for-both')) this.#speakForBoth(order);
    if (this.#wants('program-prints')) void this.#insist(this.#wish('print', { orderId: order.orderId }));
    if (this.#wants('program-queries')) void this.#insist(this.#wish('query', { orderId: order.orderId }));
  }

  // --- money that goes back

  /** A clerk asks; a manager agrees later, or nobody does; sometimes the clerk tries to agree. */
  async #giveBack(order: Paid): Promise<void> {
    const { chance, pause, asks } = this.#parts;
    const refund = this.#newRefund(order);
    const asked = this.#refund(refund);
    asks(callId(PROGRAM, asked.verb, asked.key), refund, false);
    const answer = await this.#insist(asked);
    if (answer?.code !== 'REFUND_REQUESTED' && chance.happens(0.8)) return;
    await pause(chance.between(100, 20_000));
    if (chance.happens(0.3)) await this.#insist(this.#refund(refund, CLERK));
    if (chance.happens(0.2) || this.#parts.isOver()) return;
    const approval = this.#refund(refund, MANAGER);
    asks(callId(PROGRAM, approval.verb, approval.key), refund, true);
    await this.#insist(approval);
  }

  /** One program says in one call that two people want it: nobody has approved anything. */
  #speakForBoth(order: Paid): void {
    void this.#insist(this.#refund(this.#newRefund(order), MANAGER));
  }

  #newRefund({ orderId, amountFen }: Paid): Refund {
    this.#serial += 1;
    const refundId = `P${String(this.#serial).padStart(4, '0')}`;
    return { refundId, orderId, amountFen, refundFen: this.#parts.chance.between(1, amountFen) };
  }

  #refund({ refundId, orderId, refundFen }: Refund, approvedBy?: string): Wish {
    const approved = approvedBy === undefined ? {} : { approvedBy };
    const terms = { refundId, orderId, refundFen, currency: 'CNY', reason: 'returned', requestedBy: CLERK };
    return this.#wish('refund', { ...terms, ...approved });
  }

  #resolve(): void {
    for (const args of this.#parts.resolutions()) void this.#insist(this.#wish('resolve', args));
  }

  // --- codes

  /** Opens a code, and does with it what people do. */
  async #code(): Promise<void> {
    const { chance, pause, newOrder } = this.#parts;
    const amountFen = chance.between(1, 200_000);
    const ttlMs = chance.between(60_000, 100_000);
    const terms = { orderId: newOrder(amountFen), amountFen, currency: 'CNY', ttlMs, forms: ['screen'] };
    const made = await this.#insist(this.#wish('intent', terms));
    const intentId = made?.attempt;
    if (intentId === undefined) return;
    for (let n = chance.below(4); n > 0; n--) {
      await pause(chance.between(500, 20_000));
      const verb = chance.pick(['intent-query', 'intent-query', 'intent-print', 'intent-cancel'] as const);
      await this.#insist(this.#wish(verb, { intentId, ...(verb === 'intent-print' ? { form: 'slip' } : {}) }));
    }
  }

  // --- notices

  #read(): void {
    const { chance, notices, sent, read, story } = this.#parts;
    const known = sent();
    const noticeId = known[chance.below(Math.max(1, known.length))];
    const room = notices();
    if (noticeId === undefined || !room) return;
    const personId = chance.pick([CLERK, MANAGER]);
    story.tell('program', () => `${personId} has read ${noticeId}`);
    // a till that cannot write says so: the notice stays unread, and is read again
    room.acknowledge(noticeId, personId).then(
      (notice) => {
        if (notice?.acknowledged) read(noticeId, notice.acknowledged.personId);
      },
      (error: unknown) => story.tell('program', () => `${noticeId}: ${String(error)}`),
    );
  }

  // --- calling

  #wish(verb: string, args: CommandEnvelope['args']): Wish {
    this.#serial += 1;
    return { verb, key: `o-${this.#serial}`, args };
  }

  /** Says it until the end is known; the last answer. */
  async #insist(wish: Wish): Promise<CommandResult | undefined> {
    const { chance, pause, isOver } = this.#parts;
    let last: CommandResult | undefined;
    for (let n = 0; n < TRIES && !isOver(); n += 1) {
      const outcome = await this.#ask(wish, chance.pick([0, 0, 5_000]));
      if (outcome && outcome.kind !== 'unsure') last = outcome.result;
      if (outcome?.kind === 'refused' || last?.phase === 'final') return last;
      await pause(chance.between(800, 4_000));
    }
    return last;
  }

  async #ask(wish: Wish, waitMs: number): Promise<CallOutcome | undefined> {
    const { chance, pause } = this.#parts;
    const answer = this.#call(wish, waitMs);
    if (this.#wants('call-repeated')) void this.#call(wish, 0);
    if (this.#wants('caller-gone')) {
      await pause(chance.between(10, 3_000));
      return undefined;
    }
    // whoever waits for a process that died waits no longer than this
    const outcome = await Promise.race([answer, pause(waitMs + PATIENCE_MS)]);
    if (outcome?.kind === 'taken' && this.#wants('call-conflict')) await this.#sayOther(wish);
    return outcome ?? undefined;
  }

  async #call(wish: Wish, waitMs: number): Promise<CallOutcome | undefined> {
    const outcome = await this.#say(wish, waitMs);
    if (outcome && outcome.kind !== 'unsure') this.#parts.answered(outcome.result);
    return outcome;
  }

  async #say({ verb, key, args }: Wish, waitMs: number): Promise<CallOutcome | undefined> {
    const { calls, story } = this.#parts;
    story.tell('program', () => `${key}: ${verb} ${JSON.stringify(args).slice(0, 140)}`);
    const caller = { program: PROGRAM, personId: CLERK, scopes: SCOPES };
    const outcome = await calls()?.call({ caller, verb, key, args, waitMs });
    story.tell('program', () => `${key}: ${outcome ? told(outcome) : 'nobody there'}`);
    return outcome;
  }

  /** An old key, another wish: refused, or the till has forgotten what it promised. */
  async #sayOther(wish: Wish): Promise<void> {
    const other = { ...wish, args: { ...wish.args, orderId: 'ANOTHER' } };
    const outcome = await Promise.race([this.#say(other, 0), this.#parts.pause(PATIENCE_MS)]);
    if (!outcome || outcome.kind === 'unsure') return;
    if (outcome.kind === 'refused' && outcome.result.code === 'IDEMPOTENCY_CONFLICT') return;
    this.#parts.confused(`${wish.key} (${wish.verb}) about another order: ${outcome.kind} ${outcome.result.code}`);
  }

  #wants(fault: FaultName): boolean {
    const { wants, hit } = this.#parts;
    if (!wants(fault)) return false;
    hit(fault);
    return true;
  }
}

function told(outcome: CallOutcome): string {
  if (outcome.kind === 'unsure') return 'nobody can tell yet';
  const { phase, status, code } = outcome.result;
  return `${phase} ${status} ${code}`;
}
