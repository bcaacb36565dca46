import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FleetResult } from '../../../simulator/fleet/run.ts';

/** The bench runs compiled, beside the program. */
const isCompiled = import.meta.url.endsWith('.js');
const PROGRAM = fileURLToPath(
  new URL(isCompiled ? '../../../bin/tillwire-sim.js' : '../../../dist/bin/tillwire-sim.js', import.meta.url),
);

/** `tillwire-sim fleet` as somebody's script starts it. */
export class FleetProcess {
  stderr = '';
  #stdout = '';
  readonly #process;
  readonly #closed: Promise<[number | null]>;

  constructor(...args: readonly string[]) {
    this.#process = spawn(process.execPath, [PROGRAM, 'fleet', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#closed = once(this.#process, 'close') as Promise<[number | null]>;
  }

  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  async end(): Promise<{ readonly code: number | null; readonly result: FleetResult }> {
    const [code] = await this.#closed;
    return { code, result: JSON.parse(this.#stdout === '' ? 'null' : this.#stdout) as FleetResult };
  }
}
