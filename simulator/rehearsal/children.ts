import { type ChildProcess, fork } from 'node:child_process';

/** How long a child may take to end by itself before it is killed. */
const PATIENCE_MS = 2_000;

/** A process of the rehearsal. It ends when it is told to, and also when this process is gone: the channel between closes. */
export class Child {
  readonly name: string;
  readonly process: ChildProcess;
  #ended = false;
  #stderr = '';

  /** `logFd`: where its standard output goes; undefined: nowhere. */
  constructor(
    name: string,
    program: string,
    args: readonly string[],
    logFd: number | undefined,
    onEnd: (how: string) => void,
  ) {
    this.name = name;
    this.process = fork(program, args, { stdio: ['ignore', logFd ?? 'ignore', 'pipe', 'ipc'] });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000);
    });
    this.process.once('exit', (code, signal) => {
      this.#ended = true;
      onEnd(this.#stderr.trim() || `${name} ended with ${signal ?? `exit code ${code}`}`);
    });
  }

  /** Resolves when the process is gone, after {@link PATIENCE_MS} at the latest. */
  stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE_MS);
      this.process.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      this.process.kill(signal);
    });
  }
}
