import { type CommandEnvelope, expiryOf } from '../../protocols/backend/commands.ts';
import { IntentArgs, IntentNameArgs, IntentNotifyArgs, IntentPrintArgs } from '../../protocols/backend/intents.ts';
import type { CommandKeys } from '../backend/command-keys.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { Requests } from '../backend/ports.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import { CATEGORIES } from './categories.ts';
import type { PaymentDesk } from './desk.ts';
import { holdRefusal } from './hold-wishes.ts';
import { type Intent, newIntent } from './intent.ts';
import type { IntentPapers } from './intent-papers.ts';
import { cancelResult, creationResult, viewResult } from './intent-results.ts';
import type { IntentRunner } from './intent-runner.ts';

export interface IntentDeskParts {
  readonly book: TillBook;
  readonly runner: IntentRunner;
  readonly desk: Pick<PaymentDesk, 'inTurn' | 'refusedByRule' | 'intentChanged'>;
  readonly requests: Pick<Requests, 'online'>;
  readonly results: CommandResults;
  readonly papers: IntentPapers;
  readonly keys: Pick<CommandKeys, 'refusal'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly backendNow: () => number;
  /** the shop's own limit for one payment by link, fen */
  readonly maxLinkFen: number;
  /** an intent is on disk as PAID: its slip is due */
  readonly onPaid: (intent: Intent) => void;
}

/**
 * The commands about intents. The result of `intent` is the code that can be paid, or why there is none; that it was paid
 * is told by an event and by `intent-query`, as far apart as days.
 */
export class IntentDesk {
  readonly #parts: IntentDeskParts;
  /** who waits for what becomes of an intent */
  readonly #waiting = new Map<string, Map<string, (intent: Intent) => ResultBody | undefined>>();
  readonly #timers = new Set<() => void>();

