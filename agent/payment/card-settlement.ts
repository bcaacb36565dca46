import { type CommandEnvelope, expiryOf } from '../../protocols/backend/commands.ts';
import type { TerminalOutcome, TerminalResult } from '../../protocols/terminal/messages.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type CardRefusal, refusalOf } from './card-refusal.ts';
import type { CardRunner } from './card-runner.ts';

/** One end of day of the card terminal. */
export interface Settlement {
  readonly reference: string;
  readonly commandId: string;
  readonly protocol: string;
  /** absent: it was begun */
  readonly outcome?: TerminalOutcome;
  readonly code?: string;
}

/** What the terminal said, as the journal keeps it. */
export function settlementSaid(settlement: Settlement, { outcome, evidence }: TerminalResult): Settlement {
  return { ...settlement, outcome, ...(evidence.code === undefined ? {} : { code: evidence.code }) };
}

export interface CardSettlementParts {
  readonly runner: Pick<CardRunner, 'settle' | 'settleRefusal'>;
  readonly results: Pick<CommandResults, 'conclude' | 'fail'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
}

/** The verb `card-settle`. Its batch is the terminal's own: nothing of an order changes by it. */
export class CardSettlement implements VerbRoom {
  readonly #parts: CardSettlementParts;
  readonly #queue: VerbQueue;

  constructor(parts: CardSettlementParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  refuse(): CommandRefusal | undefined {
    const refused = this.#parts.runner.settleRefusal();
    return refused && refusalOf(refused);
  }

  execute(command: CommandEnvelope): void {
    this.#queue.add(command, () => this.#settle(command));
  }

  /** What the disk does not take was not said: it is begun again while the command lives. */
  async #settle(command: CommandEnvelope): Promise<void> {
    const { runner, results, backendNow } = this.#parts;
    if (backendNow() > expiryOf(command))
      return results.fail(command.id, { code: 'EXPIRED', message: 'its time was over before the disk took it' });
    results.conclude(command.id, resultOf(await runner.settle(command.id)));
  }

  /** What became of it no protocol can tell: somebody looks at the terminal. */
  resume({ id }: CommandEnvelope): void {
    this.#parts.results.conclude(id, resultOf('unknown'));
  }

  stop(): void {
    this.#queue.stop();
  }
}

function resultOf(ended: TerminalOutcome | CardRefusal): ResultBody {
  switch (ended) {
    case 'approved':
      return { status: 'ok', code: 'TERMINAL_SETTLED' };
    case 'declined':
    case 'cancelled':
      return { status: 'declined', code: 'TERMINAL_NOT_SETTLED' };
    case 'unknown':
      return { status: 'unknown', code: 'TERMINAL_SETTLEMENT_UNKNOWN', clerk: LOOK };
    default:
      return { status: 'failed', ...refusalOf(ended) };
  }
}

const LOOK = {
  zh: '终端结算结果不明，请在终端上查看结算单',
  en: 'Nobody knows whether the terminal settled: look at its own settlement slip',
  action: 'CONTACT_SUPPORT',
};
