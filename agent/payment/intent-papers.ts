import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { ResultBody } from '../backend/command-results.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Printable } from '../slips/printable.ts';
import type { SlipSpool } from '../slips/spool.ts';
import { type Intent, isIntentFinal } from './intent.ts';

/** Nobody wants a payment code that came out long after it was asked for, ms. */
const PRINT_WITHIN_MS = 600_000;

export type PaperForm = 'slip' | 'delivery';

export interface IntentPapersParts {
  readonly spool: Pick<SlipSpool, 'print' | 'document'>;
  readonly merchant: Config['merchant'];
  readonly log: Log;
  readonly backendNow: () => number;
}

/**
 * The papers that carry an intent's code. Each form is printed once by itself; every further one is a marked copy of the
 * same intent, never a second intent.
 */
export class IntentPapers {
  readonly #parts: IntentPapersParts;
  readonly #asked = new Set<string>();

  constructor(parts: IntentPapersParts) {
    this.#parts = parts;
  }

  /** There is a code: what was ordered on paper is printed. */
  made(intent: Intent): void {
    const { intentId, forms, createdAt, commandId } = intent;
    if (!canBePaid(intent) || this.#parts.backendNow() > createdAt + PRINT_WITHIN_MS) return;
    for (const form of ['slip', 'delivery'] as const) {
      const jobId = jobOf(intent, form);
      if (!forms.includes(form) || this.#asked.has(jobId)) continue;
      this.#asked.add(jobId);
      void this.#print(intent, form, { jobId, by: commandId, copy: false }).catch((error: unknown) =>
        this.#parts.log.warn({ intentId, form, detail: String(error) }, 'the paper of an intent could not be ordered'),
      );
    }
  }

  /** On paper, because somebody asked for it. */
  async again(intent: Intent, form: PaperForm, command: CommandEnvelope): Promise<ResultBody> {
    const { intentId, state } = intent;
    if (!canBePaid(intent))
      return { status: 'declined', code: state, attempt: intentId, message: 'it can no longer be paid' };
    const first = this.#parts.spool.document(jobOf(intent, form));
    const copy = first !== undefined && first.by !== command.id;
    const jobId = copy ? command.id : jobOf(intent, form);
    try {
      await this.#print(intent, form, { jobId, by: command.id, copy });
      return { status: 'ok', code: 'PRINT_QUEUED', attempt: intentId, data: { intentId, jobId, copy } };
    } catch (error) {
      return { status: 'failed', code: 'DEVICE_OFFLINE', message: String(error).slice(0, 256) };
    }
  }

  async #print(intent: Intent, form: PaperForm, job: { jobId: string; by: string; copy: boolean }): Promise<void> {
    const left = (intent.expiresAt ?? Number.POSITIVE_INFINITY) - this.#parts.backendNow();
    const order = { by: job.by, jobId: job.jobId, withinMs: Math.max(0, Math.min(PRINT_WITHIN_MS, left)) };
    await this.#parts.spool.print(this.#paper(intent, form, job.copy), order);
  }

  #paper(intent: Intent, form: PaperForm, duplicate: boolean): Printable {
    const { merchant } = this.#parts;
    const { orderId, title, amountFen, codeText = '', shareUrl, expiresAt = 0, createdAt, discountFen } = intent;
    const { lines = [] } = intent;
    const { name: merchantName, servicePhone } = merchant;
    const slip = { merchantName, servicePhone, orderId, title, amountFen, expiresAt, duplicate };
    // A paper that outlives a wallet's code carries the backend's address, which makes the code when it is opened.
    if (form === 'delivery')
      return { kind: 'delivery', slip: { ...slip, codeText: shareUrl ?? codeText, createdAt, lines, discountFen } };
    return { kind: 'intent', slip: { ...slip, codeText } };
  }
}

function canBePaid(intent: Intent): boolean {
  return !isIntentFinal(intent) && intent.codeText !== undefined && intent.closeReason === undefined;
}

function jobOf({ intentId }: Intent, form: PaperForm): string {
  return `${intentId}-${form}`;
}
