import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Wire } from './wire.ts';

/** A network printer's port (9100): one host at a time; another one waits until the first has gone. */
export class TcpWire implements Wire {
  readonly #server: Server;
  #socket: Socket | undefined;
  readonly #waiting: Socket[] = [];
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #paused = false;

  /** port 0: chosen by the kernel */
  static async open(port: number, host = '127.0.0.1'): Promise<TcpWire> {
    const server = createServer({ pauseOnConnect: true, noDelay: true });
    server.listen(port, host);
    await once(server, 'listening');
    return new TcpWire(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.maxConnections = 8;
    server.on('connection', (socket) => {
      // a host that goes away in the middle is an ordinary day for a printer; `close` follows
      socket.on('error', () => undefined);
      socket.once('close', () => this.#gone(socket));
      if (this.#socket) this.#waiting.push(socket);
      else this.#serve(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Hosts connected or waiting. */
  get hosts(): number {
    return (this.#socket ? 1 : 0) + this.#waiting.length;
  }

  send(bytes: Uint8Array): Promise<boolean> {
    const socket = this.#socket;
    if (!socket || socket.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => socket.write(bytes, (error) => resolve(!error)));
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
    if (!this.#paused) this.#socket?.resume();
  }

  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#hear) this.#socket?.resume();
  }

  /** The plug is pulled: the host's connection breaks. */
  hangup(): void {
    this.#socket?.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of [this.#socket, ...this.#waiting]) socket?.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#hear?.(new Uint8Array(bytes)));
    if (this.#hear && !this.#paused) socket.resume();
  }

  #gone(socket: Socket): void {
    if (socket !== this.#socket) {
      this.#waiting.splice(this.#waiting.indexOf(socket), 1);
      return;
    }
    this.#socket = undefined;
    const next = this.#waiting.shift();
    if (next) this.#serve(next);
  }
}
