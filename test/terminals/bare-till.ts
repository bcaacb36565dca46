import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import type { LinkEvent, ZvtLink } from '../../protocols/terminal/zvt/link.ts';
import { SerialLink } from '../../protocols/terminal/zvt/serial-link.ts';
import { StreamLink } from '../../protocols/terminal/zvt/stream-link.ts';
import type { TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS, type TerminalPersonality } from '../../simulator/personalities/terminals.ts';
import type { LedgerEntry } from '../../simulator/terminals/ledger.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import type { Cuttable, Wire } from '../../simulator/wires/wire.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

const LATENCY_MS = 1;
const STEP_MS = 250;
/** longer than the longest silence that a terminal can be told to keep */
const LIMIT_MS = 900_000;
const YES = '800000';

/**
 * A ZVT till that is nothing but bytes: it says the messages it is given, acknowledges what it hears, and judges nothing. Beside
 * it stands a simulated terminal, on a serial line or a TCP connection, in virtual time.
 */
export class BareTill {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 22, 9));
  readonly terminal: SimulatedZvtTerminal;
  /** what the terminal said, message by message */
  readonly heard: string[] = [];
  /** what it is told to that; `undefined`: nothing */
  answer: (message: string) => string | undefined = () => YES;
  readonly #link: ZvtLink;
  #isJoined = true;
  #toTerminal: (bytes: Uint8Array) => void = () => undefined;
  #callOff: () => void = () => undefined;

  constructor(transport: 'serial' | 'tcp' = 'tcp', personality: TerminalPersonality = TERMINALS['zvt-plain']) {
    this.terminal = new SimulatedZvtTerminal({ personality, clock: this.clock });
    this.#link = transport === 'serial' ? new SerialLink() : new StreamLink();
    if (transport === 'serial') this.terminal.onSerial(this.#cable());
    else this.terminal.onStream(this.#cable());
    this.terminal.zvt.onUnplug = () => this.#cut();
  }

  arm(...faults: readonly TerminalFault[]): this {
    this.terminal.faults.arm(...faults);
    return this;
  }

  get entries(): readonly LedgerEntry[] {
    return this.terminal.ledger.entries;
  }

  /** Kind, amount and state of everything in the terminal's memory. */
  get memory(): readonly string[] {
    return this.entries.map(({ kind, amount, state }) => `${kind} ${amount} ${state}`);
  }

  /** Says it, and lets the terminal come to an end: what it said meanwhile. */
  ask(message: string): readonly string[] {
    const before = this.heard.length;
    this.#act(this.#link.say(bytesOf(message), this.clock.mono()));
    const until = this.clock.mono() + LIMIT_MS;
    do this.clock.advance(STEP_MS);
    while (this.terminal.zvt.isBusy && this.clock.mono() < until);
    // a terminal that starts anew hears nothing for a while
    this.clock.advance(this.terminal.model.personality.bootMs);
    return this.heard.slice(before);
  }

  #act(events: readonly LinkEvent[]): void {
    for (const event of events) {
      if (event.kind === 'write') this.#send(event.bytes);
      if (event.kind === 'broken') this.#cut();
      if (event.kind === 'heard') this.#hear(toHex(event.message));
    }
    this.#callOff();
    const due = this.#link.nextDeadline;
    if (due === undefined) return;
    const wait = due - this.clock.mono();
    this.#callOff = this.clock.after(wait, () => this.#act(this.#link.time(this.clock.mono())));
  }

  #hear(message: string): void {
    this.heard.push(message);
    const isReply = message.startsWith('80') || message.startsWith('84');
    const answer = isReply ? undefined : this.answer(message);
    if (answer !== undefined) this.#act(this.#link.say(bytesOf(answer), this.clock.mono()));
  }

  #send(bytes: Uint8Array): void {
    this.clock.after(LATENCY_MS, () => this.#isJoined && this.#toTerminal(bytes));
  }

  /** The cable is out, or the connection over; half a second later it is there again. */
  #cut(): void {
    if (!this.#isJoined) return;
    this.#isJoined = false;
    this.#link.reset();
    this.terminal.linkLost();
    this.clock.after(2 * STEP_MS, () => {
      this.#isJoined = true;
    });
  }

  #cable(): Wire & Cuttable {
    return {
      send: (bytes) => {
        const arrives = () => this.#isJoined && this.#act(this.#link.push(bytes, this.clock.mono()));
        this.clock.after(LATENCY_MS, arrives);
        return Promise.resolve(true);
      },
      listen: (hear) => {
        this.#toTerminal = hear;
      },
      pause: () => undefined,
      resume: () => undefined,
      cut: () => void this.clock.after(2 * LATENCY_MS, () => this.#cut()),
    };
  }
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes) throw new RangeError(`not hex: ${hex}`);
  return bytes;
}
