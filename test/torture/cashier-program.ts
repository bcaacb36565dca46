import type { CallOutcome, LocalCalls } from '../../agent/console/calls.ts';
import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { Chance } from './chance.ts';
import type { FaultName } from './faults.ts';
import type { Story } from './story.ts';

// The cashier program on the same PC: asks for orders through the local API, goes away in the middle of a call, comes back
// and asks again with the same key, asks twice at once, and once in a while says something else under an old key.

export interface ProgramParts {
  readonly chance: Chance;
  readonly story: Story;
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  /** the way into the agent that runs; undefined while none does */
  readonly calls: () => LocalCalls | undefined;
  /** the agent's word on an order: is it open for another code, or no longer at the counter? */
  readonly goesOn: (orderId: string) => string | undefined;
  /** an answer reached the program */
  readonly answered: (result: CommandResult) => void;
  /** an old key with another wish was not told apart */
  readonly confused: (detail: string) => void;
}

interface Wish {
  readonly verb: 'collect' | 'card-sale';
  readonly orderId: string;
  readonly amountFen: number;
  readonly results: CommandResult[];
  /** the attempt whose end the program has seen */
  seen: string | undefined;
}

const CALLER = { program: 'cashier', scopes: ['read', 'collect'] } as const;
const KEY = 'key-';
/** How often a program without an answer comes back. */
const TRIES = 40;

export class CashierProgram {
  readonly #parts: ProgramParts;
  readonly #wishes = new Map<string, Wish>();

  constructor(parts: ProgramParts) {
    this.#parts = parts;
  }

  knows(key: string): boolean {
    return this.#wishes.has(key);
  }

  /** Asks for an order under a new key. */
  collect(orderId: string, amountFen: number, verb: Wish['verb'] = 'collect'): { readonly id: string } {
    const id = `${KEY}${this.#wishes.size + 1}`;
    this.#wishes.set(id, { verb, orderId, amountFen, results: [], seen: undefined });
    void this.#stay(id);
    return { id };
  }

  sendAgain({ id }: { readonly id: string }): void {
    void this.#ask(id, 0);
  }

  /** Gives up on an order, if it is one of this program's. False: it is not. */
  cancel(orderId: string): boolean {
    const [key] = [...this.#wishes].find(([, wish]) => wish.orderId === orderId) ?? [];
    if (key === undefined) return false;
    const { story, calls, answered } = this.#parts;
    story.tell('program', () => `${key}: cancel ${orderId}`);
    const call = { caller: CALLER, verb: 'cancel', key: `${key}-cancel`, args: { orderId }, waitMs: 5_000 };
    void calls()
      ?.call(call)
      .then((outcome) => {
        // what cancelling says of itself is no word about money
        if (outcome.kind !== 'unsure') answered({ ...outcome.result, phase: 'progress' });
      });
    return true;
  }

  resultsOf(key: string): readonly CommandResult[] {
    return this.#wishes.get(key)?.results ?? [];
  }

  /** Asks until the end is known. */
  async #stay(key: string): Promise<void> {
    const { chance, pause, isOver } = this.#parts;
    for (let n = 0; n < TRIES && !isOver(); n += 1) {
      await this.#ask(key, chance.pick([0, 0, 5_000, 20_000]));
      const last = this.resultsOf(key).at(-1);
      if (last?.phase === 'final') return;
      await pause(chance.between(800, 4_000));
      this.#look(key);
    }
  }

  async #ask(key: string, waitMs: number): Promise<void> {
    const { chance, wants, hit, pause } = this.#parts;
    const answer = this.#call(key, waitMs);
    if (wants('call-repeated')) {
      hit('call-repeated');
      this.#take(key, this.#call(key, 0));
    }
    if (wants('caller-gone')) {
      hit('caller-gone');
      return pause(chance.between(10, 3_000));
    }
    this.#take(key, answer);
    // whoever waits for a process that died waits no longer than this
    await Promise.race([answer, pause(waitMs + 8_000)]);
    if (!wants('call-conflict') || this.resultsOf(key).at(-1)?.status === 'failed') return;
    if (this.resultsOf(key).length > 0) await this.#sayOther(key);
  }

  #call(key: string, waitMs: number, extraFen = 0): Promise<CallOutcome | undefined> {
    const wish = this.#wishes.get(key);
    const calls = this.#parts.calls();
    if (!wish || !calls) return Promise.resolve(undefined);
    const { verb, orderId, amountFen } = wish;
    const args = { orderId, amountFen: amountFen + extraFen, currency: 'CNY' };
    this.#parts.story.tell('program', () => `${key}: ${verb} ${args.amountFen} fen for ${orderId}`);
    return calls.call({ caller: CALLER, verb, key, args, waitMs });
  }

  #take(key: string, answer: Promise<CallOutcome | undefined>): void {
    void answer.then((outcome) => {
      if (!outcome || outcome.kind === 'unsure') return;
      const { result } = outcome;
      this.#parts.story.tell('program', () => `${key}: ${result.phase} ${result.status} ${result.code}`);
      this.#parts.answered(result);
      this.#wishes.get(key)?.results.push(result);
    });
  }

  /** The order goes on without the attempt that ended: the program looks, and tells the clerk. */
  #look(key: string): void {
    const wish = this.#wishes.get(key);
    const [first] = wish?.results ?? [];
    const ended = wish && this.#parts.goesOn(wish.orderId);
    if (!wish || !first || ended === undefined || ended === wish.seen) return;
    wish.seen = ended;
    wish.results.push({ ...first, phase: 'progress' });
  }

  /** An old key, another wish: refused, or the till has forgotten what it promised. */
  async #sayOther(key: string): Promise<void> {
    const { hit, pause, confused } = this.#parts;
    hit('call-conflict');
    const outcome = await Promise.race([this.#call(key, 0, 1), pause(8_000)]);
    if (!outcome || outcome.kind === 'unsure') return;
    if (outcome.kind === 'refused' && outcome.result.code === 'IDEMPOTENCY_CONFLICT') return;
    confused(`${key} with another amount: ${outcome.kind} ${outcome.result.code}`);
  }
}
