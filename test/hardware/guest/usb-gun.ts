import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { UsbGunKind } from './usb-gun-functions.ts';

/** The built program, also for a test that runs as it is written. */
const BUILT = import.meta.url.endsWith('.js') ? './' : '../../../dist/test/hardware/guest/';
const PROGRAM = new URL(`${BUILT}usb-gun-process.js`, import.meta.url);

/** Its process starts in 5 s on two quiet cores, emulated; and in half a minute on busy ones. */
const DEADLINE_MS = 60_000;

/** A line of what the gun's process told. */
type Fact = Readonly<Record<string, unknown>>;

/** A simulated USB gun (HID POS and CDC-ACM in one), as a device of this machine's kernel. */
export class UsbGun {
  readonly #process: ChildProcess;
  readonly facts: Fact[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(serialNumber: string, kind: UsbGunKind = 'gun') {
    this.#process = fork(PROGRAM, [kind, serialNumber], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
    if (this.#process.stdout)
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        this.facts.push(JSON.parse(line) as Fact);
        for (const check of this.#waiting) check();
      });
  }

  order(order: object): void {
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** What was told so far is not kept: a record that grows for a thousand plugs would be measured as well. */
  forget(): void {
    this.facts.length = 0;
  }

  /** Plugs it in; resolves when the kernel has taken the cable. */
  async plug(): Promise<void> {
    const before = this.facts.length;
    this.order({ do: 'plug' });
    await this.until((facts) => facts.slice(before).some((fact) => 'plugged' in fact));
  }

  until(condition: (facts: readonly Fact[]) => boolean, deadlineMs = DEADLINE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition(this.facts)) return;
        this.#waiting.delete(check);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => reject(new Error(`the gun told only ${JSON.stringify(this.facts)}`)), deadlineMs);
      this.#waiting.add(check);
      check();
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin?.end();
    await ended;
  }
}
