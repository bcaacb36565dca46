import type { SignatureFiles } from '../../agent/signatures/store.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { Chance } from './chance.ts';
import { type DiskTrouble, type DiskUser, MemoryDisk } from './disk.ts';

export interface SealedWatcher {
  written(bytes: Uint8Array): void;
  appended(): void;
  synced(): void;
  deleted(name: string): void;
}

const PREFIX = 'signature-';
const HALF = '.new';

/** The folder of the signatures: on the same disk as the journal, in the same trouble. */
export class SealedDisk {
  readonly #disk: MemoryDisk;
  readonly #trouble: DiskTrouble;
  /** names of files that were there whole */
  readonly everSealed = new Set<string>();

  constructor(clock: Clock, trouble: DiskTrouble, watcher: SealedWatcher) {
    this.#trouble = trouble;
    this.#disk = new MemoryDisk(
      clock,
      {
        appending: (_name, bytes) => watcher.written(bytes),
        appended: () => watcher.appended(),
        synced: () => watcher.synced(),
        cut: (name) => {
          if (isWhole(name)) watcher.deleted(name);
        },
      },
      trouble,
    );
  }

  mount(user: DiskUser): SignatureFiles {
    const files = this.#disk.mount(user);
    return {
      ...files,
      rename: (from, to) => {
        const renamed = files.rename(from, to);
        if (this.has(to)) this.everSealed.add(to);
        return renamed;
      },
    };
  }

  powerCut(chance: Chance): void {
    this.#disk.powerCut(chance);
  }

  has(name: string): boolean {
    return this.#disk.names.includes(name);
  }

  /** Signatures that wait for the acquirer or for paper. */
  get isEmpty(): boolean {
    return !this.#disk.names.some(isWhole);
  }

  /** It takes what it is asked to. */
  get isWell(): boolean {
    return !this.#trouble.readOnly;
  }
}

function isWhole(name: string): boolean {
  return name.startsWith(PREFIX) && !name.endsWith(HALF);
}
