import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { CardBox, CardFault } from './card-box.ts';
import { CardHolds, type CardHoldsParts } from './card-holds.ts';
import type { Chance } from './chance.ts';
import type { Asked } from './counter.ts';
import { CARD_SHARES, type Day } from './day.ts';
import type { FaultName } from './faults.ts';

// People who pay with a card, and the clerk who takes it: asks the till for it, waits, gives up, scans a code meanwhile, closes
// the terminal's day.

export interface CardCounterParts {
  readonly chance: Chance;
  readonly box: CardBox;
  /** something that needs so much to come together that it hardly ever does */
  readonly rare: () => CardFault | undefined;
  readonly day: Day;
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  /** asks the till to take it on the terminal, and to close the terminal's batch */
  readonly take: (orderId: string, amountFen: number) => Asked;
  readonly settle: () => Asked;
  readonly sendAgain: (command: Asked) => void;
  readonly cancel: (orderId: string) => void;
  readonly resultsOf: (commandId: string) => readonly CommandResult[];
  /** somebody holds a phone before the gun all the same */
  readonly scan: () => Promise<void>;
  /** what is held on cards first */
  readonly holds: Pick<CardHoldsParts, 'chance' | 'wants' | 'hold' | 'charge' | 'giveUp' | 'giveUpByHand' | 'askCode'>;
}

/** The last two digits of an amount choose what becomes of it (test-amounts.ts); these mean nothing. */
const PLAIN = [0, 2, 10, 25, 50, 80] as const;
const REFUSED = [5, 51, 54, 55, 91, 97] as const;
/** the host is silent, the answer is lost, the terminal starts anew */
const UNCLEAR = [68, 69, 98, 99] as const;
/** So many things go wrong with one sale at most. */
const MOST_FAULTS = 2;
/** So often the clerk closes the terminal's day behind a customer. */
const SETTLED = 0.2;
const LOOK_MS = 900;

export class CardCounter {
  readonly #parts: CardCounterParts;
  readonly #holds: CardHolds;

  constructor(parts: CardCounterParts) {
    this.#parts = parts;
    this.#holds = new CardHolds({
      ...parts,
      ...parts.holds,
      trouble: () => this.trouble(),
      amountFor: (fen) => this.amountFor(fen),
      meanwhile: (orderId, command) => this.#meanwhile(orderId, command),
    });
  }

  /** This customer has a card. */
  isWished(): boolean {
    const { chance, box, wants, hit, day } = this.#parts;
    if (box.make.takesCards) return chance.happens(CARD_SHARES[day]);
    const isTried = wants('card-not-taken');
    if (isTried) hit('card-not-taken');
    return isTried;
  }

  /** About this much, and what the host says of it. */
  amountFor(fen: number): number {
    const yuan = 1 + Math.floor(fen / 100);
    return 100 * yuan + this.#digits();
  }

  #digits(): number {
    const { chance, wants, hit } = this.#parts;
    if (wants('card-refused')) {
      hit('card-refused');
      return chance.pick(REFUSED);
    }
    if (!wants('card-unclear')) return chance.pick(PLAIN);
    hit('card-unclear');
    return chance.pick(UNCLEAR);
  }

  /** Something goes wrong with what the terminal does next. */
  trouble(): void {
    const { chance, box, wants } = this.#parts;
    const { faults } = box;
    for (let n = chance.between(0, MOST_FAULTS); n > 0; n--) {
      const first = chance.below(faults.length);
      // the first that happens in this world, from anywhere in the list
      const fault = [...faults.slice(first), ...faults.slice(0, first)].find((name) => wants(name));
      if (fault) box.arm(fault);
    }
    const rare = this.#parts.rare();
    if (rare) box.arm(rare);
  }

  /** Takes the order on the terminal. True: it came to nothing, and the order may be collected another way. */
  async serve(orderId: string, amountFen: number): Promise<boolean> {
    if (this.#holds.isWished()) return this.#holds.serve(orderId, amountFen);
    const { chance, take, wants } = this.#parts;
    this.trouble();
    const command = take(orderId, amountFen);
    const meanwhile = this.#meanwhile(orderId, command);
    await this.#answered(command);
    await this.#until(() => this.#isFinal(command), chance.between(15_000, 120_000));
    await meanwhile;
    if (chance.happens(SETTLED) || wants('card-settled')) await this.closeDay();
    return this.#isFinal(command) && this.#lastOf(command)?.status !== 'ok';
  }

  /** What people do while the card is being read. */
  async #meanwhile(orderId: string, command: Asked): Promise<void> {
    const { chance, wants, hit, pause, cancel, scan, sendAgain } = this.#parts;
    if (wants('command-repeated')) {
      hit('command-repeated');
      sendAgain(command);
    }
    if (wants('card-beside-code')) {
      await pause(chance.between(0, 6_000));
      hit('card-beside-code');
      await scan();
    }
    if (!wants('card-cancelled')) return;
    await pause(chance.between(1, 12_000));
    hit('card-cancelled');
    cancel(orderId);
  }

  /** The clerk closes the terminal's batch. */
  async closeDay(): Promise<void> {
    const { settle, hit, chance } = this.#parts;
    hit('card-settled');
    const command = settle();
    await this.#until(() => this.#isFinal(command), chance.between(1_000, 20_000));
  }

  async #answered(command: Asked): Promise<void> {
    for (let tries = 0; tries < 3 && !this.#parts.isOver(); tries++) {
      if (await this.#until(() => this.#lastOf(command) !== undefined, 7_000)) return;
      this.#parts.sendAgain(command);
    }
  }

  #lastOf({ id }: Asked): CommandResult | undefined {
    return this.#parts.resultsOf(id).at(-1);
  }

  #isFinal({ id }: Asked): boolean {
    return this.#parts.resultsOf(id).some(({ phase }) => phase === 'final');
  }

  async #until(isSo: () => boolean, deadlineMs: number): Promise<boolean> {
    for (let waited = 0; waited < deadlineMs && !this.#parts.isOver(); waited += LOOK_MS) {
      if (isSo()) return true;
      await this.#parts.pause(Math.min(LOOK_MS, deadlineMs - waited));
    }
    return isSo();
  }
}
