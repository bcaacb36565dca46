import type { Clock } from '../clock.ts';
import type { Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { KeptSignature } from './store.ts';
import type { SignatureUploads } from './uploads.ts';

/** How often it is looked whether a slip has come out; a clerk who is asked about one answers when there is time. */
const LOOK_MS = 5_000;

export interface FailedSlipsParts {
  readonly uploads: Pick<SignatureUploads, 'failed' | 'printed'>;
  /** asked when it is needed: slips and signatures are made for each other */
  readonly spool: () => Pick<SlipSpool, 'reprint' | 'slipsOf'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Signatures that nobody took: a marked slip with the signature, for the file; then nothing is kept of it here. As long as it is
 * not certain that one is on paper, the signature stays.
 */
export class FailedSlips {
  readonly #parts: FailedSlipsParts;
  /** slips that an attempt had before its signature was given up */
  readonly #before = new Map<string, ReadonlySet<string>>();
  #isAtWork = false;
  #isClosed = false;
  #callOff: () => void = () => undefined;

  constructor(parts: FailedSlipsParts) {
    this.#parts = parts;
  }

  /** One more has failed, or a start found some. */
  look(): void {
    if (!this.#isAtWork && !this.#isClosed) void this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff();
  }

  async #work(): Promise<void> {
    const { uploads, clock } = this.#parts;
    this.#isAtWork = true;
    this.#callOff();
    for (const failed of uploads.failed) await this.#settle(failed);
    this.#isAtWork = false;
    if (uploads.failed.length > 0 && !this.#isClosed) this.#callOff = clock.after(LOOK_MS, () => this.look());
  }

  async #settle({ upload: { attemptId, batch, trace } }: KeptSignature): Promise<void> {
    const { uploads, log } = this.#parts;
    try {
      if (!(await this.#isOnPaper(attemptId))) return;
      await uploads.printed({ batch, trace });
      this.#before.delete(attemptId);
    } catch (error) {
      log.error({ attemptId, detail: String(error) }, 'the slip of a signature that nobody took is not printed yet');
    }
  }

  /** Has one printed when none is on its way. */
  async #isOnPaper(attemptId: string): Promise<boolean> {
    const spool = this.#parts.spool();
    const slips = spool.slipsOf(attemptId);
    const before = this.#before.get(attemptId);
    if (before && slips.some(isUnderWay)) return false;
    if (before && slips.some((slip) => isOnPaper(slip) && !before.has(slip.slipId))) return true;
    await spool.reprint(attemptId);
    if (!before) this.#before.set(attemptId, new Set(slips.map(({ slipId }) => slipId)));
    return false;
  }
}

/** Nobody knows yet, a clerk who was asked among them: what is printed then needs the signature too. */
function isUnderWay({ state }: Slip): boolean {
  return state === 'queued' || state === 'sending' || state === 'unknown';
}

function isOnPaper({ duplicate, state }: Slip): boolean {
  return duplicate && state === 'sent';
}
