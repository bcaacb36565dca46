import { type CommandEnvelope, expiryOf } from '../../protocols/backend/commands.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from './attempt.ts';
import type { UnnamedCommand } from './card-give-back.ts';
import { refusalOf } from './card-refusal.ts';
import type { CardRunner } from './card-runner.ts';
import type { PaymentDesk } from './desk.ts';
import { CANCELLED } from './order-result.ts';
import { terminalResult } from './terminal-result.ts';

export interface TerminalVerbParts {
  readonly book: TillBook;
  readonly runner: Pick<CardRunner, 'begin' | 'commandRefusal'>;
  readonly desk: Pick<PaymentDesk, 'takeToCounter' | 'backToCounter' | 'inTurn'>;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
}

/** What a command of the backend's becomes at the terminal: a sale, a hold, its charge, its cancellation. */
export interface TerminalWish {
  readonly order: Order;
  readonly command: UnnamedCommand;
  /** of a charge or cancellation of a hold: its order is not at the counter */
  readonly holdId?: string;
  /** the command that collected the order so far: it is answered when this one begins */
  readonly replaces?: string;
}

/** One verb at the terminal: what it wishes, said there once. */
export class TerminalVerb implements VerbRoom {
  readonly #parts: TerminalVerbParts;
  readonly #wish: (command: CommandEnvelope) => TerminalWish | CommandRefusal;
  readonly #queue: VerbQueue;

  constructor(parts: TerminalVerbParts, wish: (command: CommandEnvelope) => TerminalWish | CommandRefusal) {
    this.#parts = parts;
    this.#wish = wish;
    this.#queue = new VerbQueue(parts);
  }

  refuse(command: CommandEnvelope): CommandRefusal | undefined {
    const wish = this.#wish(command);
    if ('code' in wish) return wish;
    const refused = this.#parts.runner.commandRefusal(wish.command);
    return refused && refusalOf(refused);
  }

  /** While no scan is judged: a code and a card can never both begin for one order. */
  execute(command: CommandEnvelope): void {
    this.#queue.begin(
      command,
      () => new Promise((resolve, reject) => this.#parts.desk.inTurn(() => this.#begin(command).then(resolve, reject))),
    );
  }

  async #begin(command: CommandEnvelope): Promise<void> {
    const { desk, runner, results, backendNow } = this.#parts;
    // begun already, and what came behind it was not taken by the disk: the attempt tells of itself
    const known = this.#begun(command);
    if (known) return this.#goOn(known, (orderId) => desk.takeToCounter(orderId));
    // the customer that it was for has left, and the next one stands there
    if (backendNow() > expiryOf(command))
      return results.fail(command.id, { code: 'EXPIRED', message: 'its time was over before the disk took it' });
    // what holds now decides: the order may have been paid since the command was found acceptable
    const wish = this.#wish(command);
    if ('code' in wish) return results.fail(command.id, wish);
    const { order, holdId, replaces } = wish;
    const asked = { commandId: command.id, ...(holdId === undefined ? {} : { holdId }) };
    const begun = await runner.begin(order, wish.command, asked);
    if (typeof begun === 'string') return results.fail(command.id, refusalOf(begun));
    if (holdId !== undefined) return;
    if (replaces !== undefined && replaces !== command.id) results.conclude(replaces, CANCELLED);
    await desk.takeToCounter(order.orderId);
  }

  /** The attempt that an earlier process began for it is told of; one that was not begun is begun within the command's life. */
  resume(command: CommandEnvelope): void {
    const { backendNow, results, desk } = this.#parts;
    const begun = this.#begun(command);
    if (begun && isFinal(begun)) return results.conclude(command.id, terminalResult(begun));
    if (begun)
      // the next customer may stand there by now
      return desk.inTurn(() => this.#goOn(begun, async (orderId) => desk.backToCounter(orderId)));
    if (backendNow() <= expiryOf(command)) return this.#whenReady(command);
    results.fail(command.id, { code: 'EXPIRED', message: 'the till was down when it was to be carried out' });
  }

  async #goOn({ attemptId }: Attempt, atCounter: (orderId: string) => Promise<void>): Promise<void> {
    // it may have ended before its turn at the counter came
    const now = this.#parts.book.attempts.get(attemptId)?.attempt;
    if (now && !isFinal(now) && now.card?.holdId === undefined) await atCounter(now.orderId);
  }

  #begun({ id }: CommandEnvelope): Attempt | undefined {
    const { attempts } = this.#parts.book;
    return [...attempts.values()].find(({ attempt }) => attempt.card?.commandId === id)?.attempt;
  }

  /** A process that has just started gives the terminal a moment to answer. */
  #whenReady(command: CommandEnvelope): void {
    const { backendNow, results } = this.#parts;
    const refused = this.refuse(command);
    if (refused?.code !== 'DEVICE_OFFLINE') return this.execute(command);
    if (backendNow() > expiryOf(command)) return results.fail(command.id, refused);
    this.#queue.after(READY_POLL_MS, () => this.#whenReady(command));
  }

  stop(): void {
    this.#queue.stop();
  }
}

const READY_POLL_MS = 1_000;
