import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';

/** Carries out accepted commands one after the other; what the disk does not take is begun again when it may. */
export class VerbQueue {
  readonly #parts: { readonly clock: Clock; readonly log: Log };
  readonly #timers = new Set<() => void>();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: { readonly clock: Clock; readonly log: Log }) {
    this.#parts = parts;
  }

  /** `work` may be called again: it looks at what holds then. */
  add(command: Pick<CommandEnvelope, 'id'>, work: () => Promise<void>): void {
    this.#last = this.#last.then(() => this.#kept(command, work, () => this.add(command, work)));
  }

  /** The same, not behind what was added before: `work` takes a turn of its own, and takes it now. */
  begin(command: Pick<CommandEnvelope, 'id'>, work: () => Promise<void>): void {
    void this.#kept(command, work, () => this.begin(command, work));
  }

  /** Never rejects, however `work` fails: what waits behind it has its turn. */
  async #kept({ id }: Pick<CommandEnvelope, 'id'>, work: () => Promise<void>, again: () => void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.log.error({ id, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      this.after(JOURNAL_RETRY_MS, again);
    }
  }

  after(ms: number, run: () => void): void {
    const callOff = this.#parts.clock.after(ms, () => {
      this.#timers.delete(callOff);
      run();
    });
    this.#timers.add(callOff);
  }

  stop(): void {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }
}
