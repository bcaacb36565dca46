import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { TerminalOutcome, TerminalResult } from '../../protocols/terminal/messages.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
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

/** The verb `card-settle`. Its batch is the terminal's own: nothing of an order changes by it. */
export class CardSettlement implements VerbRoom {
  readonly #parts: { readonly runner: CardRunner; readonly results: CommandResults };

  constructor(parts: { readonly runner: CardRunner; readonly results: CommandResults }) {
    this.#parts = parts;
  }

  refuse(): CommandRefusal | undefined {
    const refused = this.#parts.runner.settleRefusal();
    return refused && refusalOf(refused);
  }

  execute({ id }: CommandEnvelope): void {
    const { runner, results } = this.#parts;
    runner.settle(id).then(
      (ended) => results.conclude(id, resultOf(ended)),
      () =>
        results.fail(id, { code: 'JOURNAL_UNAVAILABLE', message: 'it could not be written down; nothing was said' }),
    );
  }

  /** What became of it no protocol can tell: somebody looks at the terminal. */
  resume({ id }: CommandEnvelope): void {
    this.#parts.results.conclude(id, resultOf('unknown'));
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
