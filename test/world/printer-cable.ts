import type { ByteLink, LinkListener, WriteOutcome } from '../../agent/transport/link.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';
import type { PrinterPersonality } from '../../simulator/personalities/printers.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';

/** 115,200 baud */
const BYTES_PER_MS = 11.52;
/** the FIFO of a UART */
const AT_ONCE = 16;

interface Sending {
  rest: Uint8Array;
  readonly end: (outcome: WriteOutcome) => void;
}

/**
 * A serial cable in virtual time between the agent's driver and the simulator's printer, with the promises of the agent's
 * real connection: a write ends when the last byte left; pulled or past its deadline it ends as unknown and the link is lost.
 */
export class PrinterCable implements ByteLink {
  readonly model: PrinterModel;
  /** text of what was cut or torn off */
  readonly papers: string[] = [];
  /** the printer takes no bytes */
  stalled = false;
  /** is pulled when so many more bytes are through */
  cutAfter = Number.POSITIVE_INFINITY;
  /** nobody minds that the printer is not ready: no flow control */
  deaf = false;
  /** answers of the printer that arrive */
  hears: (bytes: Uint8Array) => boolean = () => true;
  /** the agent opens the port again so long after it gave it up; absent: it does not */
  reopensAfterMs: number | undefined;
  onSlip: (slip: Slip, bytes: Uint8Array) => void = () => undefined;
  #listener: LinkListener;
  readonly #clock: VirtualClock;
  readonly #sending: Sending[] = [];
  #up = true;
  #isPlugged = true;
  #busy = false;

  constructor(listener: LinkListener, clock: VirtualClock, personality: PrinterPersonality) {
    this.#listener = listener;
    this.#clock = clock;
    this.model = new PrinterModel({
      personality,
      clock,
      send: (bytes) => this.#answer(bytes),
      onSlip: (slip, bytes) => {
        this.papers.push(slipText(slip, personality.profile.dots));
        this.onSlip(slip, bytes);
      },
      onReady: () => this.#go(),
    });
    clock.after(0, () => listener.up(clock.mono()));
  }

  #reopenLater(ms: number): void {
    const listener = this.#listener;
    this.#clock.after(ms, () => this.#isPlugged && this.#listener === listener && this.plug());
  }

  /** The agent that held this end is gone, and the next one takes it. */
  hand(listener: LinkListener): this {
    this.#listener = listener;
    this.#reopenLater(0);
    return this;
  }

  get isUp(): boolean {
    return this.#up;
  }

  write(bytes: Uint8Array, deadlineMs: number, until?: 'sent' | 'taken'): Promise<WriteOutcome> {
    if (!this.#up) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    return new Promise((resolve) => {
      const stop = this.#clock.after(deadlineMs, () => {
        resolve({ kind: 'unknown', cause: 'DEADLINE' });
        this.#lose();
        if (this.reopensAfterMs !== undefined) this.#reopenLater(this.reopensAfterMs);
      });
      const end = (outcome: WriteOutcome) => {
        stop();
        resolve(outcome);
      };
      this.#sending.push({ rest: bytes, end });
      if (until === 'taken') end({ kind: 'written' });
      this.#go();
    });
  }

  pull(): void {
    this.#isPlugged = false;
    this.#lose();
  }

  #lose(): void {
    if (!this.#up) return;
    this.#up = false;
    for (const { end } of this.#sending.splice(0)) end({ kind: 'unknown', cause: 'LOST' });
    this.#listener.down({ code: 'PORT_LOST', path: 'cable', detail: 'pulled' }, this.#clock.mono());
  }

  plug(): void {
    this.cutAfter = Number.POSITIVE_INFINITY;
    this.#isPlugged = true;
    this.#up = true;
    this.#listener.up(this.#clock.mono());
  }

  flow(): void {
    this.stalled = false;
    this.#go();
  }

  /** The agent lets go of its end; what it had not sent stays unsent. */
  close(): Promise<void> {
    this.#up = false;
    this.#sending.length = 0;
    return Promise.resolve();
  }

  #answer(bytes: Uint8Array): void {
    if (!this.hears(bytes)) return;
    this.#clock.after(1, () => this.#up && this.#listener.bytes(bytes, this.#clock.mono()));
  }

  #go(): void {
    const [first] = this.#sending;
    if (this.#busy || !first || this.stalled || this.#isHeldBack) return;
    const now = first.rest.subarray(0, Math.min(AT_ONCE, this.cutAfter));
    this.cutAfter -= now.length;
    first.rest = first.rest.subarray(now.length);
    this.#busy = true;
    this.model.receive(now);
    this.#clock.after(now.length / BYTES_PER_MS, () => this.#sent(first));
  }

  get #isHeldBack(): boolean {
    return !this.deaf && this.model.isOn && !this.model.isReady;
  }

  #sent(sending: Sending): void {
    this.#busy = false;
    if (this.cutAfter <= 0) return this.pull();
    if (sending.rest.length === 0) {
      this.#sending.splice(this.#sending.indexOf(sending), 1);
      sending.end({ kind: 'written' });
    }
    this.#go();
  }
}
