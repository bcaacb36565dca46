import type { PenPoint } from '../../protocols/signature/strokes.ts';
import type { Clock } from '../world/clock.ts';
import { type PadCustomer, type Random, signs } from './pad-customer.ts';

/** Somebody at a signature pad, moved by whoever tells the story. */
export interface PadPerson {
  /** false: they sign by themselves */
  attend(isThere: boolean): void;
  readonly isAsked: boolean;
  sign(): void;
  refuse(): void;
}

type Answer = (points: readonly PenPoint[] | undefined) => void;

/** The same without a page to draw on. */
export class PadSigner implements PadCustomer, PadPerson {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #signMs: number;
  #isAttended = false;
  #asked: { readonly width: number; readonly height: number; readonly answer: Answer } | undefined;

  constructor(clock: Clock, random: Random, signMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#signMs = signMs;
  }

  attend(isThere: boolean): void {
    this.#isAttended = isThere;
  }

  get isAsked(): boolean {
    return this.#asked !== undefined;
  }

  signs({ width, height }: { readonly width: number; readonly height: number }, answer: Answer): void {
    this.#asked = { width, height, answer };
    if (!this.#isAttended) this.#clock.after(this.#signMs, () => this.isAsked && this.sign());
  }

  rests(): void {
    this.#asked = undefined;
  }

  sign(): void {
    const { width, height, answer } = this.#take();
    answer(signs(width, height, this.#random));
  }

  refuse(): void {
    this.#take().answer(undefined);
  }

  #take() {
    const asked = this.#asked;
    if (!asked) throw new Error('the pad asks for nothing');
    this.#asked = undefined;
    return asked;
  }
}
