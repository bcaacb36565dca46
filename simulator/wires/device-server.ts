import net from 'node:net';
import type { Cuttable, PlugName, PortWire } from './wire.ts';

export interface DeviceServerOptions {
  /** 0: chosen by the kernel, and kept from then on */
  readonly port?: number;
  readonly host?: string;
  /** said to everyone who connects, before anything else */
  readonly greeting?: () => Uint8Array;
}

/** A serial device server as ser2net is one: listens, has one visitor at a time, the newest one counts. */
export class DeviceServerWire implements PortWire, Cuttable {
  onVisitor: () => void = () => undefined;
  /** the visitor has gone, or was cut off for a newer one */
  onGone: () => void = () => undefined;
  readonly #host: string;
  readonly #greeting: (() => Uint8Array) | undefined;
  #port: number;
  #server: net.Server | undefined;
  #visitor: net.Socket | undefined;
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #paused = false;

  constructor({ port = 0, host = '127.0.0.1', greeting }: DeviceServerOptions = {}) {
    this.#port = port;
    this.#host = host;
    this.#greeting = greeting;
  }

  /** One that listens. */
  static async listening(options?: DeviceServerOptions): Promise<DeviceServerWire> {
    const wire = new DeviceServerWire(options);
    await wire.open();
    return wire;
  }

  /** Resolves when it listens; rejects when the port is taken. */
  open(): Promise<void> {
    const server = net.createServer((socket) => this.#receive(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.#host, () => {
        const address = server.address();
        if (address && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  /** `host:port` */
  get address(): string {
    return `${this.#host}:${this.#port}`;
  }

  get path(): string {
    return `tcp://${this.address}`;
  }

  get hasVisitor(): boolean {
    return this.#visitor !== undefined;
  }

  send(bytes: Uint8Array): Promise<boolean> {
    const visitor = this.#visitor;
    if (!visitor) return Promise.resolve(false);
    return new Promise((resolve) => visitor.write(bytes, (error) => resolve(!error)));
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
    this.#flow();
  }

  pause(): void {
    this.#paused = true;
    this.#flow();
  }

  resume(): void {
    this.#paused = false;
    this.#flow();
  }

  /** Only this visit ends: said politely and only in this direction, politely in both, or with a reset. */
  cut(how: 'half' | 'end' | 'reset'): void {
    if (how === 'half') this.#visitor?.end();
    else if (how === 'end') this.#visitor?.destroySoon();
    else this.#visitor?.resetAndDestroy();
  }

  /** Unplug: the visitor is cut off and nobody answers any more. */
  async hangup(): Promise<void> {
    const hadVisitor = this.hasVisitor;
    const closed = this.close();
    if (hadVisitor) this.onGone();
    await closed;
  }

  /** `new-name`: another port, as the kernel gives it. */
  replug(name: PlugName = 'same-name'): Promise<void> {
    if (name === 'new-name') this.#port = 0;
    return this.open();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#visitor?.destroy();
    this.#visitor = undefined;
    if (server) await new Promise((done) => server.close(done));
  }

  #receive(socket: net.Socket): void {
    const before = this.#visitor;
    this.#visitor = undefined;
    if (before) {
      before.destroy();
      this.onGone();
    }
    this.#visitor = socket;
    socket.setNoDelay(true);
    const leave = () => {
      socket.destroy();
      if (this.#visitor !== socket) return;
      this.#visitor = undefined;
      this.onGone();
    };
    socket.on('error', leave).on('close', leave).on('end', leave);
    if (this.#greeting) socket.write(this.#greeting());
    socket.on('data', (bytes: Buffer) => this.#hear?.(bytes));
    this.#flow();
    this.onVisitor();
  }

  /** Before anybody listens, nothing is taken from the wire. */
  #flow(): void {
    if (this.#paused || !this.#hear) this.#visitor?.pause();
    else this.#visitor?.resume();
  }
}
