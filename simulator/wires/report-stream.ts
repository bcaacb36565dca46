import { encodeReportMessage, type ReportHello, ReportStreamReader } from '../../protocols/framing/report-stream.ts';
import { DeviceServerWire } from './device-server.ts';
import type { PlugName, PortWire } from './wire.ts';

/** HID reports over a socket: what is sent and heard is one report each. Feature reports are taken, and none is told. */
export class ReportStreamWire implements PortWire {
  readonly tcp: DeviceServerWire;
  #reader = new ReportStreamReader('host');
  #hear: ((report: Uint8Array) => void) | undefined;

  constructor(hello: ReportHello, port = 0) {
    this.tcp = new DeviceServerWire({ port, greeting: () => encodeReportMessage(hello) });
    this.tcp.onVisitor = () => {
      this.#reader = new ReportStreamReader('host');
    };
  }

  get path(): string {
    return `reports://${this.tcp.address}`;
  }

  get hasVisitor(): boolean {
    return this.tcp.hasVisitor;
  }

  open(): Promise<void> {
    return this.tcp.open();
  }

  hangup(): Promise<void> {
    return this.tcp.hangup();
  }

  replug(name?: PlugName): Promise<void> {
    return this.tcp.replug(name);
  }

  send(report: Uint8Array): Promise<boolean> {
    return report.length === 0 ? Promise.resolve(true) : this.tcp.send(encodeReportMessage({ kind: 'input', report }));
  }

  listen(hear: (report: Uint8Array) => void): void {
    this.#hear = hear;
    this.tcp.listen((bytes) => this.#take(bytes));
  }

  pause(): void {
    this.tcp.pause();
  }

  resume(): void {
    this.tcp.resume();
  }

  close(): Promise<void> {
    return this.tcp.close();
  }

  #take(bytes: Uint8Array): void {
    for (const message of this.#reader.push(bytes)) {
      if (message.kind === 'output') this.#hear?.(message.report);
      else if (message.kind === 'ping') this.#answer({ kind: 'pong', number: message.number });
      else if (message.kind === 'set-feature')
        this.#answer({ kind: 'done', request: message.request, ok: true, report: new Uint8Array() });
      else if (message.kind === 'get-feature')
        this.#answer({ kind: 'done', request: message.request, ok: false, report: new Uint8Array() });
      else if (message.kind === 'broken') void this.tcp.hangup().then(() => this.tcp.replug());
    }
  }

  #answer(message: Parameters<typeof encodeReportMessage>[0]): void {
    void this.tcp.send(encodeReportMessage(message));
  }
}
