import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { Crossed, Recording } from './recording-file.ts';

export interface ReplayTerms {
  /** pauses longer than {@link SHORT_PAUSE_MS} are cut to it */
  readonly fast: boolean;
  /** how long the till may take to say what it said then, ms */
  readonly patienceMs: number;
}

export interface Replayed {
  /** pieces said */
  readonly said: number;
  /** pieces that nobody took */
  readonly lost: number;
  /** bytes that the till said then, and has not said now, in time */
  readonly missedBytes: number;
}

/** Long enough for everybody to notice that a code is over; a till leaves the same code out for longer. */
const SHORT_PAUSE_MS = 150;
const LOOK_MS = 5;

/** Says what a device said, in its own time, and waits where the till spoke. */
export async function replay(recording: Recording, wire: Wire, clock: Clock, terms: ReplayTerms): Promise<Replayed> {
  const replayer = new Replayer(wire, clock, terms);
  let before = recording.crossed[0]?.at ?? 0;
  for (const crossed of recording.crossed) {
    await replayer.play(crossed, Math.max(0, crossed.at - before));
    before = crossed.at;
  }
  return replayer.result;
}

class Replayer {
  #said = 0;
  #lost = 0;
  /** bytes of the till, now and then */
  #heard = 0;
  #expected = 0;
  #missed = 0;
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #terms: ReplayTerms;

  constructor(wire: Wire, clock: Clock, terms: ReplayTerms) {
    this.#wire = wire;
    this.#clock = clock;
    this.#terms = terms;
    wire.listen((bytes) => {
      this.#heard += bytes.length;
    });
  }

  get result(): Replayed {
    return { said: this.#said, lost: this.#lost, missedBytes: this.#missed };
  }

  play({ from, bytes }: Crossed, gapMs: number): Promise<void> {
    return from === 'till' ? this.#wait(bytes.length, gapMs) : this.#say(bytes, gapMs);
  }

  async #say(bytes: Uint8Array, gapMs: number): Promise<void> {
    await this.#pause(this.#terms.fast ? Math.min(gapMs, SHORT_PAUSE_MS) : gapMs);
    if (await this.#wire.send(bytes)) this.#said += 1;
    else this.#lost += 1;
  }

  /** What a till did not say once it does not owe again later. */
  async #wait(count: number, gapMs: number): Promise<void> {
    this.#expected += count;
    const until = this.#clock.mono() + gapMs + this.#terms.patienceMs;
    const isOwed = () => this.#heard < this.#expected - this.#missed;
    while (isOwed() && this.#clock.mono() < until) await this.#pause(LOOK_MS);
    this.#missed = Math.max(this.#missed, this.#expected - this.#heard);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }
}
