import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/bin/tillwire-sim.js', import.meta.url));

export type SimEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** `tillwire-sim` with one device: what it says on standard output, what a person types. By its channel it ends with the test. */
export class SimProcess {
  readonly events: SimEvent[] = [];
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #wake: () => void = () => undefined;

  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
    this.ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (!this.#child.stdout) throw new Error('it has a standard output');
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as SimEvent);
      this.#wake();
    });
  }

  /** The event of this number, from 1 on. */
  async event(number: number): Promise<SimEvent> {
    for (;;) {
      const found = this.events[number - 1];
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  type(...orders: readonly string[]): void {
    this.#child.stdin?.write(orders.map((order) => `${order}\n`).join(''));
  }
}
