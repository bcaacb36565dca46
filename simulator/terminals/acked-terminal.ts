import { type CardTerminal, type Decision, needsPin, PIN_TRIES } from './card-terminal.ts';
import type { EntryKind, LedgerEntry } from './ledger.ts';
import type { Mouth } from './mouth.ts';

/** What a sale looks like on its way out, in the words of one protocol. */
export interface AckedWords {
  readonly progress: readonly Uint8Array[];
  /** the host has spoken: whatever belongs to the entry besides money is noted */
  opened(entry: LedgerEntry): void;
  /** the result, which names this amount */
  result(entry: LedgerEntry, amount: number): Uint8Array;
}

/** Terminals wait about so long for a card or a key, then give up (from memory). */
const PATIENCE_MS = 60_000;
/** declined by the terminal: PIN tries exceeded */
const PIN_EXCEEDED = 0x75;
/** as a terminal says it that nobody finished with */
const NOT_DECIDED = 0x6c;

/** so often the steps are told again */
const STORM = 10;

/**
 * A card terminal whose transactions are final when it has said their result: what it does with money and time, and what goes
 * wrong, whatever the protocol. The protocol's room makes frames of it.
 */
export class AckedTerminal {
  readonly terminal: CardTerminal;
  /** the cable is pulled */
  onUnplug: () => void = () => undefined;
  #mouth: Mouth | undefined;
  #deafUntil = Number.NEGATIVE_INFINITY;
  #callOff: () => void = () => undefined;
  #isBusy = false;
  #before: Uint8Array | undefined;
  /** the last frame that asked for money, and what came of it */
  #asked: Uint8Array | undefined;
  #answered: Uint8Array | undefined;

  readonly #knowsRepeats: boolean;

  /** `knowsRepeats`: the protocol has something by which a request is known when it comes a second time */
  constructor(terminal: CardTerminal, { knowsRepeats } = { knowsRepeats: true }) {
    this.terminal = terminal;
    this.#knowsRepeats = knowsRepeats;
  }

  speakThrough(mouth: Mouth): void {
    this.#mouth = mouth;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get isDeaf(): boolean {
    return this.terminal.clock.mono() < this.#deafUntil;
  }

  /** An answer without a card: after the time a terminal takes. */
  answer(frame: Uint8Array): void {
    this.#later(this.terminal.personality.answerMs, () => this.#mouth?.say(frame));
  }

  /** Card, PIN, host: then the result. What the amount says decides, and the named faults before it. */
  pay(kind: EntryKind, amount: number, asked: Uint8Array, words: AckedWords): void {
    const { faults, personality } = this.terminal;
    this.#asked = asked;
    this.#answered = undefined;
    if (faults.take('no-answer')) return;
    this.#isBusy = true;
    const { progress } = words;
    const told = faults.take('status-storm') ? Array.from({ length: STORM }, () => progress).flat() : progress;
    this.#tell(told, personality.answerMs, () =>
      faults.take('long-silence') ? this.#over() : this.#attended(kind, amount, words),
    );
  }

  /** Somebody who stands there decides before the host does. Nobody: the amount alone. */
  #attended(kind: EntryKind, amount: number, words: AckedWords): void {
    const { terminal } = this;
    const { holder, personality } = terminal;
    const byAmount = terminal.decide(amount, kind);
    if (!holder || kind !== 'sale') return this.#decide(kind, byAmount, words);
    let isOver = false;
    const host = (decision: Decision) => {
      if (isOver) return;
      isOver = true;
      holder.rests('host');
      this.#later(personality.stepMs, () => {
        holder.rests('over');
        this.#decide(kind, decision, words);
      });
    };
    const cancelled = { ...byAmount, outcome: 'cancelled', code: NOT_DECIDED, heard: 'yes' } as const;
    const declined = { ...byAmount, outcome: 'declined', code: PIN_EXCEEDED, heard: 'yes' } as const;
    const pin = (wrong: number): void =>
      holder.typesPin(amount, wrong, (isRight) => {
        if (isRight === undefined) host(cancelled);
        else if (isRight) host(byAmount);
        else if (wrong + 1 < PIN_TRIES) pin(wrong + 1);
        else host(declined);
      });
    holder.presents(amount, (card) => {
      if (card === undefined) host(cancelled);
      else if (needsPin(byAmount, card)) pin(0);
      else host(byAmount);
    });
    // whoever does not come is sent away
    this.#later(PATIENCE_MS, () => host(cancelled));
  }

  #decide(kind: EntryKind, decision: Decision, words: AckedWords): void {
    const { terminal } = this;
    const { faults } = terminal;
    const entry = terminal.record(kind, decision);
    terminal.accept(entry);
    words.opened(entry);
    if (decision.heard === 'reboot') return this.restart();
    if (decision.heard === 'lost') return this.#over();
    if (faults.take('unplugged')) return this.onUnplug();
    if (faults.take('late-result') && this.#before) this.#mouth?.say(this.#before);
    const named = faults.take('other-amount') ? entry.amount + 100 : entry.amount;
    const result = words.result(entry, named);
    this.#answered = result;
    this.#mouth?.say(result);
    if (faults.take('result-twice')) this.#mouth?.say(result);
    this.#before = result;
    this.#over();
  }

  /**
   * The till may say a frame again when it heard no acknowledgement: the money is asked for once. What was answered is said
   * again; what is being done goes on.
   */
  once(frame: Uint8Array, hear: () => void): void {
    const isRepeat = this.#knowsRepeats && this.#asked !== undefined && sameBytes(frame, this.#asked);
    if (!isRepeat) return hear();
    if (!this.#isBusy && this.#answered) this.#mouth?.say(this.#answered);
  }

  linkLost(): void {
    this.#mouth?.hush();
    this.terminal.holder?.rests('over');
    this.#over();
  }

  restart(): void {
    this.linkLost();
    this.#deafUntil = this.terminal.clock.mono() + this.terminal.personality.bootMs;
  }

  #tell(frames: readonly Uint8Array[], waitMs: number, end: () => void): void {
    const [first, ...rest] = frames;
    this.#later(waitMs, () => {
      if (!first) return end();
      this.#mouth?.say(first);
      this.#tell(rest, this.terminal.personality.stepMs, end);
    });
  }

  #over(): void {
    this.#callOff();
    this.#isBusy = false;
  }

  #later(ms: number, run: () => void): void {
    this.#callOff();
    this.#callOff = this.terminal.clock.after(ms, run);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
