import { genericProfile } from '../../protocols/escpos/profile.ts';
import type { PrinterState } from '../../protocols/escpos/status.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';
import { printerOf } from '../../simulator/personalities/printers.ts';
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
/** The port hands over 256 bytes at once: the printer says stop while there is room for them. */
const BUFFER = { bytes: 4096, busyAtFree: 512, readyAtFree: 1024 };

/**
 * The simulator's printer at the end of a serial port, with all its manners: it stands still without paper and goes on with
 * what is in its buffer, its head takes time, and half a command waits for its rest.
 */
export class ReceiptPrinter {
  /** what came out of it, cut at every title */
  readonly papers: Paper[] = [];
  onPaper: (paper: Paper) => void = () => undefined;
  /** how much later an answer that something was printed comes a second time, ms */
  repeats: () => number | undefined = () => undefined;
  readonly #port: SerialPort;
  readonly #clock: Clock;
  readonly #model: PrinterModel;
  #lastBytesAt = Number.NEGATIVE_INFINITY;
  /** what becomes of the write that is under way */
  #isLost = false;
  #wire: 'well' | 'swallows' | 'mended' = 'well';
  #onSwallowed: () => void = () => undefined;

  constructor(port: SerialPort, clock: Clock, options: { readonly paper: 58 | 80; readonly confirms: boolean }) {
    this.#port = port;
    this.#clock = clock;
    const profile = { ...genericProfile(options.paper), processId: options.confirms };
    this.#model = new PrinterModel({
      personality: { ...printerOf(profile), buffer: BUFFER },
      clock,
      send: (bytes) => this.#say(bytes),
      onSlip: (slip) => this.#came(slipText(slip, profile.dots), slip.cut !== null),
      onReady: (ready) => (ready ? port.flow('device') : port.stall('device')),
    });
    port.onBytes = (bytes) => {
      this.#lastBytesAt = clock.mono();
      this.#receive(bytes);
    };
  }

  /** answers nothing, as on a cable without a back channel */
  get mute(): boolean {
    return this.#model.mute;
  }

  set mute(mute: boolean) {
    this.#model.mute = mute;
  }

  /** A slip is coming out, or stands in the buffer: nobody tears at it now. */
  get isBusy(): boolean {
    return !this.#model.isIdle || this.#clock.mono() - this.#lastBytesAt < PRINTING_MS;
  }

  change(change: Partial<PrinterState>): void {
    this.#model.change(change);
  }

  /** Power off: the buffer is gone, the paper that hangs out is torn off. */
  powerOff(): void {
    this.#model.powerOff();
    this.#model.tearOff();
    this.#port.pull();
  }

  powerOn(): void {
    this.#port.plug();
    this.#model.powerOn();
  }

  /**
   * Off and on, on a cable of three wires: nobody is told, the buffer and its settings are gone, and what comes while it starts is
   * lost. Where the line holds the rest of a slip back meanwhile, the printer confirms its end alone: against that ESC/POS knows
   * no question, and a till can but ask the clerk to look at slips.
   */
  restart(startsWithinMs: number): void {
    this.#isLost = true;
    this.#model.powerOff();
    this.#port.flow('device');
    this.#clock.after(startsWithinMs, () => {
      this.#model.powerOn();
    });
  }

  /** Nothing of the writes from the next one on gets here. `onSwallowed`: once, when something did not. */
  swallow(onSwallowed: () => void): void {
    this.#wire = 'swallows';
    this.#onSwallowed = onSwallowed;
  }

  /** The wire is well again, behind the slip that is being sent. */
  stopSwallowing(): void {
    if (this.#wire === 'swallows') this.#wire = 'mended';
  }

  /** A write begins to leave the till. The end of a slip alone would be confirmed, and nobody could know: `isOfSlip` is swallowed on. */
  writeBegins(isOfSlip: boolean): void {
    if (this.#wire === 'mended' && !isOfSlip) this.#wire = 'well';
    this.#isLost = this.#wire !== 'well';
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#isLost) return this.#model.receive(bytes);
    this.#onSwallowed();
    this.#onSwallowed = () => undefined;
  }

  #say(bytes: Uint8Array): void {
    const say = () => this.#port.toHost(bytes);
    this.#clock.after(1, say);
    const again = isConfirmation(bytes) ? this.repeats() : undefined;
    if (again !== undefined) this.#clock.after(again + 1, say);
  }

  /** Tears off what hangs out, to look at it. */
  tearOff(): void {
    this.#model.tearOff();
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

/** GS ( H 48: `37 22`, the process id, NUL */
function isConfirmation(bytes: Uint8Array): boolean {
  return bytes[0] === 0x37 && bytes[1] === 0x22;
}
