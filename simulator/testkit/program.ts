import { type ChildProcess, spawn } from 'node:child_process';
import { redact } from '../../protocols/paycode/redact.ts';
import { systemClock } from '../world/clock.ts';

/** What to start beside the shop: any program, in any language. */
export interface ProgramPlan {
  /** in messages and reports */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** on top of this process's own environment and of the shop's addresses (TILLWIRE_...) */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Lines kept of a program that talks much. */
const MOST_LINES = 2_000;
const LAST_LINES = 12;
/** How long it may take to end by itself before it is killed. */
const PATIENCE_MS = 3_000;

/** A program of the test, its output line by line. It is ended with the shop. */
export class Program {
  readonly name: string;
  /** standard output and standard error, oldest first */
  readonly lines: string[] = [];
  /** something was said, or it ended */
  onChange: () => void = () => undefined;
  readonly #process: ChildProcess;
  readonly #gone: Promise<Ended>;
  #ended: Ended | undefined;
  #isStopped = false;

  /** `channel`: one of ours, which ends when its channel closes */
  constructor({ name, command, args = [], env = {}, cwd }: ProgramPlan, channel = false) {
    this.name = name;
    this.#process = spawn(command, args, {
      stdio: channel ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    // a program that has gone does not hear any more; that it has gone is told by `ended`
    this.#process.stdin?.on('error', () => undefined);
    for (const stream of [this.#process.stdout, this.#process.stderr]) this.#read(stream);
    this.#gone = new Promise((resolve) => {
      const end = (ended: Ended) => {
        this.#ended ??= ended;
        this.onChange();
        resolve(this.#ended);
      };
      this.#process.once('error', (error) => {
        this.lines.push(error.message);
        end({ code: null, signal: null });
      });
      this.#process.once('close', (code, signal) => end({ code, signal }));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** how it ended; undefined while it runs */
  get ended(): Ended | undefined {
    return this.#ended;
  }

  /** Nobody stopped it: it ended by itself. */
  get failed(): boolean {
    return this.#ended !== undefined && !this.#isStopped && this.#ended.code !== 0;
  }

  /** Types a line into its standard input. */
  type(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Asks it to end (SIGTERM), kills it when it does not; resolves when it is gone. */
  async stop(): Promise<Ended> {
    this.#isStopped = true;
    if (this.#ended) return this.#ended;
    const callOff = systemClock.after(PATIENCE_MS, () => this.#process.kill('SIGKILL'));
    this.#process.kill('SIGTERM');
    const ended = await this.#gone;
    callOff();
    return ended;
  }

  /** Pulls the plug: kill -9. */
  kill(): Promise<Ended> {
    this.#isStopped = true;
    this.#process.kill('SIGKILL');
    return this.#gone;
  }

  /** How it stands, with its last words, for a message: without paycodes, whatever the program says. */
  describe(): string {
    const { code, signal } = this.#ended ?? {};
    const how = this.#ended ? `ended with ${signal ?? `exit code ${String(code)}`}` : 'runs';
    return [`${this.name} ${how}`, ...this.lines.slice(-LAST_LINES).map((line) => `  | ${redact(line)}`)].join('\n');
  }

  #read(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
      if (this.lines.length > MOST_LINES) this.lines.splice(0, this.lines.length - MOST_LINES);
      this.onChange();
    });
    stream?.on('end', () => {
      if (rest !== '') this.lines.push(rest);
      rest = '';
    });
  }
}
