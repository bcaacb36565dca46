import { fromHex, toHex } from '../../../protocols/bytes/hex.ts';
import type { TerminalPersonality } from '../../../simulator/personalities/terminals.ts';
import { SimulatedZvtTerminal } from '../../../simulator/terminals/terminal-port.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';

/** A till that says bytes and takes whatever it hears, on TCP in virtual time. */
export class BareTill {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 22, 9, 30, 15));
  readonly terminal: SimulatedZvtTerminal;
  #hear: (bytes: Uint8Array) => void = () => undefined;
  #said: string[] = [];

  constructor(personality: TerminalPersonality) {
    this.terminal = new SimulatedZvtTerminal({ personality, clock: this.clock });
    this.terminal.onStream({
      send: (bytes) => {
        this.#said.push(toHex(bytes).toUpperCase());
        return Promise.resolve(true);
      },
      listen: (hear) => void (this.#hear = hear),
      pause: () => undefined,
      resume: () => undefined,
    });
  }

  /** What the terminal says to these bytes until it is silent; each message of its own is answered with `answer`. */
  says(hex: string, answer = '800000'): readonly string[] {
    this.#said = [];
    this.say(hex);
    for (let answered = 0, n = 0; n < 60; n++) {
      for (const message of this.#said.slice(answered)) {
        answered += 1;
        if (!/^8[04]/.test(message)) this.say(answer);
      }
      this.clock.advance(STEP_MS);
    }
    return this.#said;
  }

  say(hex: string): void {
    const bytes = fromHex(hex.replaceAll(' ', ''));
    if (!bytes) throw new RangeError(`no hex digits: ${hex}`);
    this.#hear(bytes);
  }

  /** The next message that nobody took yet, if it comes within 6 s: what a till does not answer is said again after 5. */
  hears(): string | undefined {
    for (let n = 0; n < 60 && this.#said.length === 0; n++) this.clock.advance(STEP_MS);
    return this.#said.shift();
  }

  /** A while in which nobody says anything. */
  rests(ms = STEP_MS): void {
    this.clock.advance(ms);
  }
}

/** virtual ms */
const STEP_MS = 100;
