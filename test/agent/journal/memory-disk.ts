import type { JournalFiles } from '../../../agent/journal/files.ts';

class MemoryFile {
  #room: Buffer;
  #length: number;
  /** what a power cut leaves */
  synced: number;

  constructor(bytes: Uint8Array, synced: number) {
    this.#room = Buffer.from(bytes);
    this.#length = bytes.length;
    this.synced = synced;
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) this.#room = Buffer.concat([this.bytes, Buffer.alloc(length)]);
    this.#room.set(bytes, this.#length);
    this.#length = length;
  }

  cut(length: number): void {
    this.#length = Math.min(this.#length, length);
    this.synced = Math.min(this.synced, length);
  }
}

/** A disk in memory: full, read-only, forgetful. Counts what it was asked. */
export class MemoryDisk implements JournalFiles {
  readonly files = new Map<string, MemoryFile>();
  /** bytes in all files together */
  capacity = Number.POSITIVE_INFINITY;
  readOnly = false;
  /** names whose bytes cannot be read */
  readonly unreadable = new Set<string>();
  syncs = 0;
  bytesRead = 0;

  #used(): number {
    return [...this.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #changing(): void {
    if (this.readOnly) throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
  }

  #file(name: string): MemoryFile {
    const file = this.files.get(name);
    if (!file || this.unreadable.has(name)) throw Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' });
    return file;
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.files.keys()].sort());
  }

  async read(name: string, from = 0, length = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const part = this.#file(name).bytes.subarray(from, from + length);
    this.bytesRead += part.length;
    return Uint8Array.from(part);
  }

  async append(name: string, bytes: Uint8Array): Promise<void> {
    this.#changing();
    const file = this.files.get(name) ?? new MemoryFile(new Uint8Array(), 0);
    this.files.set(name, file);
    const room = Math.max(0, this.capacity - this.#used());
    file.add(bytes.subarray(0, room));
    if (bytes.length > room) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  }

  async sync(name: string): Promise<void> {
    this.#changing();
    // As with a real disk, everybody else has a turn meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    const file = this.#file(name);
    file.synced = file.bytes.length;
    this.syncs++;
  }

  async cut(name: string, length: number): Promise<void> {
    this.#changing();
    this.#file(name).cut(length);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#changing();
    this.files.set(to, this.#file(from));
    this.files.delete(from);
  }

  async remove(name: string): Promise<void> {
    this.#changing();
    this.files.delete(name);
  }

  async close(): Promise<void> {}

  /** Of what was not synced, `keep` bytes of each file are left. */
  powerCut(keep = 0): MemoryDisk {
    const after = new MemoryDisk();
    for (const [name, { bytes, synced }] of this.files) {
      after.overwrite(name, bytes.subarray(0, Math.min(bytes.length, synced + keep)));
    }
    return after;
  }

  /** An independent disk with the same bytes. */
  copy(): MemoryDisk {
    return this.powerCut(Number.POSITIVE_INFINITY);
  }

  bytes(name: string): Buffer {
    return this.#file(name).bytes;
  }

  overwrite(name: string, bytes: Uint8Array): void {
    this.files.set(name, new MemoryFile(bytes, bytes.length));
  }
}
