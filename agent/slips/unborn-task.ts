import type { Laid } from './print-form.ts';
import type { PrintOutcome, PrintTask } from './print-queue.ts';

/**
 * The job of a payment that is on its way to the disk. It goes as far as the printer's door and waits there: not one byte
 * leaves before the payment is kept. A payment that the disk did not take comes again with a job of its own, and this one
 * was never there.
 */
export class UnbornTask implements PrintTask {
  readonly interrupted = false;
  readonly arrived: Promise<void>;
  readonly #task: PrintTask;
  readonly #laid: Laid;
  readonly #kept: Promise<boolean>;
  #isNew = true;
  #isLost = false;

  /** `kept`: whether the disk took the payment as the entry that `laid` names; rejects when it took none. */
  constructor(task: PrintTask, laid: Laid, kept: Promise<boolean>) {
    this.#task = task;
    this.#laid = laid;
    this.#kept = kept;
    this.arrived = kept.then(
      () => undefined,
      () => {
        this.#isLost = true;
      },
    );
  }

  get id(): string {
    return this.#task.id;
  }
  get priority(): PrintTask['priority'] {
    return this.#task.priority;
  }
  get picture(): boolean {
    return this.#task.picture;
  }
  get state(): string | undefined {
    return this.#task.state;
  }

  layout(): Laid {
    return this.#isNew ? this.#laid : this.#task.layout();
  }

  /** The payment's own record says `sending`; what becomes of the job behind that is written as for any other. */
  async mark(state: 'sending' | 'queued'): Promise<void> {
    this.#isNew &&= state === 'sending';
    if (!this.#isNew) return this.#task.mark(state);
    if (!(await this.#kept)) throw new RangeError('the disk has another entry than the slip names');
  }

  givenUp(): ReturnType<PrintTask['givenUp']> {
    return this.#isLost ? 'CANCELLED' : this.#task.givenUp();
  }

  async settle(outcome: PrintOutcome): Promise<void> {
    if (!this.#isLost) await this.#task.settle(outcome);
  }
}
