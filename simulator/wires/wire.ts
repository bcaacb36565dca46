import { Ear } from './ear.ts';

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

/** What a port that is visited can do to its visitor: end the visit in one direction, in both, or with a reset. */
export interface Cuttable {
  cut(how: 'half' | 'end' | 'reset'): void;
}

/** Two wires, each the other's far end, in one process: for models and for tests without an operating system. */
export function memoryWires(): [Wire, Wire] {
  const left = new MemoryWire();
  const right = new MemoryWire();
  left.join(right);
  right.join(left);
  return [left, right];
}

class MemoryWire extends Ear implements Wire {
  #far: MemoryWire | undefined;

  join(far: MemoryWire): void {
    this.#far = far;
  }

  async send(bytes: Uint8Array): Promise<boolean> {
    await this.#far?.take(bytes.slice());
    return this.#far !== undefined;
  }
}
