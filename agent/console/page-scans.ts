import { SecretText } from '../../protocols/paycode/secret.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import { DuplicateWindow } from '../../protocols/scanner/serial-line.ts';
import { readTyped } from '../../protocols/scanner/typed.ts';
import type { Clock } from '../clock.ts';

/** What the page saw: keys in a rhythm that no hand has. */
export interface PageTyping {
  readonly text: string;
  readonly durationMs?: number | undefined;
  readonly keystrokes?: number | undefined;
}

export type PageReading =
  | { readonly kind: 'scan'; readonly scan: Scan }
  | { readonly kind: 'repeated' }
  /** nothing, or the gun's word for nothing */
  | { readonly kind: 'no-code' };

/** The same code again within this is the same scan (the guns' `dedupeMs`). */
const DEDUPE_MS = 1_500;
/** No gun takes longer for one code. */
const MOST_MS = 3_000;
/** Between two keys, on average: slower is a person (scanners.md, keyboard wedges). */
const HAND_MS = 60;

/** Codes that a keyboard gun types into the page, read as those of a grabbed keyboard gun. */
export class PageScans {
  readonly #clock: Clock;
  readonly #repeats = new DuplicateWindow(DEDUPE_MS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  read({ text, durationMs = 0, keystrokes = 0 }: PageTyping): PageReading {
    const { mistake, ...reading } = readTyped(new SecretText(text), 'us', 'aim');
    if (reading.kind !== 'code') return { kind: 'no-code' };
    const endedAt = this.#clock.mono();
    if (this.#isRepeat(reading.text, endedAt)) return { kind: 'repeated' };
    const startedAt = endedAt - Math.min(durationMs, MOST_MS);
    const { aim, suspect } = reading;
    const byHand = keystrokes > 1 && durationMs / (keystrokes - 1) > HAND_MS;
    const scan: Scan = {
      text: reading.text,
      ...(aim === undefined ? {} : { aim }),
      source: byHand ? 'manual' : 'page-wedge',
      startedAt,
      endedAt,
      suspect: [...(mistake ? (['wrong-layout'] as const) : []), ...suspect],
    };
    return { kind: 'scan', scan };
  }

  /** A paycode is not kept longer than needed. */
  #isRepeat(text: SecretText, at: number): boolean {
    const isRepeat = this.#repeats.isRepeat(text, at);
    this.#clock.after(DEDUPE_MS, () => this.#repeats.forget(this.#clock.mono()));
    return isRepeat;
  }
}
