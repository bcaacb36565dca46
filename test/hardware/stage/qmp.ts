import net from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const Message = z.union([
  z.object({ QMP: z.unknown() }),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).optional() }),
  z.object({ error: z.object({ desc: z.string() }) }),
  z.object({ return: z.unknown() }),
]);
type QmpEvent = Extract<z.infer<typeof Message>, { event: string }>;

/** QEMU's own control socket: devices are plugged in and pulled out, keys are pressed. Answers come in the order of calls. */
export class Qmp {
  readonly #socket: net.Socket;
  readonly #waiting: { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  readonly #watching = new Set<(event: QmpEvent) => void>();

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => this.#take(Message.parse(JSON.parse(line))));
  }

  static async connect(socket: net.Socket): Promise<Qmp> {
    const qmp = new Qmp(socket);
    await qmp.call('qmp_capabilities');
    return qmp;
  }

  call(execute: string, args?: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    });
  }

  /** Pulls a device out; resolves when the guest has let go of it. */
  async unplug(id: string): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      const watch = ({ event, data }: QmpEvent) => {
        if (event !== 'DEVICE_DELETED' || data?.['device'] !== id) return;
        this.#watching.delete(watch);
        resolve();
      };
      this.#watching.add(watch);
    });
    await this.call('device_del', { id });
    await gone;
  }

  #take(message: z.infer<typeof Message>): void {
    if ('QMP' in message) return;
    if ('event' in message) {
      this.#watching.forEach((watch) => watch(message));
      return;
    }
    const call = this.#waiting.shift();
    if ('error' in message) call?.reject(new Error(message.error.desc));
    else call?.resolve(message.return);
  }
}
