import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { type Scenario, USUAL } from './scenario.ts';
import type { ShopRecord } from './shop-record.ts';
import type { Stage } from './stage.ts';
import type { StepOf } from './steps.ts';
import { FIRST_ORDER, fenOf, msOf } from './terms.ts';
import { agree, deadlineOf } from './told.ts';

const COMMAND_LIFE_MS = 60_000;

/** What the backend of a story does: its commands, and what becomes of its replies. */
export class BackendSteps {
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #record: ShopRecord;
  /** sent last */
  #command: CommandEnvelope | undefined;
  #refunds = 0;

  constructor(scenario: Scenario, stage: Stage, record: ShopRecord) {
    this.#scenario = scenario;
    this.#stage = stage;
    this.#record = record;
  }

  async does(step: StepOf<'backend'>): Promise<void> {
    const { backend } = this.#stage;
    const within = deadlineOf(step);
    switch (step.backend) {
      case 'asks to collect': {
        const { yuan = this.#scenario.yuan ?? USUAL.yuan, order = FIRST_ORDER } = step;
        const args = { orderId: order, amountFen: fenOf(yuan), currency: 'CNY', title: '午餐套餐' };
        return this.#send(backend.draft('collect', args, false), { told: step.told, within });
      }
      case 'asks for a card': {
        const { yuan = this.#scenario.yuan ?? USUAL.yuan, order = FIRST_ORDER } = step;
        const args = { orderId: order, amountFen: fenOf(yuan), currency: 'CNY' };
        return this.#send(backend.draft('card-sale', args, false), { told: step.told, within });
      }
      case 'sends': {
        const { verb, args, signed = false, validFor, retained = false, unheard = false, told } = step;
        const life = validFor === undefined ? COMMAND_LIFE_MS : msOf(validFor);
        return this.#send(backend.draft(verb, args, signed, life), { told, within, retained, unheard });
      }
      case 'sends it again':
        return this.#again(step, within);
      case 'gives back': {
        const { order = FIRST_ORDER, refund = `R${++this.#refunds}`, yuan, signed = true, told } = step;
        const people = { requestedBy: 'clerk.1', approvedBy: 'manager.1' };
        const terms = { refundId: refund, orderId: order, refundFen: fenOf(yuan), currency: 'CNY', reason: '退货' };
        return this.#send(backend.draft('refund', { ...terms, ...people }, signed), { told, within });
      }
      case 'loses the request':
        return backend.inject({ kind: 'swallow', op: step.op });
      case 'loses its reply':
        return backend.inject({ kind: 'drop-reply', op: step.to });
      case 'replies late':
        return backend.inject({ kind: 'delay-reply', op: step.to, ms: msOf(step.by) });
      case 'goes away':
        return backend.setOnline(false);
      case 'is back':
        return backend.setOnline(true);
      case 'says nothing of payments':
        return backend.saysNothingOfPayments();
      case 'acknowledges no events':
        return backend.setAcknowledging(false);
      case 'acknowledges events again':
        return backend.setAcknowledging(true);
      default:
        return step satisfies never;
    }
  }

  async #again(step: Extract<StepOf<'backend'>, { backend: 'sends it again' }>, within: number): Promise<void> {
    const command = this.#command;
    if (!command) throw new Error('no command was sent before');
    const { yuan, retained = false, told, times = 1 } = step;
    const args = yuan === undefined ? command.args : { ...command.args, amountFen: fenOf(yuan) };
    for (let n = 0; n < times; n++)
      await this.#send({ ...command, args, hash: canonicalHash(args) }, { told, within, retained });
  }

  /** Publishes a command and waits for the next answer to it. */
  async #send(
    command: CommandEnvelope,
    terms: { told: string | undefined; within: number; retained?: boolean; unheard?: boolean },
  ): Promise<void> {
    this.#command = command;
    const { told, within, retained = false, unheard = false } = terms;
    const before = this.#record.resultsOf(command.id).length;
    this.#stage.backend.publish(command, retained);
    if (unheard) return;
    const answer = (): CommandResult | undefined => this.#record.resultsOf(command.id)[before];
    await this.#stage.until(`an answer to ${command.type}`, () => answer() !== undefined, within);
    const { code = '', status } = answer() ?? {};
    if (told === undefined && status !== 'ok') throw new Error(`the till answers ${status} ${code}`);
    agree(told, told === undefined ? undefined : code);
  }
}
