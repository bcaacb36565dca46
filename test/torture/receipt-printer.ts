import { genericProfile } from '../../protocols/escpos/profile.ts';
import { type PrinterState, realtimeStatus } from '../../protocols/escpos/status.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { SerialPort } from './serial-port.ts';

/** One piece of paper with a head line of its own: whole when it was cut off. */
export interface Paper {
  readonly text: string;
  readonly whole: boolean;
  /** false: the rest of what was torn off, or a slip whose head was swallowed */
  readonly titled: boolean;
}

const TITLE = 'SALES SLIP';
/** A person waits this long for more to come. */
const PRINTING_MS = 2_000;
/**
 * A command cut off in the middle is given up after this silence. Many printers wait for its rest instead and take the
 * head of the next slip for it; clearing such a printer is not the payment world's story.
 */
const UNFINISHED_MS = 500;
const DLE = 0x10;
const EOT = 0x04;

/**
 * The simulator's printer at the end of a serial port. While it cannot print it takes bytes into its buffer, until that
 * is full, and prints them when it can again; pulled, it forgets them.
 */
export class ReceiptPrinter {
  /** answers nothing, as on a cable without a back channel */
  mute = false;
  /** what came out of it, cut at every title */
  readonly papers: Paper[] = [];
  onPaper: (paper: Paper) => void = () => undefined;
  readonly #port: SerialPort;
  readonly #paperMm: 58 | 80;
  readonly #confirms: boolean;
  readonly #clock: Clock;
  #model: PrinterModel;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #state: PrinterState;
  #lastBytesAt = Number.NEGATIVE_INFINITY;

  constructor(port: SerialPort, clock: Clock, options: { readonly paper: 58 | 80; readonly confirms: boolean }) {
    this.#port = port;
    this.#clock = clock;
    this.#paperMm = options.paper;
    this.#confirms = options.confirms;
    this.#model = this.#newModel();
    this.#state = this.#model.state;
    port.onBytes = (bytes) => this.#receive(bytes);
  }

  /** A slip is coming out, or stands in the buffer: nobody tears at it now. */
  get isBusy(): boolean {
    return this.#heldBytes > 0 || this.#clock.mono() - this.#lastBytesAt < PRINTING_MS;
  }

  change(change: Partial<PrinterState>): void {
    this.#state = { ...this.#state, ...change };
    this.#model.change(change);
    if (!this.#canPrint) return;
    this.#heldBytes = 0;
    for (const bytes of this.#held.splice(0)) this.#model.receive(bytes);
    this.#port.flow();
  }

  /** Power off: the buffer is gone, the paper that hangs out is torn off. */
  powerOff(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#model.end();
    this.#port.pull();
  }

  powerOn(): void {
    this.#model = this.#newModel();
    this.#model.change(this.#state);
    this.#port.plug();
    this.#port.flow();
  }

  /** Tears off what hangs out, to look at it. */
  tearOff(): void {
    this.#model.end();
    this.#model = this.#newModel();
    this.#model.change(this.#state);
  }

  get #canPrint(): boolean {
    return this.#state.paper !== 'end' && this.#state.cover === 'closed';
  }

  #newModel(): PrinterModel {
    const profile = { ...genericProfile(this.#paperMm), processId: this.#confirms };
    return new PrinterModel({
      profile,
      send: (bytes) => this.#answer(bytes),
      onSlip: (slip) => this.#came(slipText(slip, profile.dots), slip.cut !== null),
    });
  }

  #receive(bytes: Uint8Array): void {
    const silence = this.#clock.mono() - this.#lastBytesAt;
    this.#lastBytesAt = this.#clock.mono();
    if (silence > UNFINISHED_MS && this.#heldBytes === 0) this.tearOff();
    if (this.#canPrint) return this.#model.receive(bytes);
    const questions = statusQuestions(bytes);
    if (questions) return questions.forEach((n) => this.#status(n));
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= 4096) this.#port.stall();
  }

  #status(n: number): void {
    const byte = realtimeStatus(n, this.#state);
    if (byte !== undefined) this.#answer(Uint8Array.of(byte));
  }

  #answer(bytes: Uint8Array): void {
    if (this.mute) return;
    this.#clock.after(1, () => this.#port.toHost(bytes));
  }

  /** A slip that was cut short hangs together with the next one: every title begins a paper of its own. */
  #came(text: string, cut: boolean): void {
    const pieces = text.split(TITLE);
    for (const [index, piece] of pieces.entries()) {
      const paper = { text: piece, whole: cut && index === pieces.length - 1, titled: index > 0 };
      this.papers.push(paper);
      this.onPaper(paper);
    }
  }
}

/** The numbers of DLE EOT n, when a write holds nothing else. */
function statusQuestions(bytes: Uint8Array): number[] | undefined {
  const asked = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, index) =>
    bytes.subarray(3 * index, 3 * index + 3),
  );
  const isQuestion = ([dle, eot, n]: Uint8Array) => dle === DLE && eot === EOT && n !== undefined;
  return asked.every(isQuestion) ? asked.map(([, , n]) => n ?? 0) : undefined;
}
