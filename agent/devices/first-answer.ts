import type { Clock } from '../clock.ts';

/**
 * ms until a question that nobody answered is asked again: a machine under load answers late, a printer that was switched on just
 * now not at all. Six questions in some ten seconds, fewer than the eight that a printer may keep waiting (TM-U220).
 */
const AGAIN_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000];
/** An answer that is late may come in pieces; a question is put when the line is quiet, so that no old byte answers it. */
const QUIET_MS = 200;

/** Whether an idle printer answers: asked until it does, or until it is clear that it does not. */
export class FirstAnswer {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #onSilent: () => void;
  #unanswered = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  #callOff: () => void = () => undefined;

  constructor(clock: Clock, ask: () => void, onSilent: () => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#onSilent = onSilent;
  }

  /** It was asked as often as is worth it. */
  get isSilent(): boolean {
    return this.#unanswered > AGAIN_MS.length;
  }

  /** Bytes came, whatever they say. */
  heard(at: number): void {
    this.#heardAt = at;
  }

  /** A question of the idle printer found no answer. */
  silence(): void {
    const ms = AGAIN_MS[this.#unanswered];
    this.#unanswered += 1;
    if (ms !== undefined) this.#again(ms);
    else this.#onSilent();
  }

  /** It answers, or it is gone: nothing is asked any more. */
  over(): void {
    this.#unanswered = 0;
    this.#callOff();
  }

  #again(ms: number): void {
    this.#callOff();
    this.#callOff = this.#clock.after(ms, () => {
      const quietMs = this.#clock.mono() - this.#heardAt;
      if (quietMs < QUIET_MS) this.#again(QUIET_MS - quietMs);
      else this.#ask();
    });
  }
}
