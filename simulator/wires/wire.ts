/** A device's mouth and ear, whatever it is made of: what a device model is given. */
export interface Wire {
  /** Says bytes; resolves true when the wire took them all, false when nobody is there any more. In order, never lost between. */
  send(bytes: Uint8Array): Promise<boolean>;
  /** Who hears the bytes from the other end. Before the first call nothing is taken from the wire. */
  listen(hear: (bytes: Uint8Array) => void): void;
  /** Stops taking bytes, as a printer that is out of paper does: the other end's writes pile up. */
  pause(): void;
  resume(): void;
}

/** Under the same name, or another one: as a gun that re-enumerates. */
export type PlugName = 'same-name' | 'new-name';

/** A wire that ends in a port which an agent opens by its path, and that can be pulled. */
export interface PortWire extends Wire {
  /** `/dev/...`, `tcp://host:port` or `reports://host:port` */
  readonly path: string;
  hangup(): Promise<void>;
  replug(name?: PlugName): void | Promise<void>;
  close(): Promise<void>;
}

/** Two wires, each the other's far end, in one process: for models and for tests without an operating system. */
export function memoryWires(): [Wire, Wire] {
  const left = new MemoryWire();
  const right = new MemoryWire();
  left.join(right);
  right.join(left);
  return [left, right];
}

class MemoryWire implements Wire {
  #far: MemoryWire | undefined;
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #paused = false;
  /** what was sent here and not heard yet, with whom to tell when it is */
  #waiting: { readonly bytes: Uint8Array; readonly taken: (taken: boolean) => void }[] = [];

  join(far: MemoryWire): void {
    this.#far = far;
  }

  async send(bytes: Uint8Array): Promise<boolean> {
    return (await this.#far?.arrive(bytes.slice())) ?? false;
  }

  arrive(bytes: Uint8Array): Promise<boolean> {
    return new Promise((taken) => {
      this.#waiting.push({ bytes, taken });
      this.#deliver();
    });
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
    this.#deliver();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  #deliver(): void {
    while (this.#hear && !this.#paused) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#hear(next.bytes);
      next.taken(true);
    }
  }
}
