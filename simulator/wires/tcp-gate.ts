import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The network between a till and its broker: what passes here can be cut, refused, or swallowed without a word. */
export class TcpGate {
  readonly #server = createServer({ noDelay: true }, (socket) => this.#join(socket));
  readonly #pairs = new Set<readonly [till: Socket, broker: Socket]>();
  readonly #target: number;
  #isDown = false;

  private constructor(target: number) {
    this.#target = target;
  }

  /** In front of a port of this machine. */
  static async before(target: number): Promise<TcpGate> {
    const gate = new TcpGate(target);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The network is away: what was connected is cut, what comes is cut at once. */
  fall(): void {
    this.#isDown = true;
    this.cut();
  }

  back(): void {
    this.#isDown = false;
  }

  /** Every connection that stands is reset. */
  cut(): void {
    for (const [till, broker] of this.#pairs) {
      till.resetAndDestroy();
      broker.destroy();
    }
  }

  /** Nothing gets through on the connections that stand, and nobody is told (a NAT forgot them). */
  swallow(): void {
    for (const [till, broker] of this.#pairs) {
      till.unpipe(broker).resume();
      broker.unpipe(till).resume();
    }
  }

  async close(): Promise<void> {
    this.fall();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(till: Socket): void {
    till.on('error', () => undefined); // each one ends in `close`
    if (this.#isDown) return void till.resetAndDestroy();
    const broker = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const pair = [till, broker] as const;
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      till.destroy();
      broker.destroy();
    };
    broker.on('error', end);
    for (const socket of pair) socket.on('close', end);
    till.pipe(broker).pipe(till);
  }
}
