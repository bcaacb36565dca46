import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../world/clock.ts';
import type { FromShopProcess, ShopCallName, ShopCalls, ShopNews, ToShopProcess } from './conversation.ts';
import { TestkitError } from './trouble.ts';

const PROGRAM = fileURLToPath(new URL('./shop-process.js', import.meta.url));
/** A cold start on a busy machine, with air. */
const CALL_MS = 30_000;
/** It ends by itself when its channel closes. */
const END_MS = 5_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The test's end of the channel to its shop. */
export class ShopLink {
  onNews: (news: ShopNews) => void = () => undefined;
  onLost: (reason: string) => void = () => undefined;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #serial = 0;
  #closing = false;
  #stderr = '';

  constructor() {
    // what Node itself was told (inspectors, loaders of a test runner) is not for the shop
    this.#process = fork(PROGRAM, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    this.#process.on('message', (message: FromShopProcess) => this.#hear(message));
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => this.#lost(error.message));
      this.#process.once('exit', (code, signal) => {
        this.#lost(`it ended with ${signal ?? `exit code ${code}`}`);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  ask<C extends ShopCallName>(call: C, ...wish: Parameters<ShopCalls[C]>): Promise<Awaited<ReturnType<ShopCalls[C]>>> {
    const id = (this.#serial += 1);
    return new Promise((resolve, reject) => {
      const callOff = systemClock.after(CALL_MS, () => {
        this.#waiting.delete(id);
        reject(new TestkitError(`the shop did not ${call} within ${CALL_MS / 1000} s. Is this machine overloaded?`));
      });
      this.#waiting.set(id, {
        resolve: (value) => {
          callOff();
          resolve(value as Awaited<ReturnType<ShopCalls[C]>>);
        },
        reject: (error) => {
          callOff();
          reject(error);
        },
      });
      const message: ToShopProcess = { id, call, with: wish[0] };
      this.#process.send(message, (error) => error && this.#settle(id, (waiting) => waiting.reject(error)));
    });
  }

  /** Closes the shop and resolves when its process is gone; killed when it does not go by itself. */
  async close(): Promise<void> {
    if (this.#closing) return this.#ended;
    this.#closing = true;
    const callOff = systemClock.after(END_MS, () => this.#process.kill('SIGKILL'));
    if (this.#process.connected) await this.ask('close').catch(() => this.#process.kill('SIGKILL'));
    await this.#ended;
    callOff();
  }

  #hear(message: FromShopProcess): void {
    if (message.kind === 'answer') this.#settle(message.id, ({ resolve }) => resolve(message.value));
    else if (message.kind === 'failed')
      this.#settle(message.id, ({ reject }) => reject(new TestkitError(message.reason)));
    else this.onNews(message);
  }

  #settle(id: number, end: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) end(waiting);
  }

  #lost(how: string): void {
    const reason = `the shop's process is gone: ${how}${this.#stderr === '' ? '' : `\n${this.#stderr.trim()}`}`;
    for (const id of this.#waiting.keys())
      this.#settle(id, ({ reject, resolve }) =>
        this.#closing ? resolve(undefined) : reject(new TestkitError(reason)),
      );
    if (!this.#closing) this.onLost(reason);
  }
}
