import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { CardSaleArgs } from '../../protocols/backend/verbs.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { cardClerk } from './card-codes.ts';
import { refusalOf } from './card-refusal.ts';
import type { CardRunner } from './card-runner.ts';
import { CATEGORIES } from './categories.ts';
import type { PaymentDesk } from './desk.ts';

export interface CardDeskParts {
  readonly book: TillBook;
  readonly runner: CardRunner;
  readonly desk: Pick<PaymentDesk, 'refuseCard' | 'takeToCounter' | 'inTurn'>;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
}

/** The verb `card-sale`: the order at the counter, or a new one, is taken on the card terminal. */
export class CardDesk implements VerbRoom {
  readonly #parts: CardDeskParts;
  readonly #queue: VerbQueue;

  constructor(parts: CardDeskParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  refuse(command: CommandEnvelope): CommandRefusal | undefined {
    const args = CardSaleArgs.safeParse(command.args);
    if (!args.success) return { code: 'BAD_REQUEST', message: 'args: not those of a card sale' };
    const { desk, runner } = this.#parts;
    const refused = runner.saleRefusal(args.data.amountFen);
    return desk.refuseCard(args.data) ?? (refused && refusalOf(refused));
  }

  /** While no scan is judged: a code and a card can never both begin for one order. */
  execute(command: CommandEnvelope): void {
    const work = () => this.#begin(command);
    this.#queue.add(
      command,
      () => new Promise((resolve, reject) => this.#parts.desk.inTurn(() => work().then(resolve, reject))),
    );
  }

  async #begin(command: CommandEnvelope): Promise<void> {
    const { desk, book, runner, results } = this.#parts;
    // begun already, and what came behind it was not taken by the disk: the attempt tells of itself
    const known = this.#begun(command);
    if (known) return this.#goOn(known);
    const args = CardSaleArgs.parse(command.args);
    // a code may have been read since the command was found acceptable: what holds now decides
    const late = desk.refuseCard(args);
    if (late) return results.fail(command.id, late);
    const begun = await runner.start(orderFor(book.orders.get(args.orderId), args, command.id), command.id);
    if (typeof begun === 'string') return results.fail(command.id, refusalOf(begun));
    await desk.takeToCounter(args.orderId);
  }

  /** The attempt that an earlier process began for it is told of; one that was not begun is begun within the command's life. */
  resume(command: CommandEnvelope): void {
    const { backendNow, results, desk } = this.#parts;
    const begun = this.#begun(command);
    if (begun && isFinal(begun)) return results.conclude(command.id, this.#resultOf(begun));
    if (begun) return desk.inTurn(() => desk.takeToCounter(begun.orderId));
    if (backendNow() <= command.exp) return this.#whenReady(command);
    results.fail(command.id, { code: 'EXPIRED', message: 'the till was down when it was to be carried out' });
  }

  async #goOn(begun: Attempt): Promise<void> {
    if (!isFinal(begun)) await this.#parts.desk.takeToCounter(begun.orderId);
  }

  #begun({ id }: CommandEnvelope): Attempt | undefined {
    const { attempts } = this.#parts.book;
    return [...attempts.values()].find(({ attempt }) => attempt.card?.commandId === id)?.attempt;
  }

  /** A process that has just started gives the terminal a moment to answer. */
  #whenReady(command: CommandEnvelope): void {
    const { runner, backendNow, results } = this.#parts;
    const { amountFen } = CardSaleArgs.parse(command.args);
    const refused = runner.saleRefusal(amountFen);
    if (refused !== 'DEVICE_OFFLINE') return this.execute(command);
    if (backendNow() > command.exp) return results.fail(command.id, refusalOf(refused));
    this.#queue.after(READY_POLL_MS, () => this.#whenReady(command));
  }

  /** The runner wrote down a change of an attempt. */
  changed(attempt: Attempt): void {
    const { results } = this.#parts;
    const { commandId } = attempt.card ?? {};
    if (commandId === undefined) return;
    if (isFinal(attempt)) results.conclude(commandId, this.#resultOf(attempt));
    else results.progress(commandId, this.#resultOf(attempt));
  }

  stop(): void {
    this.#queue.stop();
  }

  #resultOf(attempt: Attempt): ResultBody {
    const { attemptId, state, category, card, maskedPaycode } = attempt;
    const { next: action } = CATEGORIES[category];
    const { zh, en } = cardClerk(attempt) ?? CATEGORIES[category];
    const key = card?.result?.key;
    const data = {
      ...(maskedPaycode === '' ? {} : { maskedPan: maskedPaycode }),
      ...(key === undefined ? {} : { key: { ...key } }),
    };
    return { status: STATUS[state] ?? 'unknown', code: category, clerk: { zh, en, action }, attempt: attemptId, data };
  }
}

const READY_POLL_MS = 1_000;

const STATUS: Partial<Record<Attempt['state'], ResultBody['status']>> = { PAID: 'ok', FAILED: 'declined' };

/** The order at the counter, one that was cancelled, or one that nobody collects yet. */
function orderFor(known: Order | undefined, { orderId, amountFen, title }: CardSaleArgs, commandId: string): Order {
  if (known?.state === 'OPEN') return known;
  const named = title === undefined ? {} : { title };
  return { ...known, orderId, amountFen, ...named, commandId, state: 'OPEN' };
}
