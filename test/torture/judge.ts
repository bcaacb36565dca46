import type { TillBook } from '../../agent/journal/book.ts';
import { canonicalJson } from '../../protocols/backend/canonical.ts';
import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import type { Request } from '../../protocols/backend/requests.ts';
import type { IntentCounter } from '../../simulator/acquirer/intents.ts';
import type { Ledger, LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { Allowed } from './back-office.ts';
import { CardJudge } from './card-judge.ts';
import type { Run } from './computer.ts';
import { isOfHold } from './hold-judge.ts';
import { IntentJudge } from './intent-judge.ts';
import type { Paper } from './receipt-printer.ts';
import { RefundJudge } from './refund-judge.ts';
import { FINALS, type Witness, Written, type WrittenAttempt, type WrittenRecord } from './witness.ts';

// What must never be otherwise (product.md rules 1 to 10, order-states.json invariants). Judged from outside: the ledger,
// the disk, the wire, the paper, the log.

const OVERTAKEN: ReadonlySet<string> = new Set([
  'DEVICE_BUSY',
  'ORDER_BLOCKED',
  'IDEMPOTENCY_CONFLICT',
  'EXPIRED',
  'NETWORK_DOWN',
  'NO_PRINTER',
  'DEVICE_OFFLINE',
  'MERCHANT_SUSPENDED',
  'STALE',
  'SIGNATURE_REQUIRED',
  'SECOND_PERSON_REQUIRED',
  'REFUND_AMOUNT',
  'REFUND_LIMIT',
  'REFUND_WINDOW',
  'CLOCK_UNTRUSTED',
  'NOT_FOUND',
  'HOLD_STANDS',
  'NO_HOLD',
  'HOLD_EXCEEDED',
  'HOLD_UNNAMED',
]);

export const INVARIANTS = {
  'net-charges': 'one order, at most one charge that stays, and one attempt or intent that paid it',
  'charge-without-end': 'every charge ends paid with a slip offered, reversed, or with a person',
  'success-without-charge': 'no success is shown, told or printed without a charge in the ledger',
  'wrong-amount': 'what is charged, told and written is the amount of the order',
  'rebuild-differs': 'the log, read again, gives the state that lived',
  'journal-lost': 'what was durable is never lost, and what is torn is never taken for damage',
  'not-final-in-time': 'after the last fault every attempt is final in the stated time, or with a person',
  'outbox-not-emptied': 'after the last fault every event reaches the backend, once and unchanged',
  'event-changed': 'an event number is never used twice',
  'paycode-leaked': 'no paycode in a log line, a record, on paper or on a topic other than req/pay',
  'card-leaked': 'no card number in a log line, a record, on paper or on a topic',
  'code-outlived': 'no paycode is sent after its 50 s, and none reaches a channel after them',
  'pay-sent-twice': 'an attempt is sent once, a paycode is sent once',
  'spoke-before-writing': 'what is said is on disk before',
  'result-contradicted': 'a command has one final result',
  'result-missing': 'what was accepted is opened, and what ended is answered',
  'resumed-without-asking': 'a restart resumes every open attempt with a query',
  'paid-after-reverse': 'once a reverse was sent the attempt never becomes PAID',
  'final-left': 'a final state is never left, and what an attempt is never changes',
  'two-open-attempts': 'at most one open attempt or intent per order',
  'freed-uncertain': 'an order is free only when its code is certainly closed',
  'two-original-slips': 'never two unmarked original slips',
  'slip-missing': 'exactly one original when the printer can confirm and ends healthy, else at most one and a question',
  'over-refunded': 'what goes back of an order, by refunds and reversals, is never more than came',
  'refund-unauthorised': 'no refund leaves without a signed word and a second person, and never with other terms',
  'refund-and-reverse': 'the money of a payment goes back by one way only',
  'refund-lost': 'what the acquirer gave back the till knows of',
  'over-limit': 'everything has its limit',
  'replay-differs': 'a seed gives the same again',
  'key-forgotten': 'a key is one wish: another under the same key is refused',
  'notice-forgotten': 'what a person has read is on disk before the till says so, and the backend hears of it once',
  'asked-before-money': 'what nobody knows of the card terminal is asked after before it is asked for money again',
  'doubt-not-told': 'what a person has to find out of a card comes to the backend with its evidence',
  'hold-lost': 'what the terminal holds stands in the journal, or with a person; what was charged of it is paid there',
  'hold-is-no-money': 'a hold is never told, written or printed as money taken',
  'hold-beside-money': 'while a hold may stand, no other way of paying its order begins',
  'signature-lost':
    'what a customer signed is with the acquirer as it was drawn, or on a marked slip, never gone in silence',
  'signature-kept': 'a signature is deleted when the acquirer has it or its slip is printed',
  'signature-leaked': 'no picture and no code of a signature in a log line, a record or on another topic',
  'agent-broke': 'the agent throws nothing that nobody catches',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Finding {
  readonly invariant: Invariant;
  readonly detail: string;
  readonly t: number;
}

/** PAYCODE_LIFE_MS, and what a gun's line and a hop take. */
const CODE_LIFE_MS = 50_000;
const CODE_SLACK_MS = 1_000;
/** FINGERPRINT_MEMORY_MS, less what a timer may be early */
const CODE_MEMORY_MS = 599_000;
const LOG_LINE_LIMIT = 8_192 + 64;
/** Timers one agent may have: the sum of its rooms' own limits, generously. */
const WAITING_LIMIT = 300;
const MARK = '重打印';
const REFUND = '扫码退货';
const SALE = '扫码消费';
const CARD_NUMBER = '卡号';
const AMOUNT_HELD = 'AMOUNT HELD';
const HOLD = '预授权';
const COMPLETION = '预授权完成';
/** by the command that is printed */
const HOLD_TITLES = { preAuth: '预授权单', cancelPreAuth: '预授权撤销单' } as const;

export class Judge {
  readonly findings: Finding[] = [];
  /** the world's: the backend goes by it */
  readonly #clock: Pick<Clock, 'now' | 'mono'>;
  readonly #ledger: Ledger;
  readonly #witness: Witness;
  readonly #counter: IntentCounter;
  /** codes that customers scan */
  readonly intents: IntentJudge;
  /** money that a provider took although the shop did not ask for it, by transaction: somebody's task, nobody's payment */
  readonly #unexpected = new Set<string>();
  /** every code that the gun read or will read: its characters, and when it was read last (world ms) */
  readonly codes = new Map<string, number>();
  /** unmarked papers per attempt */
  readonly originals = new Map<string, { whole: number; all: number }>();
  readonly marked = new Map<string, number>();
  /** unmarked papers of holds, and of those that were given up, per order */
  readonly #holdOriginals = new Map<string, number>();
  /** amount of each order that was asked for */
  readonly orders = new Map<string, number>();
  readonly #pays = new Map<string, number>();
  readonly #reversed = new Set<string>();
  readonly #eventIds = new Map<number, string>();
  readonly #finals = new Map<string, CommandResult>();
  readonly #accepted = new Set<string>();
  #latest = new Map<string, WrittenAttempt>();
  /** of this life */
  #codesSent = new Map<string, number>();
  /** of each code that was sent: how far the till's idea of the time was ahead then, ms */
  readonly #aheadBy = new Map<string, number>();
  #asked = new Set<string>();
  #born = new Set<string>();
  #snapshot: string | undefined;
  /** what the process found on the disk: as good as written, to a program */
  #found = new Written();

  readonly refunds: RefundJudge;
  readonly cards: CardJudge;
  /** numbers of cards: nowhere */
  readonly pans: string[] = [];
  /** what persons with authority allowed to be given back */
  allowed: () => ReadonlyMap<string, Allowed> = () => new Map();

  constructor(clock: Pick<Clock, 'now' | 'mono'>, ledger: Ledger, witness: Witness, counter: IntentCounter) {
    const find = (invariant: Invariant, detail: string) => this.find(invariant, detail);
    this.cards = new CardJudge({
      witness,
      ledger,
      find,
      isUnexpected: (transactionId) => this.#unexpected.has(transactionId),
      allowed: () => this.allowed(),
      found: () => this.#found,
    });
    const gaveBack = (refundId: string) => this.cards.gaveBack(refundId);
    this.refunds = new RefundJudge({ ledger, witness, find, gaveBack, allowed: () => this.allowed() });
    this.#clock = clock;
    this.#ledger = ledger;
    this.#witness = witness;
    this.#counter = counter;
    this.intents = new IntentJudge({
      witness,
      ledger,
      counter,
      orders: this.orders,
      find: (invariant, detail) => this.find(invariant, detail),
      begun: (intentId, orderId) => this.cards.holds.begun(intentId, orderId),
      found: (intentId) => this.#found.intents.get(intentId),
    });
    ledger.onEntry = (entry) => this.#charged(entry);
  }

  get attempts(): number {
    return this.#pays.size + this.cards.sales;
  }

  find(invariant: Invariant, detail: string): void {
    if (this.findings.length < 20) this.findings.push({ invariant, detail, t: this.#clock.mono() });
  }

  #mustNot(condition: boolean, invariant: Invariant, detail: () => string): void {
    if (condition) this.find(invariant, detail());
  }

  // --- money

  onCharge: (entry: LedgerEntry) => void = () => undefined;

  #charged(entry: LedgerEntry): void {
    this.onCharge(entry);
    this.refunds.booked(entry);
    if (entry.kind !== 'charge') return;
    if (this.#counter.unexpected) return void this.#unexpected.add(entry.transactionId);
    const asked = this.#ledger.entries.filter(
      ({ orderId, transactionId }) => orderId === entry.orderId && !this.#unexpected.has(transactionId),
    );
    const charges = asked.filter(({ kind }) => kind === 'charge').length;
    const reversals = asked.filter(({ kind }) => kind === 'reversal').length;
    const byCard = this.cards.standing(entry.orderId).length;
    this.#mustNot(
      charges - reversals + byCard > 1,
      'net-charges',
      () => `order ${entry.orderId} is charged ${charges} times, ${byCard} times by card`,
    );
    const amount = this.orders.get(entry.orderId);
    this.#mustNot(amount !== entry.amountFen, 'wrong-amount', () => `charged ${entry.amountFen}, asked ${amount}`);
  }

  #isCharged(attemptId: string): boolean {
    const { charges, reversals } = this.#ledger.ofAttempt(attemptId);
    return charges > reversals || this.cards.isCharged(attemptId);
  }

  // --- the journal

  written(record: WrittenRecord): void {
    const attempt = record.data.record?.attempt;
    if (attempt) this.#attemptWritten(attempt);
    if (record.data.intent) this.intents.written(record.data.intent);
    if (record.data.refund) this.refunds.written(record.data.refund);
  }

  #attemptWritten(attempt: WrittenAttempt): void {
    const { attemptId, orderId, amountFen, channel, state } = attempt;
    const before = this.#latest.get(attemptId);
    this.#latest.set(attemptId, attempt);
    this.cards.written(attempt, !before);
    const amount = this.orders.get(orderId);
    // how much of a hold may be asked for is the hold's own (hold-judge.ts)
    const isSale = attempt.card?.refundId === undefined && !isOfHold(attempt);
    this.#mustNot(isSale && amount !== amountFen, 'wrong-amount', () => `attempt of ${amountFen}, asked ${amount}`);
    this.#mustNot(state === 'PAID' && this.#reversed.has(attemptId), 'paid-after-reverse', () => attemptId);
    this.#mustNot(
      state === 'PAID' && !this.#isCharged(attemptId),
      'success-without-charge',
      () => `written ${attemptId}`,
    );
    if (!before) return this.#attemptBorn(attempt);
    const same = before.orderId === orderId && before.amountFen === amountFen && before.channel === channel;
    this.#mustNot(!same, 'final-left', () => `attempt ${attemptId} became another`);
    const left = FINALS.has(before.state) && before.state !== state;
    this.#mustNot(left, 'final-left', () => `attempt ${attemptId}: ${before.state} -> ${state}`);
  }

  #attemptBorn({ attemptId, orderId }: WrittenAttempt): void {
    this.#born.add(attemptId);
    const code = this.intents.openBeside(orderId, attemptId);
    this.#mustNot(code !== undefined, 'two-open-attempts', () => `${attemptId} beside the intent ${code}`);
    for (const other of this.#latest.values()) {
      const open = other.orderId === orderId && other.attemptId !== attemptId && !FINALS.has(other.state);
      this.#mustNot(open, 'two-open-attempts', () => `${attemptId} beside ${other.attemptId}`);
    }
  }

  /** A process died, or begins: what memory knew is gone, the disk is what there is. */
  newLife(): void {
    this.#found = this.#witness.current();
    this.#latest = this.#witness.current().attempts;
    this.intents.newLife();
    this.refunds.newLife();
    this.#codesSent = new Map();
    this.#asked = new Set();
    this.#born = new Set();
  }

  /** The agent's memory in a moment when nothing is on its way to the disk. */
  remember(book: TillBook | undefined): void {
    this.#snapshot = book && this.#witness.isQuiet ? picture(book) : undefined;
  }

  forget(): void {
    this.#snapshot = undefined;
  }

  reopened(book: TillBook, damages: readonly object[]): void {
    for (const damage of damages)
      this.find('journal-lost', `a power cut is taken for damage: ${JSON.stringify(damage)}`);
    if (this.#snapshot !== undefined) {
      const before = this.#snapshot;
      const now = picture(book);
      this.#mustNot(before !== now, 'rebuild-differs', () => difference(before, now));
    }
    this.#snapshot = undefined;
    for (const [intentId, { state }] of this.#witness.current().intents) {
      const read = book.intents.get(intentId)?.state;
      this.#mustNot(read !== state, 'journal-lost', () => `intent ${intentId}: written ${state}, read ${read}`);
    }
    for (const [attemptId, { state }] of this.#witness.current().attempts) {
      const read = book.attempts.get(attemptId)?.attempt.state;
      this.#mustNot(read !== state, 'journal-lost', () => `attempt ${attemptId}: written ${state}, read ${read}`);
    }
  }

  cut(lost: 'durable' | undefined, name: string): void {
    this.#mustNot(lost !== undefined, 'journal-lost', () => `${name} was cut below its durable end`);
    this.#latest = this.#witness.current().attempts;
    this.intents.latest = this.#witness.current().intents;
  }

  // --- what the agent says

  published(run: Run, topic: string, text: string): void {
    const path = topic.split('/').slice(5);
    this.#mustNot(Buffer.byteLength(text) > MAX_MESSAGE_BYTES, 'over-limit', () => `message on ${topic}`);
    if (path[0] !== 'req' || path[1] !== 'pay') this.searched(text, `topic ${path.join('/')}`);
    this.searched(topic, 'a topic');
    if (path[0] === 'req') this.#requested(JSON.parse(text) as Request);
    else if (path[0] === 'res') this.#resulted(JSON.parse(text) as CommandResult);
    else if (path[0] === 'evt') this.#told(JSON.parse(text) as EventEnvelope);
    this.#mustNot(run.clock.waiting > WAITING_LIMIT, 'over-limit', () => `${run.clock.waiting} timers wait`);
  }

  #requested(request: Request): void {
    if (request.op === 'refund') return this.refunds.requested(request);
    if (request.op === 'refund-query') return;
    const { attemptId, op } = request;
    if (request.op === 'intent') return this.intents.requested(request);
    const written = this.#witness.durable.attempts.get(attemptId) ?? this.#found.attempts.get(attemptId);
    this.#mustNot(!written, 'spoke-before-writing', () => `${op} of ${attemptId}, which is not on disk`);
    const amount = this.orders.get(request.orderId);
    this.#mustNot(amount !== request.args.amountFen, 'wrong-amount', () => `${op} of ${request.args.amountFen}`);
    if (request.op === 'pay') {
      this.intents.mustBeAlone(request.orderId, attemptId);
      this.#payRequested(attemptId, request.args.paycode, request.ts);
    }
    if (op === 'reverse') {
      this.#reversed.add(attemptId);
      this.refunds.reversed(attemptId);
      const counted = (written?.reverses ?? 0) > 0 || (this.#found.attempts.get(attemptId)?.reverses ?? 0) > 0;
      this.#mustNot(!counted, 'spoke-before-writing', () => `reverse of ${attemptId}, not counted on disk`);
    }
    const isFirst = !this.#asked.has(attemptId) && !this.#born.has(attemptId);
    this.#asked.add(attemptId);
    this.#mustNot(isFirst && op !== 'query', 'resumed-without-asking', () => `${op} of ${attemptId} after a restart`);
  }

  #payRequested(attemptId: string, code: string, ts: number): void {
    const times = (this.#pays.get(attemptId) ?? 0) + 1;
    this.#pays.set(attemptId, times);
    this.#mustNot(times > 1, 'pay-sent-twice', () => `attempt ${attemptId}`);
    const lately = this.#clock.mono() - (this.#codesSent.get(code) ?? Number.NEGATIVE_INFINITY) < CODE_MEMORY_MS;
    this.#mustNot(lately, 'pay-sent-twice', () => `a code under a second number, ${attemptId}`);
    this.#codesSent.set(code, this.#clock.mono());
    this.#aheadBy.set(code, ts - this.#clock.now());
    this.#alive(code, `sent for ${attemptId}`);
  }

  /**
   * A pay was taken up by the backend. What it calls expired is the till's word, and that is as right as the till knew the time:
   * to half a round trip, or by this PC's clock when nobody has told it yet (local rule clock-untrusted: payments go on).
   */
  payArrived(code: string): void {
    this.#alive(code, 'passed to the channel', CODE_SLACK_MS + Math.max(0, this.#aheadBy.get(code) ?? 0));
  }

  /** A code that was read came to the card terminal, which charges it. */
  codeAtTerminal(code: string): void {
    this.#alive(code, 'said to the terminal');
  }

  #alive(code: string, what: string, slackMs = CODE_SLACK_MS): void {
    const read = this.codes.get(code);
    const age = read === undefined ? Number.POSITIVE_INFINITY : this.#clock.mono() - read;
    this.#mustNot(age > CODE_LIFE_MS + slackMs, 'code-outlived', () => `${what} at ${Math.round(age)} ms`);
  }

  /** A person was told that a notice is acknowledged. */
  noticeRead(noticeId: string, personId: string): void {
    const by = this.#witness.durable.noticesRead.get(noticeId) ?? this.#found.noticesRead.get(noticeId);
    this.#mustNot(by !== personId, 'notice-forgotten', () => `${noticeId} is read by ${personId}, on disk by ${by}`);
  }

  /** What a program beside the till was told. */
  answered(result: CommandResult): void {
    this.searched(JSON.stringify(result), 'an answer of the local API');
    this.#resulted(result);
  }

  #resulted(result: CommandResult): void {
    const { id, phase, code, attempt } = result;
    if (phase === 'accepted') {
      this.#accepted.add(id);
      const kept = this.#witness.durable.commands.has(id) || this.#found.commands.has(id);
      this.#mustNot(!kept, 'spoke-before-writing', () => `command ${id} accepted, not on disk`);
    }
    if (code === 'PAID' && phase === 'final')
      this.#mustNot(!attempt || !this.#isCharged(attempt), 'success-without-charge', () => `result of ${id}`);
    // told `declined`, it is what a person said of a hold that was to be charged or given up: it stands, or is gone
    const isDone = phase === 'final' && result.status === 'ok';
    if (isDone && (code === 'HELD' || code === 'RELEASED')) this.cards.holds.answered(code, attempt);
    if (phase === 'final') this.#finalResult(result);
  }

  #finalResult(result: CommandResult): void {
    const { id, status } = result;
    const before = this.#finals.get(id);
    // `failed` proves that nothing was done: the same command may come again and be done then
    const open = !before || before.status === 'failed' || (before.status === 'unknown' && result.resolves === true);
    const same = open || before.status === status;
    this.#mustNot(!same, 'result-contradicted', () => `command ${id}: ${before?.status}, then ${status}`);
    // Accepted, and overtaken by a scan or by time before its turn came: not carried out, and said so.
    const refused = this.#accepted.has(id) && status === 'failed' && !OVERTAKEN.has(result.code);
    this.#mustNot(refused, 'result-contradicted', () => `command ${id} accepted, then ${result.code}`);
    this.#finals.set(id, result);
    const written = this.#witness.durable.results.get(id) ?? this.#found.results.get(id);
    const kept = status === 'failed' || written?.status === status;
    this.#mustNot(!kept, 'spoke-before-writing', () => `result of ${id} is not on disk`);
  }

  #told({ seq, id, data }: EventEnvelope): void {
    const kept = (this.#witness.durable.events.get(seq) ?? this.#found.events.get(seq)) === id;
    this.#mustNot(!kept, 'spoke-before-writing', () => `event ${seq} is not on disk`);
    const before = this.#eventIds.get(seq);
    this.#mustNot(before !== undefined && before !== id, 'event-changed', () => `event ${seq}`);
    this.#eventIds.set(seq, id);
    const isPaid = (data.type === 'attempt' || data.type === 'intent') && data.state === 'PAID';
    const success = isPaid ? (data.type === 'attempt' ? data.attemptId : data.intentId) : undefined;
    this.#mustNot(
      success !== undefined && !this.#isCharged(success),
      'success-without-charge',
      () => `event ${seq} of ${success}`,
    );
  }

  logged(line: string): void {
    this.searched(line, 'the log');
    this.#mustNot(line.length > LOG_LINE_LIMIT, 'over-limit', () => `a log line of ${line.length} characters`);
  }

  searched(text: string, where: string): void {
    for (const pan of this.pans) if (text.includes(pan)) this.find('card-leaked', where);
    for (const code of this.codes.keys())
      if (text.includes(code)) this.find('paycode-leaked', `${where}: ${code.slice(0, 2)}...${code.slice(-4)}`);
  }

  // --- paper

  printed(paper: Paper): void {
    this.searched(paper.text, 'paper');
    if (paper.text.includes(HOLD) && !paper.text.includes(COMPLETION)) return this.#printedOfHold(paper);
    // a slip cut short in the middle of a command may swallow the head of the next one: then two hang together
    const named = [...this.#latest.keys(), ...this.intents.latest.keys()].filter((id) => paper.text.includes(id));
    for (const attemptId of named) this.#printedOf(attemptId, paper);
    if (named.length === 0 && paper.text.includes(CARD_NUMBER)) this.#printedByCard(paper);
  }

  /** Of a hold, or of one that was given up: it says so, and nothing of money that was taken. */
  #printedOfHold(paper: Paper): void {
    const [orderId] = /(?:ORDER|OFFICE)-\d+/.exec(paper.text) ?? [];
    // torn before it named its order, and cut off so that nobody takes it and the next slip for one: it says nothing was taken
    if (orderId === undefined && !paper.text.includes(AMOUNT_HELD)) return;
    const done = [...this.#latest.values()].some(
      (one) => one.orderId === orderId && isOfHold(one) && one.state === 'REVERSED',
    );
    this.#mustNot(!done && paper.whole, 'success-without-charge', () => `a slip of a hold of ${orderId}`);
    this.#mustNot(paper.text.includes(SALE), 'hold-is-no-money', () => `the slip of a hold of ${orderId}`);
    // the mark stands above the order: what was torn off before that may be either
    if (paper.text.includes(MARK) || orderId === undefined) return;
    for (const [kind, title] of Object.entries(HOLD_TITLES))
      if (paper.text.includes(title)) this.#countOfHold(orderId, kind);
  }

  /** A hold's slip names the order only, which may have had several: as many originals as were carried out. */
  #countOfHold(orderId: string, kind: string): void {
    const key = `${orderId} ${kind}`;
    const printed = (this.#holdOriginals.get(key) ?? 0) + 1;
    this.#holdOriginals.set(key, printed);
    const done = [...this.#latest.values()].filter(
      (one) => one.orderId === orderId && one.card?.command.kind === kind && one.state === 'REVERSED',
    );
    this.#mustNot(printed > done.length, 'two-original-slips', () => `${kind} of ${orderId}`);
  }

  /** A card's slip names the order only: it is that of the attempt which paid it. */
  #printedByCard(paper: Paper): void {
    const [orderId = ''] = /(?:ORDER|OFFICE)-\d+/.exec(paper.text) ?? [];
    const paid = [...this.#latest.values()].filter(
      ({ orderId: of, card }) =>
        of === orderId && (card?.command.kind === 'sale' || card?.command.kind === 'completePreAuth'),
    );
    const attempt = paid.find(({ state }) => state === 'PAID');
    if (attempt) this.#printedOf(attempt.attemptId, paper);
  }

  /** The record that says so cannot have been lost since: what memory has let go of was there. */
  #isPaidOnDisk(id: string): boolean {
    const { durable } = this.#witness;
    if (durable.forgotten.has(id)) return true;
    return [durable, this.#found].some(
      ({ attempts, intents }) => attempts.get(id)?.state === 'PAID' || intents.get(id)?.state === 'PAID',
    );
  }

  #printedOf(attemptId: string, paper: Paper): void {
    // the slip of a refund names the payment it belongs to
    if (paper.text.includes(REFUND) && !paper.text.includes(SALE) && !paper.text.includes(MARK)) return;
    this.#mustNot(!this.#isCharged(attemptId), 'success-without-charge', () => `a slip of ${attemptId}`);
    this.#mustNot(!this.#isPaidOnDisk(attemptId), 'spoke-before-writing', () => `a slip of ${attemptId}`);
    if (paper.text.includes(MARK)) return void this.marked.set(attemptId, (this.marked.get(attemptId) ?? 0) + 1);
    const count = this.originals.get(attemptId) ?? { whole: 0, all: 0 };
    if (paper.titled || count.all === 0) count.all += 1;
    if (paper.whole) count.whole += 1;
    this.originals.set(attemptId, count);
    this.#mustNot(count.all > 1, 'two-original-slips', () => `attempt ${attemptId}`);
  }
}

/** What the agent's memory says, in a form that can be compared. */
function picture(book: TillBook): string {
  return canonicalJson([book.head.hash, ...book.snapshot()]);
}

function difference(before: string, now: string): string {
  const at = [...before].findIndex((char, index) => char !== now[index]);
  return `lived ${before.slice(Math.max(0, at - 60), at + 60)}, read ${now.slice(Math.max(0, at - 60), at + 60)}`;
}
