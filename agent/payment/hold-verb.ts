import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { refusalOf } from './card-refusal.ts';
import { type HoldDeskParts, holdResult } from './hold-desk.ts';
import type { HoldWish } from './hold-wishes.ts';
import { CANCELLED } from './order-result.ts';

/** One verb of a hold: what it wishes, said to the terminal once. */
export class HoldVerb implements VerbRoom {
  readonly #parts: HoldDeskParts;
  readonly #wish: (command: CommandEnvelope) => HoldWish | CommandRefusal;
  readonly #queue: VerbQueue;

  constructor(parts: HoldDeskParts, wish: (command: CommandEnvelope) => HoldWish | CommandRefusal) {
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
    this.#queue.add(
      command,
      () => new Promise((resolve, reject) => this.#parts.desk.inTurn(() => this.#begin(command).then(resolve, reject))),
    );
  }

  async #begin(command: CommandEnvelope): Promise<void> {
    const { book, desk, runner, results } = this.#parts;
    // begun already, and what came behind it was not taken by the disk: the attempt tells of itself
    const known = this.#begun(command);
    if (known) return this.#goOn(known);
    // what holds now decides: the order may have been paid since the command was found acceptable
    const wish = this.#wish(command);
    if ('code' in wish) return results.fail(command.id, wish);
    const { order, holdId } = wish;
    const before = book.orders.get(order.orderId);
    const asked = { commandId: command.id, ...(holdId === undefined ? {} : { holdId }) };
    const begun = await runner.begin(order, wish.command, asked);
    if (typeof begun === 'string') return results.fail(command.id, refusalOf(begun));
    if (holdId !== undefined) return;
    if (before && before.commandId !== command.id) results.conclude(before.commandId, CANCELLED);
    await desk.takeToCounter(order.orderId);
  }

  /** The attempt that an earlier process began for it is told of; one that was not begun is begun within the command's life. */
  resume(command: CommandEnvelope): void {
    const { backendNow, results } = this.#parts;
    const begun = this.#begun(command);
    if (begun && isFinal(begun)) return results.conclude(command.id, holdResult(begun));
    if (begun) return;
    if (backendNow() <= command.exp) return this.#whenReady(command);
    results.fail(command.id, { code: 'EXPIRED', message: 'the till was down when it was to be carried out' });
  }

  async #goOn(begun: Attempt): Promise<void> {
    if (!isFinal(begun) && begun.card?.holdId === undefined) await this.#parts.desk.takeToCounter(begun.orderId);
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
    if (backendNow() > command.exp) return results.fail(command.id, refused);
    this.#queue.after(READY_POLL_MS, () => this.#whenReady(command));
  }

  stop(): void {
    this.#queue.stop();
  }
}

const READY_POLL_MS = 1_000;
