import { MqttClient } from 'mqtt';
import { TimeReply } from '../../protocols/backend/presence.ts';
import { topicsOf } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { problemOf } from './broker-problem.ts';
import { type BrokerServer, connectSocket } from './broker-socket.ts';

/** A broker answers in milliseconds, over a mobile line in a second. */
const STEP_MS = 4_000;

export interface BrokerProbe {
  /** why there is no session; absent: CONNECT was granted */
  readonly problem?: { readonly code: 'BROKER_UNREACHABLE' | 'BROKER_REFUSED'; readonly detail: string };
  /** each topic that the till needs, and whether SUBACK granted it */
  readonly topics: readonly { readonly topic: string; readonly granted: boolean }[];
  /** what this machine's clock is ahead (+) or behind (-) of the backend, ms; absent: nobody told the time */
  readonly clockErrorMs?: number;
}

/**
 * One session beside the till's own, under a name of its own, so that a running agent is not thrown out: CONNECT, SUBSCRIBE of
 * every topic that the till listens to, and the time. It has no will and leaves nothing behind.
 */
export async function probeBroker(
  server: BrokerServer,
  config: Pick<Config, 'address' | 'broker'>,
  newId: () => string,
  clock: Clock,
): Promise<BrokerProbe> {
  const { address } = config;
  const client = clientOf(server, config);
  try {
    const problem = await connected(client, clock);
    if (problem) return { problem, topics: [] };
    const topics = await subscribed(client, address);
    const clockErrorMs = await clockError(client, address, newId, clock);
    return { topics, ...(clockErrorMs === undefined ? {} : { clockErrorMs }) };
  } finally {
    client.end(true);
  }
}

/** CONNECT alone: why it is not granted, or `undefined`. */
export async function loginProblem(
  server: BrokerServer,
  config: Pick<Config, 'address' | 'broker'>,
  clock: Clock,
): Promise<BrokerProbe['problem']> {
  const client = clientOf(server, config);
  try {
    return await connected(client, clock);
  } finally {
    client.end(true);
  }
}

function clientOf(server: BrokerServer, { address, broker }: Pick<Config, 'address' | 'broker'>): MqttClient {
  return new MqttClient(() => connectSocket(server), {
    clientId: `tillwire-${address.tenant}-${address.store}-${address.agent}-doctor`,
    ...(broker.username === undefined ? {} : { username: broker.username }),
    ...(broker.password === undefined ? {} : { password: broker.password }),
    protocolVersion: broker.protocolVersion,
    clean: true,
    manualConnect: true,
    reconnectPeriod: 0,
    connectTimeout: STEP_MS,
  });
}

function connected(client: MqttClient, clock: Clock): Promise<BrokerProbe['problem']> {
  return new Promise((resolve) => {
    const callOff = clock.after(STEP_MS, () => done({ code: 'BROKER_UNREACHABLE', detail: 'no CONNACK in time' }));
    const done = (problem: BrokerProbe['problem']) => {
      callOff();
      resolve(problem);
    };
    client.on('connect', () => done(undefined));
    client.on('error', (error) => done(problemOf(error)));
    client.on('close', () => done({ code: 'BROKER_UNREACHABLE', detail: 'connection closed' }));
    client.connect();
  });
}

async function subscribed(client: MqttClient, address: Config['address']): Promise<BrokerProbe['topics']> {
  const { replies, commands, eventAck, timeReply, state } = topicsOf(address);
  const wanted = [replies, commands, eventAck, timeReply, state];
  return Promise.all(
    wanted.map(
      (topic) =>
        new Promise<{ topic: string; granted: boolean }>((resolve) => {
          client.subscribe(topic, { qos: 1 }, (error, granted = []) =>
            resolve({ topic, granted: !error && granted.every(({ qos }) => qos < 128) }),
          );
        }),
    ),
  );
}

/** The backend's clock was read somewhere on the way there and back. */
function clockError(
  client: MqttClient,
  address: Config['address'],
  newId: () => string,
  clock: Clock,
): Promise<number | undefined> {
  const { timeRequest, timeReply } = topicsOf(address);
  const id = newId();
  const asked = clock.now();
  return new Promise((resolve) => {
    const callOff = clock.after(STEP_MS, () => resolve(undefined));
    client.on('message', (topic, payload) => {
      const reply = topic === timeReply ? TimeReply.safeParse(jsonOf(payload)) : undefined;
      if (!reply?.success || reply.data.id !== id) return;
      callOff();
      const now = clock.now();
      resolve(Math.round((asked + now) / 2 - reply.data.ts));
    });
    client.publish(timeRequest, JSON.stringify({ v: 1, id, sent: Math.max(0, Math.round(asked)) }), { qos: 0 });
  });
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}
