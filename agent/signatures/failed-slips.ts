import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { KeptSignature, SignatureKey } from './store.ts';
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
  /** payments that memory has forgotten: nothing can be printed of them, and that was said */
  readonly #unprintable = new Set<string>();
  #isAtWork = false;
  #isClosed = false;
  #callOff: () => void = () => undefined;

  constructor(parts: FailedSlipsParts) {
    this.#parts = parts;
  }

  /** A start found some. A marked slip that the journal has under way is theirs: each start would otherwise queue one more. */
  resume(): void {
    for (const { upload } of this.#parts.uploads.failed) this.#adopt(upload.attemptId);
    this.look();
  }

  /** One more has failed. */
  look(): void {
    if (!this.#isAtWork && !this.#isClosed) void this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff();
  }

  async #work(): Promise<void> {
    const { clock } = this.#parts;
    this.#isAtWork = true;
    this.#callOff();
    for (const failed of this.#printable) await this.#settle(failed);
    this.#isAtWork = false;
    if (this.#printable.length > 0 && !this.#isClosed) this.#callOff = clock.after(LOOK_MS, () => this.look());
  }

  get #printable(): readonly KeptSignature[] {
    return this.#parts.uploads.failed.filter(({ upload }) => !this.#unprintable.has(upload.attemptId));
  }

  #adopt(attemptId: string): void {
    const slips = this.#parts.spool().slipsOf(attemptId);
    const isOurs = (slip: Slip) => isOfThePayment(slip) && isUnderWay(slip);
    if (!slips.some(isOurs)) return;
    this.#before.set(attemptId, new Set(slips.filter((slip) => !isOurs(slip)).map(({ slipId }) => slipId)));
  }

  async #settle({ upload: { attemptId, batch, trace } }: KeptSignature): Promise<void> {
    const { uploads, log } = this.#parts;
    try {
      if (!(await this.#isOnPaper(attemptId, { batch, trace }))) return;
      await uploads.printed({ batch, trace });
      this.#before.delete(attemptId);
    } catch (error) {
      log.error({ attemptId, detail: String(error) }, 'the slip of a signature that nobody took is not printed yet');
    }
  }

  /** Has one printed when none is on its way. */
  async #isOnPaper(attemptId: string, key: SignatureKey): Promise<boolean> {
    const spool = this.#parts.spool();
    const slips = spool.slipsOf(attemptId);
    const before = this.#before.get(attemptId);
    if (before && slips.some(isUnderWay)) return false;
    if (before && slips.some((slip) => isOnPaper(slip) && !before.has(slip.slipId))) return true;
    if (!(await spool.reprint(attemptId))) this.#giveUp(attemptId, key);
    else if (!before) this.#before.set(attemptId, new Set(slips.map(({ slipId }) => slipId)));
    return false;
  }

  /** The signature stays sealed where it is: a person has to find the paper that it was printed on. */
  #giveUp(attemptId: string, { batch, trace }: SignatureKey): void {
    this.#unprintable.add(attemptId);
    this.#before.delete(attemptId);
    const detail = `batch ${batch}, trace ${trace}`;
    this.#parts.log.error({ attemptId, batch, trace }, explain('SIGNATURE_UNPRINTED', detail));
  }
}

/** Nobody knows yet, a clerk who was asked among them: what is printed then needs the signature too. */
function isUnderWay({ state }: Slip): boolean {
  return state === 'queued' || state === 'sending' || state === 'unknown';
}

function isOnPaper(slip: Slip): boolean {
  return isOfThePayment(slip) && slip.state === 'sent';
}

/** Marked, and the one that the signature stands on: not the customer's copy of a terminal's receipt. */
function isOfThePayment({ duplicate, receipt }: Slip): boolean {
  return duplicate && receipt === undefined;
}
