import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromShop, ToShop } from '../../../simulator/rehearsal/conversation.ts';

/** The built program: a simulated shop whose gun and printer hang on this machine's own USB. */
const TILLWIRE_SIM = fileURLToPath(new URL('../../../dist/bin/tillwire-sim.js', import.meta.url));

type Said<K extends FromShop['kind']> = Extract<FromShop, { kind: K }>;

/** A simulated shop in a process of its own; see simulator/wires/usbip/port.ts for why. */
export class UsbShop {
  readonly #process: ChildProcess;
  readonly #said: FromShop[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<unknown>;
  #orders = 0;

  constructor(...options: readonly string[]) {
    this.#process = fork(TILLWIRE_SIM, ['shop', '--gun-wire', 'usb', ...options], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.on('message', (message: FromShop) => {
      this.#said.push(message);
      for (const check of this.#waiting) check();
    });
  }

  opened(): Promise<Said<'open'>> {
    return this.#hear('open', 0);
  }

  agentOnline(): Promise<unknown> {
    return this.#hear('agent', 0);
  }

  /** One sale, from the backend's order to the slip. */
  async sell(scenario = 'paid'): Promise<Said<'sold'>> {
    const from = this.#said.length;
    this.#tell({ kind: 'sell', orderId: `R${++this.#orders}`, amountFen: 1250, wallet: 'wechat', scenario });
    return this.#hear('sold', from);
  }

  async pull(device: 'gun' | 'printer'): Promise<void> {
    const from = this.#said.length;
    this.#tell({ kind: 'pull', device });
    await this.#hear('pulled', from);
  }

  async plug(device: 'gun' | 'printer'): Promise<void> {
    const from = this.#said.length;
    this.#tell({ kind: 'plug', device });
    await this.#hear('plugged', from);
  }

  async close(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#ended;
  }

  #tell(order: ToShop): void {
    this.#process.send(order);
  }

  #hear<K extends FromShop['kind']>(kind: K, from: number, deadlineMs = 60_000): Promise<Said<K>> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(check);
        clearTimeout(timer);
      };
      const check = () => {
        const later = this.#said.slice(from);
        const found = later.find((message): message is Said<K> => message.kind === kind);
        const failed = later.find((message) => message.kind === 'failed');
        if (!found && !failed) return;
        end();
        if (found) resolve(found);
        else reject(new Error(failed?.reason));
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`the shop did not say ${kind}; ${JSON.stringify(this.#said.slice(from))}`));
      }, deadlineMs);
      void this.#ended.then(() => {
        end();
        reject(new Error(`the shop ended before it said ${kind}`));
      });
      this.#waiting.add(check);
      check();
    });
  }
}
