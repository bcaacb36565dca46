import type { PlugName, PortWire } from '../wire.ts';
import { UsbDevice, type UsbIdentity } from './device.ts';
import { UsbipServer } from './server.ts';
import { attach } from './vhci.ts';
import type { UsbWire } from './wire.ts';

/**
 * A device with one function on this machine's own USB (Linux with vhci-hcd, root): every program here sees it as real.
 * Whoever opens it must be another process: the kernel waits for answers of this one while it looks at the device.
 */
export class UsbPort implements PortWire {
  readonly path: string;
  readonly #wire: UsbWire;
  readonly #server: UsbipServer;
  readonly #port: number;

  /** Plugs it in. `path`: where a program finds it, told when it hangs there. */
  static async open(identity: UsbIdentity, wire: UsbWire, path: () => string | Promise<string>): Promise<UsbPort> {
    const device = new UsbDevice(identity, [wire.function]);
    wire.join(device);
    const server = new UsbipServer(device);
    const port = await server.listen();
    try {
      await attach(port);
      return new UsbPort(await path(), wire, server, port);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  private constructor(path: string, wire: UsbWire, server: UsbipServer, port: number) {
    this.path = path;
    this.#wire = wire;
    this.#server = server;
    this.#port = port;
  }

  send(bytes: Uint8Array): Promise<boolean> {
    return this.#wire.send(bytes);
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#wire.listen(hear);
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  async hangup(): Promise<void> {
    await this.#server.unplug();
  }

  /** Whatever it is called by the kernel then, its vendor, product and serial number stay. */
  async replug(_name?: PlugName): Promise<void> {
    await attach(this.#port);
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
