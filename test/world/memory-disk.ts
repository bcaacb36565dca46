import type { JournalFiles } from '../../agent/journal/files.ts';

interface File {
  bytes: Buffer;
  /** what `bytes` is the beginning of: a day's journal would else be copied for every entry */
  room?: Buffer;
  /** how much of it survives a power cut */
  synced: number;
}

/** A disk in memory. A process that was killed gets no answer any more; a power cut leaves what was synced, or a part more. */
export class MemoryDisk {
  /** why writing fails now, as node would say it */
  trouble: 'ENOSPC' | 'EROFS' | undefined;
  /** nothing can be read any more */
  unreadable = false;
  #stall: { readonly text: string; readonly over: Promise<void>; met: boolean } | undefined;
  readonly #files = new Map<string, File>();

  /** The disk as one process has it open. */
  open(): JournalFiles & { kill(): void } {
    let dead = false;
    const alive = <T>(work: () => T): Promise<T> =>
      dead
        ? new Promise(() => undefined)
        : new Promise<T>((resolve) => resolve(work())).then((value) =>
            dead ? new Promise<T>(() => undefined) : value,
          );
    const change = <T>(work: () => T) => alive(() => this.#change(work));
    const names = {
      rename: (from: string, to: string) =>
        change(() => {
          this.#files.set(to, this.#file(from));
          this.#files.delete(from);
        }),
      remove: (name: string) => change(() => void this.#files.delete(name)),
    };
    return {
      kill: () => {
        dead = true;
      },
      list: () => alive(() => [...this.#files.keys()].sort()),
      read: (name: string, from = 0, length = Number.POSITIVE_INFINITY) =>
        alive(() => Uint8Array.from(this.#readable(name).bytes.subarray(from, from + length))),
      append: (name, bytes) =>
        change(() => {
          const file = this.#files.get(name) ?? { bytes: Buffer.alloc(0), synced: 0 };
          lengthen(file, bytes);
          this.#files.set(name, file);
        }),
      sync: async (name) => {
        await this.#stalled(name);
        return change(() => {
          const file = this.#file(name);
          file.synced = file.bytes.length;
        });
      },
      cut: (name, length) =>
        change(() => {
          const file = this.#file(name);
          file.bytes = file.bytes.subarray(0, length);
          file.synced = Math.min(file.synced, length);
        }),
      ...names,
      close: () => alive(() => undefined),
    };
  }

  /** The sync that would make this text durable takes until it is released. */
  stallAt(text: string): { readonly met: boolean; release(): void } {
    let release = () => {};
    const over = new Promise<void>((resolve) => {
      release = resolve;
    });
    const stall = { text, over, met: false, release: () => release() };
    this.#stall = stall;
    return stall;
  }

  async #stalled(name: string): Promise<void> {
    const file = this.#file(name);
    if (!this.#stall || !file.bytes.subarray(file.synced).includes(this.#stall.text)) return;
    this.#stall.met = true;
    await this.#stall.over;
  }

  /** What was not synced is lost, but for `torn` bytes of each file. */
  powerCut(torn = 0): void {
    for (const file of this.#files.values()) {
      file.bytes = file.bytes.subarray(0, Math.min(file.bytes.length, file.synced + torn));
      file.synced = file.bytes.length;
    }
  }

  /** What a bad medium makes of the newest log file. */
  damage(change: (bytes: Uint8Array) => Uint8Array): void {
    const name = [...this.#files.keys()]
      .filter((one) => one.startsWith('journal-'))
      .sort()
      .at(-1);
    if (name === undefined) throw new Error('there is no journal');
    const bytes = Buffer.from(change(this.#file(name).bytes));
    this.#files.set(name, { bytes, synced: bytes.length });
  }

  /** Everything on it, to look for what must not be there. */
  text(): string {
    return [...this.#files.values()].map(({ bytes }) => bytes.toString('utf8')).join('');
  }

  #change<T>(work: () => T): T {
    if (this.trouble) throw Object.assign(new Error(this.trouble), { code: this.trouble });
    return work();
  }

  #readable(name: string): File {
    if (this.unreadable) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    return this.#file(name);
  }

  #file(name: string): File {
    const file = this.#files.get(name);
    if (!file) throw Object.assign(new Error(`ENOENT ${name}`), { code: 'ENOENT' });
    return file;
  }
}

function lengthen(file: File, more: Uint8Array): void {
  const { bytes, room } = file;
  const length = bytes.length + more.length;
  const fits = room?.buffer === bytes.buffer && room.byteOffset === bytes.byteOffset && room.length >= length;
  const into = fits ? room : Buffer.allocUnsafeSlow(2 * length);
  if (!fits) bytes.copy(into);
  into.set(more, bytes.length);
  file.room = into;
  file.bytes = into.subarray(0, length);
}
