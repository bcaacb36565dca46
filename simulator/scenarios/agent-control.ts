import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** The agent's process, as far as a story acts on it. */
export interface AgentControl {
  readonly isUp: boolean;
  /** everything it logged, all lives of it */
  readonly log: string;
  start(): Promise<void>;
  /** resolves when it is gone */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** what a second agent on the same data folder says; undefined: it starts */
  second(): Promise<string | undefined>;
}

/** A stop takes 2.5 s at most; then it is killed. */
const STOP_MS = 5_000;
/** A second agent says no within a cold start. */
const SECOND_MS = 15_000;
/** No story logs as much. */
const MOST_LOG = 4_000_000;

/** The agent as a child of this process; it ends when this process does. */
export class AgentChild implements AgentControl {
  readonly #program: string;
  readonly #configFile: string;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(program: string, configFile: string) {
    this.#program = program;
    this.#configFile = configFile;
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  get log(): string {
    return this.#log;
  }

  start(): Promise<void> {
    if (this.#child) throw new Error('the agent is up');
    const child = this.#spawn();
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    return Promise.resolve();
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
    this.#child = undefined;
  }

  async second(): Promise<string | undefined> {
    const child = this.#spawn();
    let said = '';
    child.stderr?.on('data', (text: string) => {
      said += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), SECOND_MS);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(timer);
    return code === 2 ? /\b[A-Z]+(?:_[A-Z]+)+\b/.exec(said)?.[0] : undefined;
  }

  #spawn(): ChildProcess {
    const args = ['agent', '--config', this.#configFile];
    const child = fork(this.#program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-MOST_LOG);
      });
    return child;
  }
}
