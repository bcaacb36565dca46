import type { PlugName, PortWire } from './wire.ts';

/** A port with somebody between the device and the till: what it says nothing about goes through as it is. */
export abstract class ThroughWire implements PortWire {
  protected readonly wire: PortWire;

  constructor(wire: PortWire) {
    this.wire = wire;
  }

  abstract send(bytes: Uint8Array): Promise<boolean>;
  abstract listen(hear: (bytes: Uint8Array) => void): void;

  get path(): string {
    return this.wire.path;
  }

  pause(): void {
    this.wire.pause();
  }

  resume(): void {
    this.wire.resume();
  }

  hangup(): Promise<void> {
    return this.wire.hangup();
  }

  replug(name?: PlugName): void | Promise<void> {
    return this.wire.replug(name);
  }

  close(): Promise<void> {
    return this.wire.close();
  }
}
