import { fdatasync, fdatasyncSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemClock } from '../clock.ts';

/** A sync below this is cheaper made in the event loop than handed to the thread pool and back, ms. */
const IN_PLACE_MS = 1;
/** Weight of the newest sync: one of 50 ms sends the next thirty to the thread pool. */
const WEIGHT = 1 / 8;

const inThreadPool = promisify(fdatasync);

/**
 * Syncs in place as long as the disk is quick, in the thread pool when it is not. On a quick disk the way to a thread and
 * back costs as much as the sync itself, twice between a scan and its slip; on a slow one (eMMC, SD: 1 to 50 ms) the event
 * loop must go on. The first slow sync is met in place, once: the kernel keeps what the gun sends meanwhile.
 */
export class SyncPace {
  readonly #mono: () => number;
  /** a new disk counts as slow until it was seen */
  #usualMs = 2 * IN_PLACE_MS;

  constructor(mono: () => number = () => systemClock.mono()) {
    this.#mono = mono;
  }

  /** Resolves when the file's bytes are on disk. */
  async sync(fd: number): Promise<void> {
    const began = this.#mono();
    if (this.#usualMs < IN_PLACE_MS) fdatasyncSync(fd);
    else await inThreadPool(fd);
    this.#usualMs += (this.#mono() - began - this.#usualMs) * WEIGHT;
  }
}
