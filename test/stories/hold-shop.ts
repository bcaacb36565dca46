import type { CommandResult } from '../../protocols/backend/commands.ts';
import { TILL } from '../world/shop.ts';
import { CardShop } from './card-shop.ts';

const CNY = { currency: 'CNY' } as const;
/** A command that nobody answers is a person's after ten minutes. */
const DEADLINE_MS = 1_800_000;

export type HoldVerbName = 'card-preauth' | 'card-preauth-complete' | 'card-preauth-cancel';

/** A shop with a card terminal, and what it does with holds (预授权). */
export class HoldShop {
  readonly card: CardShop;

  constructor(card: CardShop) {
    this.card = card;
  }

  static async open(...args: Parameters<typeof CardShop.open>): Promise<HoldShop> {
    return new HoldShop(await CardShop.open(...args));
  }

  hold(orderId: string, amountFen: number): Promise<CommandResult> {
    return this.#order('card-preauth', { orderId, amountFen, ...CNY });
  }

  complete(orderId: string, amountFen: number): Promise<CommandResult> {
    return this.#order('card-preauth-complete', { orderId, amountFen, ...CNY });
  }

  cancel(orderId: string): Promise<CommandResult> {
    return this.#order('card-preauth-cancel', { orderId });
  }

  async #order(verb: HoldVerbName, args: object): Promise<CommandResult> {
    const result = await this.card.shop.order(verb, { ...args }, DEADLINE_MS);
    await this.card.shop.pass(100);
    return result;
  }

  /** Nobody waits for its end. Resolves when its attempt is on disk. */
  async begin(verb: HoldVerbName, orderId: string, amountFen: number): Promise<string> {
    const before = this.card.attempt(orderId)?.attemptId;
    const args = verb === 'card-preauth-cancel' ? { orderId } : { orderId, amountFen, ...CNY };
    const { id } = this.card.shop.backend.order(TILL, verb, args);
    await this.card.shop.passUntil('an attempt', () => this.card.attempt(orderId)?.attemptId !== before, 30_000);
    return id;
  }

  get book() {
    return this.card.shop.process.till.book;
  }

  state(orderId: string): string | undefined {
    return [...this.book.holds.values()].findLast((one) => one.orderId === orderId)?.state;
  }

  /** kind, state and amount of what the terminal has in its own memory */
  get ledger(): [string, string, number][] {
    return this.card.terminal.ledger.entries.map(({ kind, state, amount }) => [kind, state, amount]);
  }

  /** What the terminal holds now, minor units. */
  get heldThere(): number {
    return this.card.terminal.ledger.entries
      .filter(({ kind, state }) => kind === 'preAuth' && state === 'kept')
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  /** What the journal says is held. */
  get heldHere(): number {
    return [...this.book.holds.values()]
      .filter(({ state }) => state === 'HELD')
      .reduce((sum, { amountFen }) => sum + amountFen, 0);
  }

  /** Somebody has to find out. */
  get isDoubtful(): boolean {
    return (
      [...this.book.holds.values()].some(({ state }) => state === 'UNCLEAR') ||
      [...this.book.attempts.values()].some(({ attempt: { state } }) => state === 'NEEDS_MANUAL_CHECK')
    );
  }

  /** Nothing runs any more. */
  async untilOver(orderId: string): Promise<void> {
    await this.card.shop.passUntil(
      `the end of ${orderId}`,
      () => this.card.orderState(orderId) !== 'IN_PAYMENT',
      DEADLINE_MS,
    );
    await this.card.shop.pass(15_000);
  }
}
