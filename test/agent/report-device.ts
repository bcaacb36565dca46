import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { encodeReportMessage, type ReportMessage, ReportStreamReader } from '../../protocols/framing/report-stream.ts';

/** A report descriptor of the vectors, by its name there. */
export function descriptorOf(name: string): Uint8Array {
  const file = new URL('../vectors/scanners/hid-descriptors.json', import.meta.url);
  const vectors: { name: string; hex: string }[] = JSON.parse(readFileSync(file, 'utf8'));
  return fromHex(vectors.find((vector) => vector.name === name)?.hex ?? '') ?? new Uint8Array();
}

/** The device's side of a report stream, as a story drives it by hand. */
export class ReportDevice {
  readonly heard: ReportMessage[] = [];
  readonly #hello: Uint8Array;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #answers = true;
  port = 0;
  greetings = 0;

  constructor(vendorId: number, productId: number, descriptor: Uint8Array) {
    const texts = { manufacturer: '', product: 'Gun', serialNumber: 'S1' };
    this.#hello = encodeReportMessage({ kind: 'hello', vendorId, productId, release: 0x100, ...texts, descriptor });
  }

  /** On the port it had, or a free one. */
  async plug(): Promise<void> {
    const server = createServer((socket) => this.#take(socket));
    this.#server = server;
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
    const address = server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
  }

  async unplug(): Promise<void> {
    this.#socket?.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((done) => server.close(done));
  }

  /** As when the network cable is pulled: no word any more, and no goodbye. */
  fallSilent(): void {
    this.#answers = false;
  }

  send(...reports: Uint8Array[]): void {
    for (const report of reports) this.#socket?.write(encodeReportMessage({ kind: 'input', report }));
  }

  #take(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    this.#answers = true;
    this.greetings += 1;
    const reader = new ReportStreamReader('host');
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const message of reader.push(bytes)) if (message.kind !== 'broken') this.#hear(message, socket);
    });
    socket.write(this.#hello);
  }

  #hear(message: ReportMessage, socket: Socket): void {
    if (!this.#answers) return;
    if (message.kind === 'ping') return void socket.write(encodeReportMessage({ ...message, kind: 'pong' }));
    this.heard.push(message);
    if (message.kind === 'set-feature')
      socket.write(encodeReportMessage({ kind: 'done', request: message.request, ok: true, report: new Uint8Array() }));
  }
}
