import { connect, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { type SocketAddress, socketText } from './address.ts';
import type { LinkProblem, WriteOutcome } from './link.ts';
import type { Connection } from './supervised-link.ts';

/** A host on the shop's network answers in milliseconds; a wrong address is told after this. */
const CONNECT_DEADLINE_MS = 5000;
/** Silence after which the operating system asks whether the other computer is still there. */
const KEEP_ALIVE_MS = 5000;

const NOBODY = (): void => undefined;

/** Opens a socket, or says why not. Never rejects. */
export function openSocket(at: SocketAddress, clock: Clock): Promise<Socket | LinkProblem> {
  const path = socketText(at);
  return new Promise((resolve) => {
    const socket = connect(at);
    const give = (result: Socket | LinkProblem) => {
      callOff();
      socket.off('error', refused);
      if ('code' in result) socket.destroy();
      resolve(result);
    };
    const refused = (error: NodeJS.ErrnoException) => give(socketProblem(path, error));
    const callOff = clock.after(CONNECT_DEADLINE_MS, () =>
      give({ code: 'PORT_NOT_FOUND', path, detail: `no answer within ${CONNECT_DEADLINE_MS} ms` }),
    );
    socket.on('error', refused);
    socket.once('connect', () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      give(socket);
    });
  });
}

function socketProblem(path: string, error: NodeJS.ErrnoException): LinkProblem {
  const absent = ['ECONNREFUSED', 'ENOENT', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN'];
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  const code = denied ? 'PORT_DENIED' : absent.includes(error.code ?? '') ? 'PORT_NOT_FOUND' : 'PORT_FAILED';
  return { code, path, detail: error.message };
}

/** A byte stream over a socket. `sent` can mean no more than `taken` here: the network tells nothing of the last metre. */
export class SocketConnection implements Connection {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #clock: Clock;
  #onLost: (problem: LinkProblem) => void = NOBODY;
  readonly #writes = new Set<(outcome: WriteOutcome) => void>();
  #alive = true;

  constructor(socket: Socket, at: SocketAddress, clock: Clock) {
    this.#socket = socket;
    this.#path = socketText(at);
    this.#clock = clock;
    socket.on('error', (error) => this.lose(error.message));
    socket.on('close', () => this.lose('the connection was closed'));
    // a half-closed socket is of no use: what we would write goes nowhere
    socket.on('end', () => this.lose('the other side closed the connection'));
  }

  start(onBytes: (bytes: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onLost = onLost;
    this.#socket.on('data', (bytes: Buffer) => {
      if (this.#alive) onBytes(bytes);
    });
    // it may have ended between its opening and now
    if (!this.#alive) this.#clock.after(0, () => onLost(this.#problem('the connection was closed')));
  }

  write(bytes: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    if (!this.#alive) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    return new Promise((resolve) => {
      const end = (outcome: WriteOutcome) => {
        this.#writes.delete(end);
        callOff();
        resolve(outcome);
      };
      const callOff = this.#clock.after(deadlineMs, () => {
        end({ kind: 'unknown', cause: 'DEADLINE' });
        this.lose(`a write of ${bytes.length} bytes did not end within ${deadlineMs} ms`);
      });
      this.#writes.add(end);
      this.#socket.write(bytes, (error) => {
        if (error) this.lose(error.message);
        else end({ kind: 'written' });
      });
    });
  }

  /** Ends it with a reason that is told once. */
  lose(detail: string): void {
    if (!this.#alive) return;
    this.#end();
    this.#onLost(this.#problem(detail));
  }

  #problem(detail: string): LinkProblem {
    return { code: 'PORT_LOST', path: this.#path, detail };
  }

  #end(): void {
    this.#alive = false;
    this.#socket.destroy();
    for (const end of this.#writes) end({ kind: 'unknown', cause: 'LOST' });
  }

  close(): Promise<void> {
    this.#onLost = NOBODY;
    if (this.#alive) this.#end();
    return Promise.resolve();
  }
}
