import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';

// How long a device that was plugged in is on its way to the agent. `udevadm monitor` says when the kernel made its node and when
// udev was done with it (CLOCK_MONOTONIC, as process.hrtime), the agent's log when it had it open.

/** The drivers of the counter's devices, and the nodes that they make. */
const NODES = {
  hidraw: /\/hidraw\d+ \(hidraw\)$/,
  evdev: /\/event\d+ \(input\)$/,
  cdc_acm: /\/ttyACM\d+ \(tty\)$/,
  ftdi_sio: /\/ttyUSB\d+ \(tty\)$/,
  usblp: /\/lp\d+ \(usbmisc\)$/,
} as const;
export type Driver = keyof typeof NODES;

interface Added {
  readonly by: 'KERNEL' | 'UDEV';
  readonly at: number;
  readonly node: string;
}

/** From the kernel's event on, ms. */
interface Plug {
  readonly udev: number;
  readonly agent: number;
}

export class PlugTimes {
  readonly #monitor: ChildProcess;
  readonly #added: Added[] = [];
  readonly #plugs = new Map<Driver, Plug[]>();

  constructor() {
    const args = ['monitor', '--kernel', '--udev'];
    const monitor = spawn('stdbuf', ['-oL', 'udevadm', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: monitor.stdout }).on('line', (line) => {
      const [, by, seconds, node = ''] = /^(KERNEL|UDEV) *\[(\d+\.\d+)\] add +(.+)$/.exec(line) ?? [];
      if (by === 'KERNEL' || by === 'UDEV') this.#added.push({ by, at: 1_000 * Number(seconds), node });
    });
    this.#monitor = monitor;
  }

  close(): void {
    this.#monitor.kill();
  }

  /** One plug, of a driver, behind `since`; `connectedAt`: the wall clock of the agent's word. */
  note(driver: Driver, since: number, connectedAt: number): void {
    const connected = connectedAt - Date.now() + monotonicMs();
    // the agent's time is in whole milliseconds
    const isMine = ({ at, node }: Added) => at >= since && at <= connected + 1 && NODES[driver].test(node);
    const [kernel, udev] = (['KERNEL', 'UDEV'] as const).map((by) =>
      this.#added.findLast((one) => one.by === by && isMine(one)),
    );
    if (!kernel)
      throw new Error(`no node of ${driver} between ${since} and ${connected}: ${JSON.stringify(this.#added)}`);
    const plug = { udev: (udev ?? kernel).at - kernel.at, agent: connected - kernel.at };
    this.#plugs.set(driver, [...(this.#plugs.get(driver) ?? []), plug]);
  }

  /** A line for each driver. */
  told(): string {
    const lines = [...this.#plugs].map(
      ([driver, plugs]) =>
        `  ${driver}, ${plugs.length} plugs: udev ${spread(plugs.map(({ udev }) => udev))}; agent ${spread(plugs.map(({ agent }) => agent))}`,
    );
    const loose = 'a gun that was pulled four times within a minute is told of 5 s later: its codes count before';
    return `from the kernel's event to\n${lines.join('\n')}\n  (${loose})\n`;
  }
}

/** The clock of {@link PlugTimes}. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function spread(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b).map((one) => Math.round(one));
  return `half within ${sorted[(sorted.length - 1) >> 1]} ms, all within ${sorted.at(-1)} ms`;
}
