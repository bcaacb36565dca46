import type { JournalFiles } from '../../agent/journal/files.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { Chance } from './chance.ts';

// The disk of the torture world. It promises what POSIX promises and not a byte more: what was not synced may be gone
// after a power cut, wholly, from some byte on, or in the middle; what an fsync failed on may be lost although a later one
// succeeds (the kernel forgets it); a full disk takes the first part of a write.

/** What is wrong with the disk at the moment. */
export interface DiskTrouble {
  /** bytes that still fit */
  free: number;
  readOnly: boolean;
  failsSync: boolean;
  /** how long one sync takes, ms */
  syncMs: number;
}

function wellDisk(): DiskTrouble {
  return { free: Number.POSITIVE_INFINITY, readOnly: false, failsSync: false, syncMs: 1 };
}

/** Who uses the disk; nothing it asked for happens once it is dead. */
export interface DiskUser {
  readonly alive: boolean;
}

export interface DiskWatcher {
  appending(name: string, bytes: Uint8Array): void;
  appended(name: string): void;
  /** `length`: bytes of the file that are durable now */
  synced(name: string, length: number): void;
  cut(name: string, length: number): void;
}

interface File {
  bytes: Uint8Array;
  length: number;
  durable: number;
  /** what the disk still holds while a truncation is not synced */
  shadow: Uint8Array | undefined;
  /** where it ended when the process that has it open began: what stands before, that process did not write */
  opened: number;
  /** bytes that a failed sync gave up: zeros after a power cut, whatever is synced later */
  givenUp: { readonly from: number; readonly to: number }[];
}

/** Unit in which a disk loses or keeps what was not synced. */
const SECTOR = 512;

export class MemoryDisk {
  readonly trouble: DiskTrouble;
  /** a program wants to append; whoever fills the disk may do so now */
  onAsked: (name: string, bytes: Uint8Array) => void = () => undefined;
  readonly #clock: Clock;
  readonly #watcher: DiskWatcher;
  readonly #files = new Map<string, File>();
  /** what power cuts did so far */
  readonly damage = { unsyncedLost: 0, torn: 0, holes: 0, syncsFailed: 0, writesRefused: 0 };

  /** `trouble`: of a folder that stands on the same disk as another one */
  constructor(clock: Clock, watcher: DiskWatcher, trouble: DiskTrouble = wellDisk()) {
    this.trouble = trouble;
    this.#clock = clock;
    this.#watcher = watcher;
  }

  /** Current content, as a program sees it. */
  read(name: string): Uint8Array {
    const file = this.#files.get(name);
    if (!file) throw diskError('ENOENT', name);
    return file.bytes.slice(0, file.length);
  }

