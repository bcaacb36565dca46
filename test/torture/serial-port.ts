import type { LinkProblem, Peer, WriteOutcome } from '../../agent/transport/link.ts';
import type { Connect, Connection } from '../../agent/transport/supervised-link.ts';
import type { Clock } from '../../simulator/world/clock.ts';

// A serial port between the agent and a device, in memory and virtual time, with the promises of the agent's real
// connection (agent/transport/serial-connection.ts): a write ends `written` when the last byte left, `unknown` when the
// cable was pulled or its deadline passed, and then the connection is lost.

/** Bytes that leave at once, as from a USB packet or a UART's FIFO. */
const CHUNK_BYTES = 256;
/** The kernel notices an unplug. */
const NOTICE_MS = 5;

export class SerialPort {
  /** a chunk reached the device */
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  /** a write is handed over; it leaves behind what was handed over before */
  onBegun: (write: Uint8Array) => void = () => undefined;
  /** a chunk of `total` bytes is about to leave, `sent` of them are gone */
  onChunk: (sent: number, total: number) => void = () => undefined;
  /** whoever held the port let go of it, or died */
  onReleased: () => void = () => undefined;
  /** who is there, where the transport tells: a HID gun */
  peer: Peer | undefined;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #chunkMs: number;
  #plugged = true;
  /** who holds the bytes up: a full printer, or a fault of the wire */
  readonly #stalledBy = new Set<'device' | 'wire'>();
  /** one behind the other, as the kernel has them: a dead holder's before those of the next one */
  readonly #writes: Write[] = [];
  /** the write whose bytes the device is hearing */
  #leaving: Uint8Array | undefined;
  #connection: PortConnection | undefined;

  constructor(path: string, clock: Clock, baudRate: number) {
    this.#path = path;
    this.#clock = clock;
    this.#chunkMs = (CHUNK_BYTES * 10 * 1000) / baudRate;
  }

  /** The write whose bytes the device is hearing, while it hears them. */
  get leaving(): Uint8Array | undefined {
    return this.#leaving;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** For {@link SupervisedLink}. */
  readonly connect: Connect = () => {
    if (!this.#plugged) return Promise.resolve(this.problem('PORT_NOT_FOUND', 'no such file'));
    if (this.#connection) return Promise.resolve(this.problem('PORT_BUSY', 'cannot lock port'));
    this.#connection = new PortConnection(this, this.#clock, () => {
      this.#connection = undefined;
      this.onReleased();
    });
    return Promise.resolve(this.#connection);
  };

  /** The device says something. False: nobody listens. */
  toHost(bytes: Uint8Array): boolean {
    if (!this.#plugged) return false;
    this.#connection?.heard(bytes);
    return true;
  }

  pull(): void {
    this.#plugged = false;
    this.#writes.length = 0;
    const connection = this.#connection;
    this.#clock.after(NOTICE_MS, () => connection?.lose('Input/output error'));
  }

  plug(): void {
    this.#plugged = true;
  }

  /** The device takes no bytes. */
  stall(by: 'device' | 'wire' = 'wire'): void {
    this.#stalledBy.add(by);
  }

  flow(by: 'device' | 'wire' = 'wire'): void {
    this.#stalledBy.delete(by);
    const [write] = this.#writes;
    if (this.#stalledBy.size === 0 && write && !write.isLeaving) this.#next();
  }

  /** The process that held the port died: the kernel may still send what it was given. */
  holderDied(kernelSendsOn: boolean): void {
    const held = this.#connection;
    held?.abandon(kernelSendsOn);
    this.#connection = undefined;
    if (held) this.onReleased();
  }

  /** Takes the chunks of a write to the device, one after the other; `isWanted` is asked before each. */
  send(bytes: Uint8Array, isWanted: () => boolean, done: () => void): void {
    if (!this.#plugged) return;
    this.onBegun(bytes);
    this.#writes.push({ bytes, isWanted, done, sent: 0, isLeaving: false });
    if (this.#writes.length === 1) this.#next();
  }

  #next(): void {
    const [write] = this.#writes;
    if (!write) return;
    write.isLeaving = false;
    if (!write.isWanted()) return this.#over(write);
    if (this.#stalledBy.size > 0) return;
    const { bytes, sent } = write;
    if (sent >= bytes.length) {
      write.done();
      return this.#over(write);
    }
    this.onChunk(sent, bytes.length);
    // whoever looks on may have killed its holder, or pulled the cable
    if (this.#writes[0] !== write) return;
    if (!write.isWanted()) return this.#over(write);
    this.#leave(write);
  }

  #leave(write: Write): void {
    const chunk = write.bytes.subarray(write.sent, write.sent + CHUNK_BYTES);
    write.sent += chunk.length;
    write.isLeaving = true;
    this.#leaving = write.bytes;
    this.onBytes(chunk);
    this.#leaving = undefined;
    const ms = (this.#chunkMs * chunk.length) / CHUNK_BYTES;
    this.#clock.after(ms, () => {
      if (this.#writes[0] === write) this.#next();
    });
  }

  #over(write: Write): void {
    if (this.#writes[0] === write) this.#writes.shift();
    this.#next();
  }

  problem(code: LinkProblem['code'], detail: string): LinkProblem {
    return { code, path: this.#path, detail };
  }
}

interface Write {
  readonly bytes: Uint8Array;
  readonly isWanted: () => boolean;
  readonly done: () => void;
  sent: number;
  /** a chunk is on the line */
  isLeaving: boolean;
}

class PortConnection implements Connection {
  readonly peer?: Peer;
  readonly #port: SerialPort;
  readonly #clock: Clock;
  readonly #release: () => void;
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #lost: (problem: LinkProblem) => void = () => undefined;
  #endWrite: (outcome: WriteOutcome) => void = () => undefined;
  #alive = true;
  #sending = true;

  constructor(port: SerialPort, clock: Clock, release: () => void) {
    this.#port = port;
    if (port.peer) this.peer = port.peer;
    this.#clock = clock;
    this.#release = release;
  }

  start(onBytes: (bytes: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#hear = onBytes;
    this.#lost = onLost;
  }

  write(bytes: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    if (!this.#alive || !this.#port.plugged) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    return new Promise((resolve) => {
      const stop = this.#clock.after(deadlineMs, () => {
        this.#endWrite({ kind: 'unknown', cause: 'DEADLINE' });
        this.lose('a write did not end in time');
      });
      this.#endWrite = (outcome) => {
        this.#endWrite = () => undefined;
        stop();
        resolve(outcome);
      };
      this.#port.send(
        bytes.slice(),
        () => this.#sending,
        () => this.#endWrite({ kind: 'written' }),
      );
    });
  }

  /** Bytes not yet taken are thrown away. */
  close(): Promise<void> {
    this.#end();
    this.#sending = false;
    return Promise.resolve();
  }

  heard(bytes: Uint8Array): void {
    if (this.#alive) this.#hear?.(bytes);
  }

  lose(detail: string): void {
    if (!this.#alive) return;
    this.#end();
    this.#sending = false;
    this.#lost(this.#port.problem('PORT_LOST', detail));
  }

  abandon(kernelSendsOn: boolean): void {
    this.#alive = false;
    this.#sending = kernelSendsOn;
    this.#endWrite = () => undefined;
  }

  #end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#release();
    this.#endWrite({ kind: 'unknown', cause: 'LOST' });
  }
}
