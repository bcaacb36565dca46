import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../agent/clock.ts';
import type { SerialScannerConfig } from '../../agent/devices/scanner/languages.ts';
import type { NoiseReport } from '../../agent/devices/scanner/noise.ts';
import { ScannerGun } from '../../agent/devices/scanner.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { LineDevice, type LineDeviceSettings } from '../line-device.ts';

/** A simulated gun on a real pty, read by the agent's gun through the real serialport. */
export class SerialShop {
  readonly scans: Scan[] = [];
  readonly noise: NoiseReport[] = [];
  ups = 0;
  readonly downs: string[] = [];
  readonly wire: PtyWire;
  readonly device: LineDevice;
  readonly gun: ScannerGun;
  readonly #folder: string;

  constructor(config: Partial<SerialScannerConfig> = {}, settings: LineDeviceSettings = {}) {
    this.#folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
    const path = join(this.#folder, 'gun');
    this.wire = new PtyWire({ link: path });
    this.device = new LineDevice(this.wire, settings, (ms) => pause(ms));
    const full = { path, baudRate: 115_200, terminator: 'auto', codeId: 'none', encoding: 'auto', ...config } as const;
    this.gun = new ScannerGun(
      full,
      {
        onScan: (scan) => this.scans.push(scan),
        onNoise: (report) => this.noise.push(report),
        onNoRead: () => undefined,
        onDuplicate: () => undefined,
        onUp: () => (this.ups += 1),
        onDown: ({ code }) => this.downs.push(code),
      },
      systemClock,
      (listener) => openSerialLink(full, listener, { clock: systemClock, random: () => 0.5 }),
    );
  }

  get codes(): string[] {
    return this.scans.map(({ text }) => text.reveal());
  }

  async close(): Promise<void> {
    await this.gun.close();
    await this.wire.close();
    rmSync(this.#folder, { recursive: true });
  }
}
