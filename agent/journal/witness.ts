import type { EntryRef } from './entry.ts';
import type { LogFiles } from './files.ts';
import { entryNumbered } from './place.ts';

/** Heads lately sent with events: an anchor is compared with what was really said. */
const HEADS_REMEMBERED = 256;

/** What the backend says it saw of this journal, held against the journal. */
export class Witness {
  readonly #files: LogFiles;
  readonly #heads = new Map<number, string>();

  constructor(files: LogFiles) {
    this.#files = files;
  }

  /** This head goes out with an event. */
  told({ seq, hash }: EntryRef): void {
    if (this.#heads.has(seq)) return;
    this.#heads.set(seq, hash);
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > HEADS_REMEMBERED && oldest !== undefined) this.#heads.delete(oldest);
  }

  /**
   * `ours`: the entry stands in the log; `contradicted`: proof that entries were taken away or changed; `unknown`: it can
   * no longer be looked up. `known` is the newest anchor so far.
   */
  async compare(
    anchor: EntryRef,
    head: EntryRef,
    known: EntryRef | undefined,
  ): Promise<'ours' | 'unknown' | 'contradicted'> {
    if (known && anchor.seq < known.seq) return 'unknown';
    if (anchor.seq > head.seq) return 'contradicted';
    const hash = known?.seq === anchor.seq ? known.hash : await this.#hashAt(anchor.seq);
    if (hash === undefined) return 'unknown';
    return hash === anchor.hash ? 'ours' : 'contradicted';
  }

  /** From memory as a rule; what an earlier process told is looked up in the log. */
  async #hashAt(seq: number): Promise<string | undefined> {
    const known = this.#heads.get(seq);
    if (known !== undefined) return known;
    const found = await entryNumbered(this.#files, seq);
    if (found) this.told(found);
    return found?.hash;
  }
}
