import type { TerminalTurn } from './terminal-turn.ts';

/** The terminal's own receipt of its last transaction, once more: what it has printed meanwhile is marked. */
export class CardReprinting {
  readonly #turn: TerminalTurn;
  #isUnderWay = false;

  constructor(turn: TerminalTurn) {
    this.#turn = turn;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  async run(): Promise<'printed' | 'refused' | 'DEVICE_BUSY'> {
    const end = await this.#turn.take(async () => {
      this.#isUnderWay = true;
      try {
        return await this.#turn.run({ kind: 'reprint' });
      } finally {
        this.#isUnderWay = false;
      }
    });
    if (end.kind === 'not-done') return 'DEVICE_BUSY';
    return end.ok ? 'printed' : 'refused';
  }
}