  get names(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** A few bits of what was kept for long have turned. */
  turn(name: string, chance: Chance): void {
    const file = this.#files.get(name);
    if (!file || file.length === 0) return;
    for (let n = chance.between(1, 8); n > 0; n--) {
      const at = chance.below(file.length);
      file.bytes[at] = (file.bytes[at] ?? 0) ^ (1 << chance.below(8));
    }
  }

  /** Every process dies and the page cache with it. Returns the new length of every file. */
  powerCut(chance: Chance): ReadonlyMap<string, number> {
    for (const file of this.#files.values()) this.#forget(file, chance);
    return new Map([...this.#files].map(([name, { length }]) => [name, length]));
  }

  #forget(file: File, chance: Chance): void {
    if (file.shadow && chance.happens(0.5)) {
      file.bytes = file.shadow;
      file.length = file.shadow.length;
    } else {
      this.#tear(file, chance);
    }
    for (const { from, to } of file.givenUp) file.bytes.fill(0, Math.min(from, file.length), Math.min(to, file.length));
    file.shadow = undefined;
    file.givenUp = [];
    file.durable = file.length;
  }

  /** What was not synced: gone, kept, shortened, or kept but for a sector. */
  #tear(file: File, chance: Chance): void {
    const unsynced = file.length - file.durable;
    if (unsynced === 0) return;
    const how = chance.below(5);
    if (how === 0) return;
    if (how === 4 && this.#hole(file, chance)) return;
    this.damage.unsyncedLost += 1;
    const kept = how === 1 ? 0 : chance.below(unsynced);
    if (kept > 0) this.damage.torn += 1;
    file.length = file.durable + kept;
  }

  /** Sectors are written in any order: one of them was not. */
  #hole(file: File, chance: Chance): boolean {
    const first = Math.ceil(file.durable / SECTOR);
    const last = Math.floor((file.length - 1) / SECTOR);
    if (last <= first) return false;
    const sector = chance.between(first, last);
    file.bytes.fill(0, sector * SECTOR, Math.min(file.length, (sector + 1) * SECTOR));
    this.damage.holes += 1;
    return true;
  }

  // --- what a program sees

  /**
   * For a process that starts. It cannot know which bytes an fsync of the process before it gave up, and reads them from
   * the page cache as good: against that no program can help itself, so they count as not yet synced from here on.
   */
  mount(user: DiskUser): JournalFiles {
    for (const file of this.#files.values()) {
      file.opened = file.length;
      file.givenUp = [];
    }
    const asked = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        // the dead wait for ever
        if (!user.alive) return;
        const done = attempt(work);
        if (!user.alive) return;
        if ('error' in done) reject(done.error);
        else resolve(done.value);
      });
    const files = {
      list: () => asked(() => this.names),
      read: (name: string, from = 0, length = Number.POSITIVE_INFINITY) =>
        asked(() => this.read(name).subarray(from, Math.min(from + length, Number.MAX_SAFE_INTEGER))),
      append: (name: string, bytes: Uint8Array) => asked(() => this.#append(name, bytes)),
      cut: (name: string, length: number) => asked(() => this.#cut(name, length)),
      rename: (from: string, to: string) => asked(() => this.#rename(from, to)),
      remove: (name: string) => asked(() => this.#remove(name)),
      sync: (name: string) =>
        new Promise<void>((resolve, reject) => {
          if (!user.alive) return;
          this.#clock.after(this.trouble.syncMs, () => {
            if (!user.alive) return;
            const done = attempt(() => this.#sync(name));
            if (!user.alive) return;
            if ('error' in done) reject(done.error);
            else resolve();
          });
        }),
      close: () => asked(() => undefined),
    };
    return files;
  }

  #append(name: string, bytes: Uint8Array): void {
    this.onAsked(name, bytes);
    if (this.trouble.readOnly) this.#refuse('EROFS', name);
    const fits = Math.min(bytes.length, this.trouble.free);
    this.#watcher.appending(name, bytes.subarray(0, fits));
    const file = this.#files.get(name) ?? this.#create(name);
    this.trouble.free -= fits;
    this.#put(file, bytes.subarray(0, fits));
    if (fits < bytes.length) this.#refuse('ENOSPC', name);
    this.#watcher.appended(name);
  }

  #refuse(code: string, name: string): never {
    this.damage.writesRefused += 1;
    throw diskError(code, name);
  }

  #create(name: string): File {
    const file: File = {
      bytes: new Uint8Array(16_384),
      length: 0,
      durable: 0,
      shadow: undefined,
      opened: 0,
      givenUp: [],
    };
    this.#files.set(name, file);
    return file;
  }

  #put(file: File, bytes: Uint8Array): void {
    if (file.length + bytes.length > file.bytes.length) {
      const grown = new Uint8Array(2 * (file.length + bytes.length));
      grown.set(file.bytes.subarray(0, file.length));
      file.bytes = grown;
    }
    file.bytes.set(bytes, file.length);
    file.length += bytes.length;
  }

  #sync(name: string): void {
    const file = this.#files.get(name);
    if (!file) throw diskError('ENOENT', name);
    if (this.trouble.failsSync || this.trouble.readOnly) {
      this.damage.syncsFailed += 1;
      const from = Math.max(file.durable, file.opened);
      if (file.length > from) file.givenUp.push({ from, to: file.length });
      throw diskError(this.trouble.readOnly ? 'EROFS' : 'EIO', name);
    }
    file.durable = file.length;
    file.shadow = undefined;
    this.#watcher.synced(name, file.length);
  }

  #cut(name: string, length: number): void {
    if (this.trouble.readOnly) this.#refuse('EROFS', name);
    const file = this.#files.get(name);
    if (!file) throw diskError('ENOENT', name);
    if (length >= file.length) return;
    if (length < file.durable) file.shadow ??= file.bytes.slice(0, file.durable);
    this.trouble.free += file.length - length;
    file.length = length;
    file.opened = Math.min(file.opened, length);
    file.durable = Math.min(file.durable, length);
    file.givenUp = file.givenUp
      .map(({ from, to }) => ({ from, to: Math.min(to, length) }))
      .filter(({ from, to }) => from < to);
    this.#watcher.cut(name, length);
  }

  #rename(from: string, to: string): void {
    if (this.trouble.readOnly) this.#refuse('EROFS', from);
    const file = this.#files.get(from);
    if (!file) throw diskError('ENOENT', from);
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  #remove(name: string): void {
    if (this.trouble.readOnly) this.#refuse('EROFS', name);
    this.trouble.free += this.#files.get(name)?.length ?? 0;
    this.#files.delete(name);
    this.#watcher.cut(name, 0);
  }
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly error: Error } {
  try {
    return { value: work() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function diskError(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: ${name}`), { code });
}
