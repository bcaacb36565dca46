import type { TerminalOutcome, TerminalResult } from '../../protocols/terminal/messages.ts';
import type { PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { type Settlement, settlementSaid } from './card-settlement.ts';
import type { TerminalTurn } from './terminal-turn.ts';

export interface CardSettlingParts {
  readonly book: TillBook;
  readonly terminal: () => PaymentTerminal;
  readonly turn: TerminalTurn;
  readonly log: Log;
}

/** The end of day. What nobody knows of it no protocol can be asked: a person looks at the terminal. */
export class CardSettling {
  readonly #parts: CardSettlingParts;
  /** the one that is under way */
  #settlement: Settlement | undefined;

  constructor(parts: CardSettlingParts) {
    this.#parts = parts;
  }

  isAbout({ reference }: TerminalResult): boolean {
    return this.#settlement?.reference === reference;
  }

  /** Rejects when the journal cannot keep that it begins: then nothing was said. */
  run(commandId: string): Promise<TerminalOutcome | 'DEVICE_BUSY'> {
    return this.#parts.turn.take(() =>
      this.#run(commandId).finally(() => {
        this.#settlement = undefined;
      }),
    );
  }

  async #run(commandId: string): Promise<TerminalOutcome | 'DEVICE_BUSY'> {
    const { book, terminal, turn } = this.#parts;
    const reference = turn.newReference();
    const settlement: Settlement = { reference, commandId, protocol: terminal().protocol };
    await book.write({ type: 'TERMINAL_SETTLED', settlement });
    this.#settlement = settlement;
    const end = await turn.run({ kind: 'settle', reference });
    const { outcome } = this.#settlement;
    if (outcome === undefined || outcome === 'unknown') terminal().cleared({ reference });
    return outcome ?? (end.kind === 'not-done' ? 'DEVICE_BUSY' : 'unknown');
  }

  /** False: it is not on disk. */
  async store(result: TerminalResult): Promise<boolean> {
    if (!this.#settlement) return false;
    const said = settlementSaid(this.#settlement, result);
    try {
      await this.#parts.book.write({ type: 'TERMINAL_SETTLED', settlement: said });
      if (this.#settlement) this.#settlement = said;
      return true;
    } catch (error) {
      this.#parts.log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }
}
