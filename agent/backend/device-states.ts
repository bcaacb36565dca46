import type { DeviceState } from '../../protocols/backend/presence.ts';
import { type Device, type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { MqttLink } from './link.ts';

export interface DeviceStatesDeps {
  readonly link: Pick<MqttLink, 'listen' | 'publish'>;
  readonly till: TillAddress;
  /** Unix milliseconds of the backend's clock */
  readonly backendNow: () => number;
}

export interface Remark {
  readonly code: string;
  /** Unix milliseconds of the backend's clock */
  readonly since: number;
}

/** What the backend is told of the devices: retained, on every change and on every new session. */
export class DeviceStates {
  /** Something about a device changed. */
  onChange: () => void = () => undefined;
  readonly #deps: DeviceStatesDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #states = new Map<Device, DeviceState>();
  readonly #remarks = new Map<Device, Remark>();

  constructor(deps: DeviceStatesDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    deps.link.listen({ up: () => this.#states.forEach((state) => this.#publish(state)) });
  }

  /** what is known of each device, as the backend was told */
  get all(): readonly DeviceState[] {
    return [...this.#states.values()];
  }

  /** Something about a device that works, by its code of the error table; only the counter is told. */
  remark(dev: Device, code: string | undefined): void {
    if (this.#remarks.get(dev)?.code === code) return;
    if (code === undefined) this.#remarks.delete(dev);
    else this.#remarks.set(dev, { code, since: this.#deps.backendNow() });
    this.onChange();
  }

  remarkOn(dev: Device): Remark | undefined {
    return this.#remarks.get(dev);
  }

  online(dev: Device): void {
    this.#set({ v: 1, dev, avail: 'online', since: this.#deps.backendNow() });
  }

  /** `reason`: a code of the error table */
  offline(dev: Device, reason: string): void {
    this.#set({ v: 1, dev, avail: 'offline', reason, since: this.#deps.backendNow() });
  }

  #set(state: DeviceState): void {
    this.#states.set(state.dev, state);
    this.onChange();
    this.#publish(state);
  }

  #publish(state: DeviceState): void {
    this.#deps.link.publish({ topic: this.#topics.device(state.dev), body: state, qos: 1, retain: true });
  }
}