  /** the rooms behind the verbs */
  readonly rooms = {
    intent: room(
      (command) => this.#refuseNew(IntentArgs.parse(command.args)),
      (command) => this.#create(command),
      (command) => this.#resumeCreate(command),
    ),
    'intent-cancel': this.#named((command, { intentId }) => {
      this.#await(intentId, command.id, cancelResult);
      this.#parts.runner.cancel(intentId);
    }),
    'intent-query': this.#named((command, { intentId }) => {
      void this.#parts.runner.ask(intentId).then(() => this.#tell(intentId, command.id));
    }),
    'intent-print': this.#named((command, { intentId }) => this.#print(command, intentId)),
    'intent-notify': room(
      (command) => this.#refuseNotice(command),
      (command) => this.#notice(command),
      (command) => this.#notice(command),
    ),
  } as const satisfies Record<string, VerbRoom>;

  constructor(parts: IntentDeskParts) {
    this.#parts = parts;
  }

  /** The runner wrote down a change. */
  changed(intent: Intent, order: Order): void {
    const { log, onPaid, desk } = this.#parts;
    const { intentId, orderId, state, amountFen, reason } = intent;
    log.info({ intentId, orderId, state, amountFen, ...(reason === undefined ? {} : { reason }) }, 'intent');
    if (state === 'PAID' && intent.secondPayment === undefined) onPaid(intent);
    if (intent.codeText !== undefined) this.#parts.papers.made(intent);
    this.#answer(intent);
    desk.intentChanged(intent, order);
  }

  /** Taken over from an earlier process, which may have died between the code and the paper. */
  resumed(intent: Intent): void {
    this.#parts.papers.made(intent);
  }

  /** Calls off what waits for the disk. */
  stop(): void {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }

  // --- the command `intent`

  #refuseNew(args: IntentArgs): CommandRefusal | undefined {
    return this.#refuseOrder(args) ?? this.#refuseByRule(args);
  }

  #refuseOrder({ orderId, amountFen }: IntentArgs): CommandRefusal | undefined {
    const known = this.#parts.book.orders.get(orderId);
    if (known && known.amountFen !== amountFen)
      return { code: 'IDEMPOTENCY_CONFLICT', message: 'the order is known with another amount' };
    if (known && known.state !== 'OPEN' && known.state !== 'CANCELLED')
      return { code: 'ORDER_BLOCKED', message: `the order is ${known.state}` };
    return holdRefusal(this.#parts.book, orderId);
  }

  #refuseByRule({ amountFen, forms }: IntentArgs): CommandRefusal | undefined {
    const { desk, requests, maxLinkFen } = this.#parts;
    const refused = desk.refusedByRule(amountFen);
    if (refused) return refused;
    if (forms.includes('link') && amountFen > maxLinkFen)
      return { code: 'AMOUNT_OVER_LIMIT', message: CATEGORIES.AMOUNT_OVER_LIMIT.en };
    if (!requests.online) return { code: 'NETWORK_DOWN', message: CATEGORIES.NETWORK_DOWN.en };
    return undefined;
  }

  #create(command: CommandEnvelope): void {
    const args = IntentArgs.parse(command.args);
    this.#untilWritten(
      () => this.#create(command),
      async () => {
        const { newId, backendNow, runner, book, results } = this.#parts;
        if (backendNow() > expiryOf(command))
          return results.fail(command.id, { code: 'EXPIRED', message: 'its time was over before the disk took it' });
        // A code may have been read since the command was found acceptable: what holds now decides.
        const late = this.#refuseNew(args);
        if (late) return results.fail(command.id, late);
        const { currency: _yuan, orderId, ...terms } = args;
        const intent = newIntent({
          ...terms,
          intentId: newId(),
          orderId,
          commandId: command.id,
          createdAt: backendNow(),
        });
        this.#await(intent.intentId, command.id, creationResult);
        await runner.start(intent, orderFor(book.orders.get(orderId), args, command.id));
      },
    );
  }

  #resumeCreate(command: CommandEnvelope): void {
    const { book, backendNow, results } = this.#parts;
    const made = [...book.intents.values()].find(({ commandId }) => commandId === command.id);
    if (made) this.#await(made.intentId, command.id, creationResult);
    else if (backendNow() <= expiryOf(command)) this.#create(command);
    else results.fail(command.id, { code: 'EXPIRED', message: 'the till was down when it was to be carried out' });
  }

  // --- the others

  #print(command: CommandEnvelope, intentId: string): void {
    const { form } = IntentPrintArgs.parse(command.args);
    const intent = this.#parts.book.intents.get(intentId);
    if (!intent) return this.#notFound(command.id, intentId);
    void this.#parts.papers
      .again(intent, form, command)
      .then((result) => this.#parts.results.conclude(command.id, result));
  }

  /** Unsigned it proves nothing, and who can write it could write anything: it is only a reason to ask. */
  #notice(command: CommandEnvelope): void {
    const { intentId, orderId: _order, ...payment } = IntentNotifyArgs.parse(command.args);
    const { runner } = this.#parts;
    if (command.sig) runner.notified(intentId, payment);
    else void runner.ask(intentId);
    this.#tell(intentId, command.id);
  }

  #refuseNotice(command: CommandEnvelope): CommandRefusal | undefined {
    const { intentId, orderId } = IntentNotifyArgs.parse(command.args);
    const forged = command.sig && this.#parts.keys.refusal(command);
    if (forged)
      this.#parts.log.error(
        { intentId, code: forged.code },
        'a notice of payment with a signature that is not to be believed',
      );
    return forged ?? this.#unknown(intentId, orderId);
  }

  #unknown(intentId: string, orderId?: string): CommandRefusal | undefined {
    const intent = this.#parts.book.intents.get(intentId);
    if (!intent || (orderId !== undefined && intent.orderId !== orderId))
      return { code: 'NOT_FOUND', message: `no intent ${intentId} here` };
    return undefined;
  }

  /** A command that names an intent; done again after a restart. */
  #named(execute: (command: CommandEnvelope, args: { readonly intentId: string }) => void): VerbRoom {
    const run = (command: CommandEnvelope) => {
      const { intentId } = NameOf.parse(command.args);
      if (this.#unknown(intentId)) this.#notFound(command.id, intentId);
      else execute(command, { intentId });
    };
    return room((command) => this.#unknown(NameOf.parse(command.args).intentId), run, run);
  }

  #notFound(commandId: string, intentId: string): void {
    this.#parts.results.fail(commandId, { code: 'NOT_FOUND', message: `no intent ${intentId} here` });
  }

  // --- answers

  #tell(intentId: string, commandId: string): void {
    const intent = this.#parts.book.intents.get(intentId);
    if (intent) this.#parts.results.conclude(commandId, viewResult(intent));
    else this.#notFound(commandId, intentId);
  }

  /** The command is answered as soon as `say` has something to say of the intent. */
  #await(intentId: string, commandId: string, say: (intent: Intent) => ResultBody | undefined): void {
    const waiting = this.#waiting.get(intentId) ?? new Map();
    this.#waiting.set(intentId, waiting.set(commandId, say));
    const intent = this.#parts.book.intents.get(intentId);
    if (intent) this.#answer(intent);
  }

  #answer(intent: Intent): void {
    const waiting = this.#waiting.get(intent.intentId);
    for (const [commandId, say] of waiting ?? []) {
      const result = say(intent);
      if (!result) continue;
      this.#parts.results.conclude(commandId, result);
      waiting?.delete(commandId);
    }
    if (waiting?.size === 0) this.#waiting.delete(intent.intentId);
  }

  /** What was accepted and could not be written down is tried `again` when the disk may have recovered. */
  #untilWritten(again: () => void, work: () => Promise<void>): void {
    this.#parts.desk.inTurn(() =>
      work().catch((error: unknown) => {
        const stop = this.#parts.clock.after(JOURNAL_RETRY_MS, () => {
          this.#timers.delete(stop);
          again();
        });
        this.#timers.add(stop);
        throw error;
      }),
    );
  }
}

const NameOf = IntentNameArgs.loose();

function room(refuse: VerbRoom['refuse'], execute: VerbRoom['execute'], resume: VerbRoom['resume']): VerbRoom {
  return { refuse, execute, resume };
}

/** An order that nobody collects yet, that was cancelled, or that waits at the counter for a code. */
function orderFor(known: Order | undefined, { orderId, amountFen, title }: IntentArgs, commandId: string): Order {
  if (known?.state === 'OPEN') return known;
  const named = title === undefined ? {} : { title };
  return { ...known, orderId, amountFen, ...named, commandId, state: 'OPEN' };
}
