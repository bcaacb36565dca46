import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Aedes } from 'aedes';
import { MqttClient } from 'mqtt';
import { CounterTill } from './counter-till.ts';

/**
 * The far side of every wire, in one process: guns, printers, the broker and a backend that answers at once. Whatever it
 * costs, it costs every till at it the same; it holds no model of a printer or an acquirer that could slow them down.
 */
export class Counter {
  readonly brokerPort: number;
  readonly #tills: Map<string, CounterTill>;
  readonly #client: MqttClient;
  readonly #stopBroker: () => Promise<void>;

  static async open(): Promise<Counter> {
    const tills = new Map<string, CounterTill>();
    const { port, stop } = await openBroker(tills);
    // mqtt.js leaves Nagle's algorithm on: 40 ms per answer (stack.md 1.1)
    const client = new MqttClient(() => connect({ host: '127.0.0.1', port, noDelay: true }), { reconnectPeriod: 0 });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    const filters = ['req/+', 'evt/+', 'res/+', 'time/req', 'dev/+/state'].map(
      (tail) => `pos/v1/bench/counter/+/${tail}`,
    );
    await client.subscribeAsync(filters, { qos: 1 });
    return new Counter(tills, port, client, stop);
  }

  private constructor(tills: Map<string, CounterTill>, port: number, client: MqttClient, stop: () => Promise<void>) {
    this.#tills = tills;
    this.#client = client;
    this.brokerPort = port;
    this.#stopBroker = stop;
    client.on('message', (topic, payload) => {
      const [, , , , agent = '', ...path] = topic.split('/');
      tills.get(agent)?.message(path, payload.toString());
    });
  }

  /** A gun, a printer and an address for one program. */
  seat(agent: string): CounterTill {
    const till = new CounterTill(agent, (topic, body) => {
      this.#client.publish(topic, JSON.stringify(body), { qos: 1 });
    });
    this.#tills.set(agent, till);
    return till;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#tills.values()].map((till) => till.close()));
    await this.#client.endAsync(true);
    await this.#stopBroker();
  }
}

/** The moment a request counts as on the wire: the broker has taken its PUBLISH apart, before it does anything with it. */
async function openBroker(tills: ReadonlyMap<string, CounterTill>) {
  const aedes = await Aedes.createBroker();
  aedes.authorizePublish = (_client, { topic }, done) => {
    if (topic.endsWith('/req/pay')) tills.get(topic.split('/')[4] ?? '')?.requested(performance.now());
    done(null);
  };
  const server = createServer({ noDelay: true }, (socket) => aedes.handle(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    await new Promise<void>((resolve) => aedes.close(resolve));
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, stop };
}
