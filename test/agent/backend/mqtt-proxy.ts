import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const DISCONNECT = 14;

/** One MQTT control packet as it went over the wire (MQTT 3.1.1 §2.2: type and flags, remaining length, body). */
export interface WirePacket {
  readonly from: 'client' | 'broker';
  readonly connection: number;
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly topic: string | undefined;
  readonly payload: string | undefined;
  readonly dup: boolean;
}

/** `hold` stops this direction of this connection for good; `cut` lets the packet pass and then cuts the connection. */
export type Verdict = 'pass' | 'drop' | 'hold' | 'cut';

/** A TCP proxy that sees packets, not chunks. */
export class MqttProxy {
  /** decides about every packet; replaced by a test */
  judge: (packet: WirePacket) => Verdict = () => 'pass';
  readonly packets: WirePacket[] = [];
  readonly #server = createServer({ noDelay: true }, (socket) => this.#join(socket));
  readonly #sockets = new Set<Socket>();
  #connections = 0;
  #target: number;

  constructor(target: number) {
    this.#target = target;
  }

  static async to(target: number): Promise<MqttProxy> {
    const proxy = new MqttProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#connections;
  }

  /** Every PUBLISH a client sent to a topic that ends so. */
  published(topicEnd: string): readonly WirePacket[] {
    return this.packets.filter(
      ({ from, type, topic }) => from === 'client' && type === PUBLISH && topic?.endsWith(topicEnd),
    );
  }

  retarget(port: number): void {
    this.#target = port;
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    const broker = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const connection = ++this.#connections;
    const cut = () => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    this.#pipe('client', connection, client, broker, cut);
    this.#pipe('broker', connection, broker, client, cut);
  }

  #pipe(from: WirePacket['from'], connection: number, source: Socket, sink: Socket, cut: () => void): void {
    let rest: Uint8Array = new Uint8Array();
    let held = false;
    source.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let length = packetLength(rest); length !== undefined && !held; length = packetLength(rest)) {
        const packet = parsePacket(from, connection, rest.slice(0, length));
        rest = rest.subarray(length);
        this.packets.push(packet);
        const verdict = this.judge(packet);
        if (verdict === 'pass' || verdict === 'cut') sink.write(packet.bytes);
        if (verdict === 'cut') setImmediate(cut);
        held = verdict === 'hold';
      }
    });
  }
}

function packetLength(bytes: Uint8Array): number | undefined {
  let remaining = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) << (7 * (i - 1));
    if (byte < 0x80) return bytes.length < 1 + i + remaining ? undefined : 1 + i + remaining;
  }
  throw new Error('not MQTT: remaining length of more than four bytes');
}

function parsePacket(from: WirePacket['from'], connection: number, bytes: Uint8Array): WirePacket {
  const [head = 0] = bytes;
  const type = head >> 4;
  const packet = { from, connection, type, bytes, dup: (head & 8) !== 0 };
  if (type !== PUBLISH) return { ...packet, topic: undefined, payload: undefined };
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at += 1;
  at += 1;
  const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const text = new TextDecoder();
  const topic = text.decode(bytes.subarray(at + 2, at + 2 + length));
  const packetId = (head & 0b0110) === 0 ? 0 : 2;
  // on MQTT 5 properties stand before the payload, which in this contract is a JSON object
  const body = text.decode(bytes.subarray(at + 2 + length + packetId));
  return { ...packet, topic, payload: body.slice(Math.max(0, body.indexOf('{"'))) };
}
