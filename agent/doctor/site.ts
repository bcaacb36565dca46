import { DEVICES, type Device } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Config, ConfigError } from '../config.ts';
import type { FoundDevice } from '../devices/discovery/found-device.ts';
import { listDevices } from '../devices/discovery/list-devices.ts';

/** Where the operating system tells about itself; a test builds its own. */
export interface Roots {
  readonly dev: string;
  readonly sys: string;
  readonly proc: string;
  readonly etc: string;
  /** rules that came with packages: /usr/lib */
  readonly lib: string;
}

export const MACHINE: Roots = { dev: '/dev', sys: '/sys', proc: '/proc', etc: '/etc', lib: '/usr/lib' };

/** Who runs this. */
export interface Account {
  readonly uid: number;
  readonly gids: readonly number[];
}

/** A device as the running agent tells of it. */
export interface ToldDevice {
  readonly device: string;
  readonly state: 'online' | 'offline';
  readonly reason?: string | undefined;
}

/** The agent of this till, running now: it holds the devices, so it is asked, and they are not opened. */
export interface RunningAgent {
  readonly pid: number;
  /** `undefined`: it does not answer */
  readonly devices: readonly ToldDevice[] | undefined;
}

export interface SiteParts {
  readonly configFile: string | undefined;
  readonly config: Config | undefined;
  /** why the file that was named is of no use */
  readonly configProblem: ConfigError | undefined;
  readonly roots: Roots;
  readonly account: Account | undefined;
  /** `v20.19.0` */
  readonly node: string;
  readonly clock: Clock;
  readonly agent: RunningAgent | undefined;
  /** how long to wait for somebody to scan something, ms; 0: nobody stands there */
  readonly scanWithinMs: number;
}

/** The till that is examined: its configuration, its machine, and the agent that runs there or does not. */
export class Site {
  readonly parts: SiteParts;
  #devices: Promise<readonly FoundDevice[]> | undefined;

  constructor(parts: SiteParts) {
    this.parts = parts;
  }

  /** What is plugged in, looked at once. */
  devices(): Promise<readonly FoundDevice[]> {
    this.#devices ??= listDevices(this.parts.roots);
    return this.#devices;
  }

  /** the paths in the configuration, by device */
  get paths(): readonly { readonly dev: Device; readonly path: string }[] {
    const { config } = this.parts;
    if (!config) return [];
    return DEVICES.flatMap((dev) => {
      const path = config[dev]?.path;
      return path === undefined ? [] : [{ dev, path }];
    });
  }
}
