import { readdirSync } from 'node:fs';
import process from 'node:process';
import type { LinkListener } from '../../agent/transport/link.ts';

// A cable that is pulled and put back again and again, and what is left behind each time: nothing.

/** A device whose cable is in. `say` resolves when a code is on its way. */
export interface CycledDevice {
  say(code: string): Promise<unknown>;
  pull(): Promise<unknown>;
  plug(): unknown;
}

export interface Sample {
  readonly cycle: number;
  readonly rssKb: number;
  readonly heapKb: number;
  readonly files: number;
  readonly threads: number;
}

/** What a link tells, without a memory of it: a record that grows would be measured as well. */
export class CycleListener implements LinkListener {
  #heard = '';
  #isUp = false;
  #wake: () => void = () => undefined;

  up(): void {
    this.#isUp = true;
    this.#wake();
  }

  bytes(bytes: Uint8Array): void {
    this.#heard = (this.#heard + Buffer.from(bytes).toString('latin1')).slice(-256);
    this.#wake();
  }

  down(): void {
    this.#isUp = false;
    this.#heard = '';
    this.#wake();
  }

  isUp(): Promise<void> {
    return this.#until(() => this.#isUp, 'it did not come up');
  }

  isDown(): Promise<void> {
    return this.#until(() => !this.#isUp, 'its unplug was not noticed');
  }

  hears(code: string): Promise<void> {
    return this.#until(() => this.#heard.includes(code), `${code} was not heard`);
  }

  #until(is: () => boolean, otherwise: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(otherwise)), 60_000);
      this.#wake = () => {
        if (!is()) return;
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve();
      };
      this.#wake();
    });
  }
}

/** One code at every plug. Samples are taken while the device is open, after a collection where `--expose-gc` was given. */
export async function cycle(
  device: CycledDevice,
  listener: CycleListener,
  cycles: number,
  every: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let n = 1; n <= cycles; n++) {
    const code = `13${String(n).padStart(16, '0')}`;
    await listener.isUp();
    await device.say(`${code}\r`);
    await listener.hears(code);
    if (n % every === 0) samples.push(sample(n));
    await device.pull();
    await listener.isDown();
    await device.plug();
  }
  return samples;
}

export function sample(at: number): Sample {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cycle: at,
    rssKb: Math.round(rss / 1024),
    heapKb: Math.round(heapUsed / 1024),
    files: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
  };
}

/** Ten points of it, in MiB: does it level off? */
export function curve(samples: readonly Sample[]): string {
  const step = Math.max(1, Math.floor(samples.length / 10));
  const points = samples.filter((_, n) => (n + 1) % step === 0);
  return points
    .map(({ cycle: n, rssKb, heapKb }) => `${n}: ${(rssKb / 1024).toFixed(1)} (heap ${(heapKb / 1024).toFixed(2)})`)
    .join(', ');
}

/** Least squares: how much a figure grows with each cycle. `without`: the part in which caches fill. */
export function slope(samples: readonly Sample[], figure: 'rssKb' | 'heapKb' | 'files', without = 0.2): number {
  const late = samples.slice(Math.floor(samples.length * without));
  const x = mean(late.map(({ cycle: n }) => n));
  const y = mean(late.map((row) => row[figure]));
  const products = late.map((row) => (row.cycle - x) * (row[figure] - y));
  const squares = late.map((row) => (row.cycle - x) ** 2);
  return mean(products) / mean(squares);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
