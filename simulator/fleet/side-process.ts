import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../world/clock.ts';

/** A process beside the fleet: asked over its channel, ended with it. */
export class SideProcess<To extends object, From extends { readonly kind: string }> {
  readonly #name: string;
  readonly #process: ChildProcess;

  /** `program`: a compiled file beside this one */
  constructor(name: string, program: string) {
    this.#name = name;
    this.#process = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Says something and resolves with the answer of that kind; rejects with its reason when it failed or has gone. */
  ask<K extends From['kind']>(message: To, kind: K, withinMs: number): Promise<Extract<From, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        callOff();
        this.#process.off('message', hear).off('exit', gone);
        settle();
      };
      const hear = (said: From & { readonly reason?: string }) => {
        if (said.kind === kind) end(() => resolve(said as unknown as Extract<From, { kind: K }>));
        else if (said.kind === 'failed') end(() => reject(new Error(said.reason)));
      };
      const gone = () => end(() => reject(new Error(`${this.#name} has ended by itself`)));
      const callOff = systemClock.after(withinMs, () =>
        end(() => reject(new Error(`${this.#name} did not answer within ${withinMs / 1000} s`))),
      );
      this.#process.on('message', hear).once('exit', gone);
      this.#process.send(message);
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
    if (this.#process.connected) this.#process.disconnect();
    const callOff = systemClock.after(STOP_MS, () => this.#process.kill('SIGKILL'));
    await gone;
    callOff();
  }
}

const STOP_MS = 2_000;
