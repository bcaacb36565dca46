import type { ByteLink, LinkListener, WriteOutcome } from '../transport/link.ts';

/** What passed on a device's line. `in`: from the device. */
export type Passed =
  | { readonly kind: 'bytes'; readonly dir: 'in' | 'out'; readonly bytes: Uint8Array; readonly at: number }
  | { readonly kind: 'up'; readonly keys: boolean; readonly vendorId: number | undefined; readonly at: number }
  | { readonly kind: 'down'; readonly code: string; readonly at: number };

export type Watcher = (passed: Passed) => void;

/** People who look at one device at the same time. */
export const MOST_WATCHERS = 4;

/**
 * Looks on at a device's line, both ways. While nobody watches it costs a comparison for each piece, and nothing is kept, ever: a
 * trace begins when somebody asks for it.
 */
export class DeviceTap {
  readonly #watchers = new Set<Watcher>();
  readonly #mono: () => number;
  #latest: Extract<Passed, { kind: 'up' | 'down' }> | undefined;
  /** monotonic time of the last byte from the device */
  heardAt: number | undefined;

  constructor(mono: () => number) {
    this.#mono = mono;
  }

  /** Returns what ends it; `undefined`: too many watch already. */
  watch(watcher: Watcher): (() => void) | undefined {
    if (this.#watchers.size >= MOST_WATCHERS) return undefined;
    this.#watchers.add(watcher);
    if (this.#latest) watcher(this.#latest);
    return () => this.#watchers.delete(watcher);
  }

  /** The same link, looked at on its way. */
  tapped(open: (listener: LinkListener) => ByteLink): (listener: LinkListener) => ByteLink {
    return (listener) => this.#outgoing(open(this.#incoming(listener)));
  }

  #incoming(listener: LinkListener): LinkListener {
    return {
      up: (at, peer) => {
        this.#turned({ kind: 'up', keys: peer?.keys === true, vendorId: peer?.vendorId, at });
        listener.up(at, peer);
      },
      bytes: (bytes, at) => {
        this.heardAt = at;
        if (this.#watchers.size > 0) this.#tell({ kind: 'bytes', dir: 'in', bytes: bytes.slice(), at });
        listener.bytes(bytes, at);
      },
      down: (problem, at) => {
        this.#turned({ kind: 'down', code: problem.code, at });
        listener.down(problem, at);
      },
    };
  }

  #outgoing(link: ByteLink): ByteLink {
    const said = (bytes: Uint8Array) => {
      if (this.#watchers.size > 0) this.#tell({ kind: 'bytes', dir: 'out', bytes: bytes.slice(), at: this.#mono() });
    };
    const feature = (report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> => {
      said(report);
      return link.sendFeature?.(report, deadlineMs) ?? Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    };
    return {
      get isUp() {
        return link.isUp;
      },
      write: (bytes, deadlineMs, until) => {
        said(bytes);
        return link.write(bytes, deadlineMs, until);
      },
      ...(link.sendFeature === undefined ? {} : { sendFeature: feature }),
      close: () => link.close(),
    };
  }

  #turned(passed: Extract<Passed, { kind: 'up' | 'down' }>): void {
    this.#latest = passed;
    this.#tell(passed);
  }

  #tell(passed: Passed): void {
    for (const watcher of this.#watchers) watcher(passed);
  }
}
