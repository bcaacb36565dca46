import type { JournalFiles } from './files.ts';

const NAME = 'reserve';
/** Room for some 400 entries: the open attempts of a till, each to its end, many times over. */
export const RESERVE_BYTES = 256 * 1024;

/**
 * Disk space set aside (field-lessons.md F22). When the disk is full it is given back, so that payments under way can be
 * written to their end; while it is missing no new payment begins.
 */
export class Reserve {
  readonly #files: JournalFiles;
  readonly #bytes: number;
  #held = false;

  constructor(files: JournalFiles, bytes: number) {
    this.#files = files;
    this.#bytes = bytes;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Sets the space aside. Returns why not, when the disk refuses. */
  async fill(): Promise<string | undefined> {
    if (this.#held) return undefined;
    try {
      const names = await this.#files.list();
      // Whole only when it was synced once: a shorter one is a crash in the middle of filling.
      const there = names.includes(NAME) ? (await this.#files.read(NAME, this.#bytes - 1, 1)).length : 0;
      if (there === 0) await this.#write();
      this.#held = true;
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Gives the space back when `error` says that the disk is full. True: another try may succeed. */
  async spend(error: unknown): Promise<boolean> {
    if (!this.#held || !isFull(error)) return false;
    this.#held = false;
    return this.#files.remove(NAME).then(
      () => true,
      () => false,
    );
  }

  async #write(): Promise<void> {
    await this.#files.remove(NAME);
    try {
      await this.#files.append(NAME, new Uint8Array(this.#bytes));
      await this.#files.sync(NAME);
    } catch (error) {
      // Half a reserve would only keep the disk full.
      await this.#files.remove(NAME).catch(() => undefined);
      throw error;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
