import type { CardTerminal, Holder, HowCard } from './card-terminal.ts';

/** Somebody before a card terminal, moved by whoever tells the story. */
export interface CardPerson {
  /** false: nobody stands there, and the amount alone decides */
  attend(isThere: boolean): void;
  /** what the terminal asks for now */
  readonly asks: 'card' | 'pin' | undefined;
  shows(card: HowCard): void;
  types(isRight: boolean): void;
  /** the red key */
  cancels(): void;
}

type Asking =
  | { readonly for: 'card'; readonly answer: (card: HowCard | undefined) => void }
  | { readonly for: 'pin'; readonly answer: (isRight: boolean | undefined) => void };

/** The same without a page to show it on. */
export class CardHolder implements Holder, CardPerson {
  readonly #terminal: CardTerminal;
  #asking: Asking | undefined;

  constructor(terminal: CardTerminal) {
    this.#terminal = terminal;
  }

  attend(isThere: boolean): void {
    this.#terminal.holder = isThere ? this : undefined;
  }

  get asks(): 'card' | 'pin' | undefined {
    return this.#asking?.for;
  }

  presents(_amount: number, answer: (card: HowCard | undefined) => void): void {
    this.#asking = { for: 'card', answer };
  }

  typesPin(_amount: number, _wrongBefore: number, answer: (isRight: boolean | undefined) => void): void {
    this.#asking = { for: 'pin', answer };
  }

  rests(): void {
    this.#asking = undefined;
  }

  shows(card: HowCard): void {
    const asking = this.#asked('card');
    if (asking?.for === 'card') asking.answer(card);
  }

  types(isRight: boolean): void {
    const asking = this.#asked('pin');
    if (asking?.for === 'pin') asking.answer(isRight);
  }

  cancels(): void {
    const asking = this.#asking;
    this.#asking = undefined;
    asking?.answer(undefined);
  }

  #asked(what: Asking['for']): Asking | undefined {
    const asking = this.#asking;
    if (asking?.for !== what) throw new Error(`the terminal asks for ${asking?.for ?? 'nothing'}`);
    this.#asking = undefined;
    return asking;
  }
}
