import type { PrinterState } from '../../protocols/escpos/status.ts';
import type { Clock } from '../world/clock.ts';

interface FeedOptions {
  /** absent: moving takes no time */
  readonly clock?: Pick<Clock, 'mono' | 'after'>;
  /** mm/s */
  readonly speed: number;
  readonly dotsPerMm: number;
  /** mm on a fresh roll */
  readonly rollMm: number;
  /** mm left when the near-end sensor sees it */
  readonly nearEndMm?: number;
  /** the movement is over */
  readonly onIdle: () => void;
}

/** Little paper, without a sensor that would see it. */
const FEW_MM = 1000;

/** The mechanism: moves paper at its speed and counts what is left on the roll. */
export class PaperFeed {
  readonly #options: FeedOptions;
  #leftMm: number;
  /** monotonic ms */
  #busyUntil = Number.NEGATIVE_INFINITY;
  #callOff: (() => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#leftMm = options.rollMm;
  }

  get leftMm(): number {
    return this.#leftMm;
  }

  get isMoving(): boolean {
    const { clock } = this.#options;
    return clock !== undefined && this.#busyUntil > clock.mono();
  }

  /** What the sensors see. */
  get paper(): PrinterState['paper'] {
    if (this.#leftMm <= 0) return 'end';
    return this.#leftMm <= (this.#options.nearEndMm ?? 0) ? 'near-end' : 'ok';
  }

  /** negative: back */
  move(dots: number): void {
    const mm = dots / this.#options.dotsPerMm;
    this.#leftMm = Math.max(0, this.#leftMm - mm);
    this.pause((Math.abs(mm) * 1000) / this.#options.speed);
  }

  /** The mechanism is at something else, such as a cut. */
  pause(ms: number): void {
    const { clock, onIdle } = this.#options;
    if (!clock) return;
    this.#busyUntil = Math.max(this.#busyUntil, clock.mono()) + ms;
    this.#callOff?.();
    this.#callOff = clock.after(this.#busyUntil - clock.mono(), () => {
      // a timer may be a fraction of a millisecond early
      if (this.isMoving) this.pause(0);
      else onIdle();
    });
  }

  /** Power off. */
  stop(): void {
    this.#callOff?.();
    this.#busyUntil = Number.NEGATIVE_INFINITY;
  }

  /** A person takes the roll out, or puts one in that the sensors see so. */
  load(paper: PrinterState['paper']): void {
    const { rollMm, nearEndMm = FEW_MM } = this.#options;
    this.#leftMm = { ok: rollMm, 'near-end': nearEndMm, end: 0 }[paper];
  }

  loadMm(mm: number): void {
    this.#leftMm = Math.max(0, mm);
  }
}
