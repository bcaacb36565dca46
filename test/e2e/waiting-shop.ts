import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from './agent-process.ts';
import { tillwire } from './run-tillwire.ts';

const SIM = fileURLToPath(new URL('../../dist/bin/tillwire-sim.js', import.meta.url));
const closing: (() => Promise<void>)[] = [];

/** Ends what was started, last first. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** Ends with the test. */
export function endsWithTest(child: ChildProcess): ChildProcess {
  closing.push(() => stopped(child));
  return child;
}

export type Line = Readonly<Record<string, unknown>>;

/** The shop that waits for its till, as a process of its own. */
export class WaitingShop {
  readonly folder = mkdtempSync(join(tmpdir(), 'tillwire-provision-'));
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;

  private constructor() {
    this.#child = spawn(process.execPath, [SIM, 'shop', '--enrol', '--ports', this.folder], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    });
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.lines.push(JSON.parse(line) as Line));
  }

  static async open(): Promise<WaitingShop> {
    const shop = new WaitingShop();
    closing.push(async () => {
      await stopped(shop.#child);
      rmSync(shop.folder, { recursive: true, force: true });
    });
    await eventually('a code', () => shop.of('code').length > 0);
    return shop;
  }

  of(kind: string): Line[] {
    return this.lines.filter((line) => line['kind'] === kind);
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  get invitation(): string {
    return String(this.of('code').at(-1)?.['invitation']);
  }

  provision(...more: string[]) {
    const devices = ['--scanner', join(this.folder, 'gun'), '--printer', join(this.folder, 'printer')];
    const till = ['--config', this.config, '--technician', 'zhang', '--yes', '--json'];
    return tillwire(['provision', '--code', this.invitation, ...till, ...devices, ...more]);
  }

  get config(): string {
    return join(this.folder, 'till.json');
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGTERM');
  await gone;
}
