import type { Clock } from '../../agent/clock.ts';
import type { ByteLink, LinkListener, Peer, WriteOutcome } from '../../agent/transport/link.ts';
import type { Cuttable, PortWire } from '../../simulator/wires/wire.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';

const LATENCY_MS = 1;
/** between a connection that was cut and the next one */
const RECONNECT_MS = 1_000;

interface Plugged {
  readonly listener: LinkListener;
  readonly clock: Clock;
}

/** The cable of a device in virtual time that stays when the agent's process is gone: a card terminal, a pad, a gun. */
export class TerminalLine implements PortWire, Cuttable {
  readonly path = 'terminal';
  /** a connection has ended, as the terminal sees it; a cable tells it nothing */
  onGone: () => void = () => undefined;
  /** bytes of the terminal that arrive: a test may swallow some */
  hears: (bytes: Uint8Array) => boolean = () => true;
  /** everything that went over it */
  readonly said: { readonly from: 'till' | 'terminal'; readonly bytes: Uint8Array }[] = [];
  readonly #clock: VirtualClock;
  #hear: (bytes: Uint8Array) => void = () => undefined;
  #agent: Plugged | undefined;
  #isPlugged = true;
  #isUp = false;

  readonly #peer: Peer | undefined;

  /** `peer`: a HID device says who it is */
  constructor(clock: VirtualClock, peer?: Peer) {
    this.#clock = clock;
    this.#peer = peer;
  }

  /** A process of the agent opens it. */
  open(listener: LinkListener, clock: Clock): ByteLink {
    const agent: Plugged = { listener, clock };
    this.#agent = agent;
    this.#isUp = false;
    clock.after(0, () => this.#agent === agent && this.#up());
    const isHere = () => this.#agent === agent && this.#isUp;
    return {
      get isUp() {
        return isHere();
      },
      write: (bytes) => Promise.resolve(isHere() ? this.#toTerminal(bytes) : { kind: 'not-written', cause: 'DOWN' }),
      close: () => {
        if (this.#agent === agent) this.leave();
        return Promise.resolve();
      },
    };
  }

  /** The process is gone. */
  leave(): void {
    this.#agent = undefined;
    this.#down('left');
  }

  /** The terminal ends the connection, politely or not, and takes the next one: a half-closed one is of no use to a till either. */
  cut(): void {
    this.#down('the connection was closed');
    this.#clock.after(RECONNECT_MS, () => this.#up());
  }

  /** The cable is pulled. */
  hangup(): Promise<void> {
    this.#isPlugged = false;
    this.#down('pulled');
    return Promise.resolve();
  }

  #down(detail: string): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.onGone();
    const agent = this.#agent;
    agent?.listener.down({ code: 'PORT_LOST', path: this.path, detail }, agent.clock.mono());
  }

  replug(): void {
    this.#isPlugged = true;
    this.#up();
  }

  send(bytes: Uint8Array): Promise<boolean> {
    this.said.push({ from: 'terminal', bytes });
    this.#clock.after(LATENCY_MS, () => {
      const agent = this.#agent;
      if (agent && this.#isUp && this.hears(bytes)) agent.listener.bytes(bytes, agent.clock.mono());
    });
    return Promise.resolve(this.#isUp);
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
  }

  pause(): void {}
  resume(): void {}

  close(): Promise<void> {
    this.leave();
    return Promise.resolve();
  }

  #up(): void {
    const agent = this.#agent;
    if (!agent || !this.#isPlugged || this.#isUp) return;
    this.#isUp = true;
    agent.listener.up(agent.clock.mono(), this.#peer);
  }

  #toTerminal(bytes: Uint8Array): WriteOutcome {
    this.said.push({ from: 'till', bytes });
    this.#clock.after(LATENCY_MS, () => this.#isPlugged && this.#hear(bytes));
    return { kind: 'written' };
  }
}
