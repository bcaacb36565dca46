import fs from 'node:fs';
import { LinuxPortBinding } from '@serialport/bindings-cpp';
import { makeRaw, openPtyMaster } from '../../simulator/wires/libc.ts';

const READABLE = 1;
const CHUNK_BYTES = 65_536;

/**
 * The device's end of a cable: a pseudo-terminal whose reads and writes are made in the event loop itself, without a
 * thread between. It costs both sides of a comparison the same, and as little as Node can.
 */
export class DevicePort {
  /** what the agent opens */
  readonly path: string;
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  readonly #fd: number;
  /** a slave end of our own: without it the master reads EIO whenever the agent closes */
  readonly #kept: number;
  readonly #port: LinuxPortBinding;
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);

  constructor() {
    const { fd, path } = openPtyMaster();
    this.#fd = fd;
    this.path = path;
    this.#kept = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NOCTTY | fs.constants.O_NONBLOCK);
    makeRaw(this.#kept);
    this.#port = new LinuxPortBinding(fd, {} as LinuxPortBinding['openOptions']);
    this.#port.poller.on('readable', (error: Error | null) => {
      if (!error) this.#read();
    });
    this.#port.poller.poll(READABLE);
  }

  /** A few bytes: they fit into the wire's buffer of 4 KiB at once. */
  send(bytes: Uint8Array): void {
    fs.writeSync(this.#fd, bytes);
  }

  async close(): Promise<void> {
    this.#port.poller.stop();
    fs.closeSync(this.#kept);
    await this.#port.close();
  }

  /** The poller is level-triggered: what does not fit into one read makes it fire again. */
  #read(): void {
    const count = fs.readSync(this.#fd, this.#buffer, 0, CHUNK_BYTES, null);
    const bytes = Uint8Array.from(this.#buffer.subarray(0, count));
    this.#port.poller.poll(READABLE);
    this.onBytes(bytes);
  }
}
