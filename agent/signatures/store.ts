import { z } from 'zod';
import { SignatureUpload } from '../../protocols/backend/signatures.ts';
import type { JournalFiles } from '../journal/files.ts';
import { open, SEAL_NONCE_BYTES, seal } from './sealed.ts';

/** The little the store asks of a disk; the journal's own. */
export type SignatureFiles = Pick<JournalFiles, 'list' | 'read' | 'append' | 'sync' | 'rename' | 'remove'>;

const Kept = z.strictObject({
  upload: SignatureUpload.omit({ v: true, attempt: true, ts: true }),
  /** wall clock of the till, Unix ms */
  signedAt: z.int().nonnegative(),
  /** how often it was sent */
  tries: z.int().nonnegative(),
  /** `waiting` for its upload; `failed`: three times in vain, the slip must be printed */
  state: z.enum(['waiting', 'failed']),
  /** what the acquirer said last */
  code: z.string().max(8).optional(),
});
/** A signature that the acquirer has not accepted. */
export type KeptSignature = z.infer<typeof Kept>;

export type SignatureKey = Pick<KeptSignature['upload'], 'batch' | 'trace'>;

/** A busy counter signs some hundred slips a day; a backend that is away for a week must not fill the disk. */
export const MAX_KEPT = 2000;

const PREFIX = 'signature-';
const HALF = '.new';

function nameOf({ batch, trace }: SignatureKey): string {
  return `${PREFIX}${batch}-${trace}`;
}

export interface StoreDeps {
  readonly files: SignatureFiles;
  readonly key: Uint8Array;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * Signatures on disk, one encrypted file each, written whole under another name and renamed into place: after a power cut a
 * file is the old one or the new one. Deleted when the acquirer has the signature; nothing else keeps it.
 */
export class SignatureStore {
  readonly #deps: StoreDeps;
  readonly #kept = new Map<string, KeptSignature>();
  /** files that do not open: another key, or damage. Nothing is deleted that nobody could read */
  readonly unreadable: string[] = [];
  #writing: Promise<unknown> = Promise.resolve();

  constructor(deps: StoreDeps) {
    this.#deps = deps;
  }

  /** Reads what is there; halves of a write are removed. One that a read-only disk keeps is in nobody's way. */
  static async open(deps: StoreDeps): Promise<SignatureStore> {
    const store = new SignatureStore(deps);
    for (const name of await deps.files.list()) {
      if (!name.startsWith(PREFIX)) continue;
      if (name.endsWith(HALF)) await deps.files.remove(name).catch(() => undefined);
      else await store.#load(name);
    }
    return store;
  }

  /** Oldest first. */
  get all(): readonly KeptSignature[] {
    return [...this.#kept.values()].sort((one, other) => one.signedAt - other.signedAt);
  }

  get(key: SignatureKey): KeptSignature | undefined {
    return this.#kept.get(nameOf(key));
  }

  /**
   * Whether another payment's signature has this key, or a file that nobody could read: receipt numbers begin again, and a
   * terminal that was exchanged has its own.
   */
  isTaken({ attemptId, ...key }: SignatureKey & Pick<KeptSignature['upload'], 'attemptId'>): boolean {
    const held = this.get(key);
    return held ? held.upload.attemptId !== attemptId : this.unreadable.includes(nameOf(key));
  }

  /** Resolves when it is on disk; rejects when it is not. What is kept of another payment is never written over. */
  put(signature: KeptSignature): Promise<void> {
    const name = nameOf(signature.upload);
    if (!this.#kept.has(name) && this.#kept.size >= MAX_KEPT)
      return Promise.reject(new RangeError(`${MAX_KEPT} signatures wait for their upload`));
    return this.#alone(async () => {
      if (this.isTaken(signature.upload)) throw new RangeError(`${name} is the signature of another payment`);
      await this.#write(name, signature);
      this.#kept.set(name, signature);
    });
  }

  /** The signature is gone for good. */
  remove(key: SignatureKey): Promise<void> {
    const name = nameOf(key);
    return this.#alone(async () => {
      await this.#deps.files.remove(name);
      this.#kept.delete(name);
    });
  }

  async #load(name: string): Promise<void> {
    const content = open(await this.#deps.files.read(name), name, this.#deps.key);
    const kept = content && parsed(content);
    if (kept && nameOf(kept.upload) === name) this.#kept.set(name, kept);
    else this.unreadable.push(name);
  }

  async #write(name: string, signature: KeptSignature): Promise<void> {
    const { files, key, random } = this.#deps;
    const sealed = seal(Buffer.from(JSON.stringify(signature)), name, key, random(SEAL_NONCE_BYTES));
    const half = `${name}${HALF}`;
    await files.remove(half);
    await files.append(half, sealed);
    await files.sync(half);
    await files.rename(half, name);
  }

  /** One change after the other: two of the same file must not meet in its half. */
  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

function parsed(content: Uint8Array): KeptSignature | undefined {
  try {
    return Kept.safeParse(JSON.parse(new TextDecoder().decode(content))).data;
  } catch {
    return undefined;
  }
}
