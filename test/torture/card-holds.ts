import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { Chance } from './chance.ts';
import type { Asked } from './counter.ts';
import type { Day } from './day.ts';
import type { FaultName } from './faults.ts';

// People whose card has an amount held before anybody knows what it will come to: the hold is charged, more or less of it, given
// up, or left standing; a clerk forgets it and wants the order paid another way.

export interface CardHoldsParts {
  readonly chance: Chance;
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  readonly hold: (orderId: string, amountFen: number) => Asked;
  readonly charge: (orderId: string, amountFen: number) => Asked;
  readonly giveUp: (orderId: string) => Asked;
  /** at the terminal itself, by hand, and a manager tells the till; false: nothing is held there */
  readonly giveUpByHand: (orderId: string) => boolean;
  readonly sendAgain: (command: Asked) => void;
  readonly resultsOf: (commandId: string) => readonly CommandResult[];
  /** something goes wrong with what the terminal does next */
  readonly trouble: () => void;
  /** about this much, and what the host says of it */
  readonly amountFor: (fen: number) => number;
  /** a code is scanned, or the clerk presses cancel, while the card is being read */
  readonly meanwhile: (orderId: string, command: Asked) => Promise<void>;
  /** a code for the order is asked for, and paid at once if there is one */
  readonly askCode: (orderId: string, amountFen: number) => Promise<void>;
}

/** A hold is charged, or given up, after so many tries at most: a guest does not stay longer. */
const MOST_ACTS = 3;
const LOOK_MS = 900;

/** How readily each of these happens where amounts are held at all: they are what people do, and not only what goes wrong. */
const RATES: Readonly<Partial<Record<FaultName, number>>> = {
  'card-held': 0.75,
  'card-hold-charged': 0.6,
  'card-hold-exceeded': 0.12,
  'card-hold-given-up': 0.6,
  'card-hold-left': 0,
  'card-hold-gone': 0.12,
  'card-hold-passed-over': 0.3,
  'card-hold-coded': 0.3,
};
/** In so many worlds. */
const SHARE = 0.75;

export function isOfHolds(fault: FaultName): boolean {
  return RATES[fault] !== undefined;
}

export function drawHolds(chance: Chance, allowed: ReadonlySet<FaultName>, day: Day): ReadonlyMap<FaultName, number> {
  const isHeld = chance.happens(SHARE) || day === 'hold';
  if (!allowed.has('card-held') || !isHeld) return new Map();
  return new Map((Object.entries(RATES) as [FaultName, number][]).filter(([fault]) => allowed.has(fault)));
}

export class CardHolds {
  readonly #parts: CardHoldsParts;

  constructor(parts: CardHoldsParts) {
    this.#parts = parts;
  }

  /** This customer's card is to be held first. */
  isWished(): boolean {
    const { wants, hit } = this.#parts;
    if (!wants('card-held')) return false;
    hit('card-held');
    return true;
  }

  /** True: somebody wants the order paid another way now, whatever became of its hold. */
  async serve(orderId: string, amountFen: number): Promise<boolean> {
    const { chance, wants, hit, hold, meanwhile, trouble, isOver, pause } = this.#parts;
    trouble();
    const command = hold(orderId, amountFen);
    const others = [meanwhile(orderId, command), this.#code(orderId, amountFen, true)];
    await this.#end(command);
    await Promise.all(others);
    // held or in doubt: whoever was told no pays another way
    if (this.#isNo(command) && chance.happens(0.8)) return true;
    for (let acts = 0; acts < MOST_ACTS && !isOver(); acts++) {
      await pause(chance.between(0, 9_000));
      await this.#code(orderId, amountFen);
      if (!(await this.#act(orderId, amountFen))) break;
    }
    if (!wants('card-hold-passed-over')) return false;
    hit('card-hold-passed-over');
    return true;
  }

  /** While the hold is being asked for, or behind it: there is a code only when nothing of the order is held. */
  async #code(orderId: string, amountFen: number, isEarly = false): Promise<void> {
    const { chance, wants, hit, pause, askCode } = this.#parts;
    if (!wants('card-hold-coded')) return;
    if (isEarly) await pause(chance.between(0, 4_000));
    hit('card-hold-coded');
    await askCode(orderId, amountFen);
  }

  /** False: nobody does anything about it. */
  async #act(orderId: string, heldFen: number): Promise<boolean> {
    const { chance, wants, hit, charge, giveUp, giveUpByHand, trouble } = this.#parts;
    if (wants('card-hold-gone') && giveUpByHand(orderId)) {
      hit('card-hold-gone');
      return true;
    }
    const isCharged = wants('card-hold-charged');
    if (!isCharged && !wants('card-hold-given-up')) {
      hit('card-hold-left');
      return false;
    }
    hit(isCharged ? 'card-hold-charged' : 'card-hold-given-up');
    trouble();
    const command = isCharged ? charge(orderId, this.#used(heldFen)) : giveUp(orderId);
    if (chance.happens(0.2)) this.#parts.sendAgain(command);
    await this.#end(command);
    return true;
  }

  /** Less than was held, all of it, or more than may be charged. */
  #used(heldFen: number): number {
    const { chance, amountFor, wants, hit } = this.#parts;
    if (wants('card-hold-exceeded')) {
      hit('card-hold-exceeded');
      return amountFor(Math.floor(heldFen * 1.2));
    }
    return chance.happens(0.3) ? heldFen : amountFor(chance.between(1, Math.max(1, heldFen - 200)));
  }

  async #end(command: Asked): Promise<void> {
    const { chance, sendAgain, isOver } = this.#parts;
    for (let tries = 0; tries < 3 && !isOver(); tries++) {
      if (await this.#until(() => this.#results(command).length > 0, 7_000)) break;
      sendAgain(command);
    }
    await this.#until(
      () => this.#results(command).some(({ phase }) => phase === 'final'),
      chance.between(15_000, 90_000),
    );
  }

  #isNo(command: Asked): boolean {
    return this.#results(command).some(({ phase, status }) => phase === 'final' && status !== 'ok');
  }

  #results({ id }: Asked): readonly CommandResult[] {
    return this.#parts.resultsOf(id);
  }

  async #until(isSo: () => boolean, deadlineMs: number): Promise<boolean> {
    const { pause, isOver } = this.#parts;
    for (let waited = 0; waited < deadlineMs && !isOver(); waited += LOOK_MS) {
      if (isSo()) return true;
      await pause(Math.min(LOOK_MS, deadlineMs - waited));
    }
    return isSo();
  }
}
