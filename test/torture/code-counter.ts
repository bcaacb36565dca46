import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { IntentPlan } from '../../simulator/acquirer/intents.ts';
import type { NoticePlan } from '../../simulator/backend/notices.ts';
import type { Chance } from './chance.ts';
import { drawNotices, drawPlan } from './code-plans.ts';
import type { FaultName } from './faults.ts';

// People who pay by scanning the shop's code, and the shop that shows it: asks for it, waits, loses patience, asks after
// it, tries another way.

export interface CodeCounterParts {
  readonly chance: Chance;
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  /** sends a command to the till */
  readonly order: (verb: string, args: CommandEnvelope['args']) => CommandEnvelope;
  readonly sendAgain: (command: CommandEnvelope) => void;
  readonly cancel: (orderId: string) => void;
  readonly resultsOf: (commandId: string) => readonly CommandResult[];
  /** the next new code lives like this, and its payments are told like that */
  readonly expect: (plan: IntentPlan, notices: NoticePlan) => void;
  /** what the backend heard of the order's code last */
  readonly lastEvent: (orderId: string) => string | undefined;
  /** the till's connection is reset */
  readonly cutLink: () => void;
  /** somebody scans a code of his phone all the same */
  readonly scan: () => Promise<void>;
}

const FORMS = [['screen'], ['screen'], ['screen', 'slip'], ['link'], ['delivery']] as const;
const LOOK_MS = 700;
/** How often somebody does something about an open code. */
const WATCH_MS = 5_000;

export class CodeCounter {
  readonly #parts: CodeCounterParts;

  constructor(parts: CodeCounterParts) {
    this.#parts = parts;
  }

  /** Collects the order with a code. True: it came to nothing, and the order may be collected another way. */
  async serve(orderId: string, amountFen: number): Promise<boolean> {
    const { chance, expect, order, hit } = this.#parts;
    hit('paid-by-code');
    const ttlMs = chance.between(60_000, 100_000);
    expect(
      drawPlan(chance, amountFen, ttlMs, (fault) => this.#draw(fault)),
      drawNotices(chance, (fault) => this.#draw(fault)),
    );
    const forms: string[] = [...chance.pick(FORMS)];
    const lines = [{ name: '米', quantity: '1', priceFen: amountFen, amountFen }];
    const asked = order('intent', { orderId, amountFen, currency: 'CNY', ttlMs, forms, lines });
    await this.#trouble(orderId, asked);
    await this.#answered(asked, 20_000);
    const intentId = this.#lastOf(asked)?.attempt;
    const patience = chance.between(5_000, ttlMs + 40_000);
    await this.#watch(orderId, intentId, patience);
    const end = this.#parts.lastEvent(orderId);
    return end === 'EXPIRED' || end === 'CLOSED' || this.#lastOf(asked)?.status === 'declined';
  }

  /** Somebody asks for a code although the order may be taken already. Whoever gets one pays it at once. */
  async askBeside(orderId: string, amountFen: number): Promise<void> {
    const { chance, expect, order } = this.#parts;
    const buyer = { afterMs: chance.between(300, 3_000), wallet: chance.pick(['WECHAT', 'ALIPAY']) };
    expect({ buyers: [buyer] }, { manner: 'signed', afterMs: [1_000] });
    const asked = order('intent', { orderId, amountFen, currency: 'CNY', ttlMs: 60_000, forms: ['screen'] });
    await this.#answered(asked, 20_000);
  }

  #draw(fault: FaultName): boolean {
    const drawn = this.#parts.wants(fault);
    if (drawn) this.#parts.hit(fault);
    return drawn;
  }

  /** What people do in the first moment, while the code is being made. */
  async #trouble(orderId: string, asked: CommandEnvelope): Promise<void> {
    const { chance, wants, hit, pause, sendAgain, cancel } = this.#parts;
    if (wants('command-repeated')) {
      hit('command-repeated');
      sendAgain(asked);
    }
    if (wants('connection-cut')) {
      await pause(chance.between(2, 10));
      this.#parts.cutLink();
    }
    if (!wants('code-cancelled') || chance.happens(0.4)) return;
    hit('code-cancelled');
    await pause(chance.between(5, 12_000));
    cancel(orderId);
  }

  async #watch(orderId: string, intentId: string | undefined, patience: number): Promise<void> {
    const { chance, wants } = this.#parts;
    const over = () => this.#parts.lastEvent(orderId) !== undefined;
    let cancelled = false;
    for (let waited = 0; waited < patience && !over() && !this.#parts.isOver(); waited += WATCH_MS) {
      await this.#until(over, Math.min(WATCH_MS, patience - waited));
      if (intentId === undefined) continue;
      if (wants('code-asked-after') || cancelled) this.#ask(intentId);
      if (wants('second-way')) await this.#secondWay(orderId);
      if (!wants('code-cancelled')) continue;
      this.#cancel(orderId, intentId);
      cancelled = wants('code-asked-after');
    }
    if (!over() && intentId !== undefined && chance.happens(0.5)) this.#cancel(orderId, intentId);
    await this.#until(over, chance.between(0, 40_000));
  }

  #ask(intentId: string): void {
    const { chance, hit, order } = this.#parts;
    hit('code-asked-after');
    if (chance.happens(0.6)) order('intent-query', { intentId });
    else order('intent-print', { intentId, form: chance.pick(['slip', 'delivery']) });
  }

  #cancel(orderId: string, intentId: string): void {
    const { chance, hit, order, cancel } = this.#parts;
    hit('code-cancelled');
    if (chance.happens(0.7)) order('intent-cancel', { intentId });
    else cancel(orderId);
  }

  /** All of it has to be refused while the code is open. */
  async #secondWay(orderId: string): Promise<void> {
    const { chance, hit, scan, order } = this.#parts;
    hit('second-way');
    if (chance.happens(0.5)) return scan();
    order('intent', { orderId, amountFen: chance.between(1, 200_000), currency: 'CNY' });
  }

  async #answered(command: CommandEnvelope, deadlineMs: number): Promise<void> {
    for (let tries = 0; tries < 3 && !this.#parts.isOver(); tries++) {
      if (await this.#until(() => this.#lastOf(command)?.phase === 'final', deadlineMs / 3)) return;
      this.#parts.sendAgain(command);
    }
  }

  #lastOf({ id }: CommandEnvelope): CommandResult | undefined {
    return this.#parts.resultsOf(id).at(-1);
  }

  async #until(isSo: () => boolean, deadlineMs: number): Promise<boolean> {
    for (let waited = 0; waited < deadlineMs && !this.#parts.isOver(); waited += LOOK_MS) {
      if (isSo()) return true;
      await this.#parts.pause(Math.min(LOOK_MS, deadlineMs - waited));
    }
    return isSo();
  }
}
