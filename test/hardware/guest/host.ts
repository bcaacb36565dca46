import { createInterface } from 'node:readline';
import { SerialPort } from 'serialport';
import { type GuestCall, HostReply, PLUGS_PORT } from '../stage/plugs-contract.ts';

type Wish = GuestCall extends infer Call ? (Call extends GuestCall ? Omit<Call, 'id'> : never) : never;

/** The guest's line to the host, which plugs, pulls and types. Calls are answered when done. */
export class Host {
  readonly #port: SerialPort;
  #calls = 0;
  readonly #waiting = new Map<number, (reply: HostReply) => void>();

  private constructor(port: SerialPort) {
    this.#port = port;
    createInterface({ input: port }).on('line', (line) => {
      const reply = HostReply.parse(JSON.parse(line));
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  static async open(): Promise<Host> {
    const port = new SerialPort({ path: PLUGS_PORT, baudRate: 115_200, autoOpen: false });
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    return new Host(port);
  }

  async ask(wish: Wish): Promise<void> {
    const id = ++this.#calls;
    const replied = new Promise<HostReply>((resolve) => this.#waiting.set(id, resolve));
    this.#port.write(`${JSON.stringify({ id, ...wish })}\n`);
    const { error } = await replied;
    if (error !== undefined) throw new Error(`the host could not: ${error}`);
  }

  plug(id: string, driver: string, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.ask({ do: 'plug', device: { driver, id, bus: 'usb.0', ...properties } });
  }

  unplug(device: string): Promise<void> {
    return this.ask({ do: 'unplug', device });
  }

  /** The far end of the USB serial adapter sends text. */
  say(text: string): Promise<void> {
    return this.ask({ do: 'say', hex: Buffer.from(text, 'latin1').toString('hex') });
  }

  type(text: string): Promise<void> {
    return this.ask({ do: 'type', text });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#port.close(() => resolve()));
  }
}
