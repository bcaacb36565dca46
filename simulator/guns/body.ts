import { type Deed, type Reading, type Sign, sign } from './model.ts';

// What all guns have: a window, a trigger, a beeper and lights. A gun with a trigger for the host holds what stands before
// its window until the host pulls it.

export interface BodySettings {
  /** who pulls the trigger; `hand` also stands for a gun that scans by itself */
  readonly trigger: 'hand' | 'host';
  /** how long the host's trigger stays pulled when nobody releases it, ms; absent: until it is released */
  readonly sessionMs?: number;
}

export class GunBody<Said> {
  enabled = true;
  trigger: 'hand' | 'host';
  readonly #settings: BodySettings;
  readonly #speak: (reading: Reading, at: number) => Deed<Said>[];
  readonly #nothing: (at: number) => Deed<Said>[];
  #window: Reading | undefined;
  #session: { readonly until: number | undefined } | undefined;

  constructor(
    settings: BodySettings,
    speak: (reading: Reading, at: number) => Deed<Said>[],
    nothing: (at: number) => Deed<Said>[],
  ) {
    this.#settings = settings;
    this.trigger = settings.trigger;
    this.#speak = speak;
    this.#nothing = nothing;
  }

  get nextDeadline(): number | undefined {
    return this.#session?.until;
  }

  read(reading: Reading, at: number): Deed<Said>[] {
    if (!this.enabled) return [{ kind: 'end', reading: reading.id, how: 'disabled' }];
    if (this.trigger === 'hand' || this.#session) return [...this.#endSession(), ...this.#speak(reading, at)];
    const passedBy = this.#window;
    this.#window = reading;
    return passedBy ? [{ kind: 'end', reading: passedBy.id, how: 'passed-by' }] : [];
  }

  /** The host pulls. False: a gun that is switched off does not. */
  pull(at: number): Deed<Said>[] | false {
    if (!this.enabled) return false;
    const reading = this.#window;
    this.#window = undefined;
    if (reading) return [...session(true), ...session(false), ...this.#speak(reading, at)];
    const { sessionMs } = this.#settings;
    this.#session = { until: sessionMs === undefined ? undefined : at + sessionMs };
    return session(true);
  }

  /** The host lets go. */
  release(at: number): Deed<Said>[] {
    return this.#session ? [...this.#endSession(), ...this.#nothing(at)] : [];
  }

  wake(at: number): Deed<Said>[] {
    const until = this.#session?.until;
    return until !== undefined && at >= until ? this.release(at) : [];
  }

  powerUp(): Deed<Said>[] {
    const reading = this.#window;
    this.#window = undefined;
    this.#session = undefined;
    this.enabled = true;
    this.trigger = this.#settings.trigger;
    return reading ? [{ kind: 'end', reading: reading.id, how: 'unplugged' }] : [];
  }

  #endSession(): Deed<Said>[] {
    const wasOn = this.#session !== undefined;
    this.#session = undefined;
    return wasOn ? session(false) : [];
  }
}

function session(on: boolean): Deed<never>[] {
  return [sign({ kind: 'session', on })];
}

export const GOOD_BEEP: Sign = { kind: 'beep', tone: 'good' };
export const ERROR_BEEP: Sign = { kind: 'beep', tone: 'error' };
