import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../agent/clock.ts';
import type { ByteLink, LinkProblem } from '../../agent/transport/link.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { encodeReportMessage, ReportStreamReader } from '../../protocols/framing/report-stream.ts';
import type { Plug } from '../../simulator/guns/gun.ts';
import type { UsbIdentity } from '../../simulator/personalities/guns.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { ReportStreamWire } from '../../simulator/wires/report-stream.ts';
import type { Wire } from '../../simulator/wires/wire.ts';

// What lies between a simulated gun and a decoder: nothing, a pty with the real serialport, or a socket. The bytes are real,
// time is not: whoever drives the gun lets the clock go on when nothing is under way on the cable any more.

export interface Cable {
  /** the gun's end */
  readonly wire: Wire;
  readonly plug: Plug;
  readonly isConnected: boolean;
  /** the decoder's end */
  onBytes: (bytes: Uint8Array) => void;
  onUp: () => void;
  onDown: () => void;
  write(bytes: Uint8Array): void;
  /** resolves when all that was said at either end was heard at the other */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

const DEADLINE_MS = 20_000;

abstract class CountingCable {
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  onUp: () => void = () => undefined;
  onDown: () => void = () => undefined;
  /** bytes on their way to either end, and calls that have not come back */
  protected underWay = 0;
  protected isUp = false;
  /** pulled on purpose, and not put back yet */
  protected isPulled = false;
  /** it is being pulled now */
  protected isPulling = false;

  /** why it is down */
  protected problem = 'never up';

  protected abstract get far(): Wire;

  get wire(): Wire {
    return {
      send: async (bytes) => {
        this.underWay += this.isUp ? 1 + bytes.length : 1;
        const sent = await this.far.send(bytes);
        this.underWay -= 1;
        return sent;
      },
      listen: (hear) =>
        this.far.listen((bytes) => {
          this.underWay -= bytes.length;
          hear(bytes);
        }),
      pause: () => this.far.pause(),
      resume: () => this.far.resume(),
    };
  }

  get isConnected(): boolean {
    return this.isUp;
  }

  async quiet(): Promise<void> {
    const until = performance.now() + DEADLINE_MS;
    for (let calm = 0; calm < 2; ) {
      await new Promise((resolve) => setImmediate(resolve));
      calm = this.underWay === 0 && !this.isPulling && (this.isUp || this.isPulled) ? calm + 1 : 0;
      if (performance.now() > until)
        throw new Error(`${this.underWay} bytes were not heard, ${this.isUp ? 'up' : this.problem}`);
    }
  }

  protected heard(bytes: Uint8Array): void {
    this.underWay -= bytes.length;
    this.onBytes(bytes);
  }

  protected up(): void {
    this.isUp = true;
    this.onUp();
  }

  /** What was under way is lost. */
  protected down(): void {
    this.isUp = false;
    this.underWay = 0;
    this.onDown();
  }

  protected async beforePull(): Promise<void> {
    this.isPulling = true;
    await this.until(() => this.underWay === 0);
    this.isPulled = true;
  }

  protected async afterPull(): Promise<void> {
    await this.until(() => !this.isUp);
    this.isPulling = false;
  }

  protected async until(isSo: () => boolean): Promise<void> {
    const until = performance.now() + DEADLINE_MS;
    while (!isSo()) {
      if (performance.now() > until) throw new Error('the cable did not come to this state');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** No cable at all. */
export class MemoryCable extends CountingCable implements Cable {
  #hear: (bytes: Uint8Array) => void = () => undefined;

  protected get far(): Wire {
    return {
      send: (bytes) => {
        if (this.isUp) this.heard(bytes.slice());
        return Promise.resolve(this.isUp);
      },
      listen: (hear) => {
        this.#hear = hear;
      },
      pause: () => undefined,
      resume: () => undefined,
    };
  }

  readonly plug: Plug = {
    pull: () => {
      this.isPulled = true;
      this.down();
      return Promise.resolve();
    },
    plug: () => {
      this.isPulled = false;
      this.up();
    },
  };

  constructor() {
    super();
    this.isUp = true;
  }

  write(bytes: Uint8Array): void {
    this.underWay += bytes.length;
    this.#hear(bytes.slice());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A pty, the real serialport and the agent's supervised link above it. */
export class PtyCable extends CountingCable implements Cable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  readonly #path = join(this.#folder, 'gun');
  readonly #pty = new PtyWire({ link: this.#path });
  readonly #link: ByteLink;
  #writing: Promise<unknown> = Promise.resolve();

  protected get far(): Wire {
    return this.#pty;
  }

  /** What was sent before the pull is let through: what a pull does to bytes under way is the transport's own test. */
  readonly plug: Plug = {
    pull: async () => {
      await this.beforePull();
      await this.#pty.hangup();
      await this.afterPull();
    },
    plug: () => {
      this.#pty.replug();
      this.isPulled = false;
    },
  };

  constructor() {
    super();
    this.#link = openSerialLink(
      { path: this.#path, baudRate: 115_200 },
      { up: () => this.up(), bytes: (bytes) => this.heard(bytes), down: (problem) => this.#lost(problem) },
      { clock: systemClock, random: () => 0 },
    );
  }

  write(bytes: Uint8Array): void {
    if (!this.isUp) return;
    this.underWay += bytes.length;
    this.#writing = this.#writing.then(() => this.#link.write(bytes, 5_000, 'taken'));
  }

  #lost({ code, detail }: LinkProblem): void {
    this.problem = `${code} ${detail}`;
    this.down();
    if (code === 'PORT_BUSY') this.#takeAnotherNumber();
  }

  /** The kernel gave us a number whose dead predecessor somebody still has locked: the next one is free. */
  #takeAnotherNumber(): void {
    const inBetween = new PtyWire();
    void this.#pty.hangup().then(() => {
      const another = new PtyWire();
      this.#pty.replug();
      void Promise.all([inBetween.close(), another.close()]);
    });
  }

  async close(): Promise<void> {
    await this.#link.close();
    await this.#pty.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Reports over a socket, read with the framing alone. */
export class ReportCable extends CountingCable implements Cable {
  readonly #stream: ReportStreamWire;
  #socket: net.Socket | undefined;

  protected get far(): Wire {
    return this.#stream;
  }

  readonly plug: Plug = {
    pull: async () => {
      await this.beforePull();
      await this.#stream.close();
      await this.afterPull();
    },
    plug: () => {
      this.isPulled = false;
      void this.#stream.replug().then(() => this.#connect());
    },
  };

  private constructor(stream: ReportStreamWire) {
    super();
    this.#stream = stream;
  }

  static async open({ descriptor, ...usb }: UsbIdentity): Promise<ReportCable> {
    const bytes = fromHex(descriptor) ?? new Uint8Array();
    const cable = new ReportCable(new ReportStreamWire({ kind: 'hello', release: 0x0100, ...usb, descriptor: bytes }));
    await cable.#stream.open();
    cable.#connect();
    return cable;
  }

  write(report: Uint8Array): void {
    if (!this.isUp) return;
    this.underWay += report.length;
    this.#socket?.write(encodeReportMessage({ kind: 'output', report }));
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await this.#stream.close();
  }

  #connect(): void {
    const reader = new ReportStreamReader('device');
    const port = Number(this.#stream.path.split(':')[2]);
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket = socket;
    socket.on('data', (bytes) => {
      for (const message of reader.push(bytes)) {
        if (message.kind === 'hello') this.up();
        else if (message.kind === 'input') this.heard(message.report);
        else throw new Error(`a gun does not say ${message.kind}`);
      }
    });
    socket.on('close', () => this.isUp && this.down());
  }
}
