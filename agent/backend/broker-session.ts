import { type IClientPublishOptions, type ISubscriptionMap, MqttClient } from 'mqtt';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type BrokerProblem, problemOf, refused, unreachable } from './broker-problem.ts';
import { type BrokerServer, connectSocket, nullStore } from './broker-socket.ts';

/** A message as the broker delivered it, not yet looked into. */
export interface Incoming {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}

export type AfterAck = () => void;

/**
 * Takes a message. QoS 1 is acknowledged when it returns or its promise resolves, not before; a rejection withholds the
 * acknowledgement, so that the broker delivers the message again. What it resolves to runs after the acknowledgement.
 */
export type Handle = (message: Incoming) => void | Promise<AfterAck | undefined>;

export interface Route {
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly handle: Handle;
}

export interface Outgoing {
  readonly topic: string;
  /** undefined: no bytes at all, which takes a retained message away */
  readonly body: Json | undefined;
  readonly qos: 0 | 1;
  readonly retain?: boolean;
  /** MQTT 5 only, beside the same facts in the payload */
  readonly expiresInMs?: number;
  readonly replyTo?: string;
  readonly correlation?: string;
}

export interface SessionOptions {
  readonly server: BrokerServer;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly protocolVersion: 4 | 5;
  readonly routes: readonly Route[];
  readonly will: Outgoing;
}

export interface SessionListener {
  /** The broker said yes and granted every subscription. */
  ready(): void;
  /** Exactly once, also when `ready` never came. */
  ended(problem: BrokerProblem): void;
}

export const CONNECT_TIMEOUT_MS = 4_000;
/** Seconds. A dead link is noticed 1.5 times later (stack.md 4, row 12). */
const KEEPALIVE_S = 15;
/** A broker acknowledges at once; silence this long is a half-open link, found before the keep-alive finds it. */
const PUBACK_TIMEOUT_MS = 5_000;
/** How long one message may hold up the ones behind it; its own acknowledgement waits on. */
const PUMP_DEADLINE_MS = 100;
/** MQTT 5: how long the broker keeps commands for an absent till. Shorter than the seven days of the command memory. */
const SESSION_EXPIRY_S = 86_400;
const FAREWELL_MS = 400;

/**
 * One connection, from CONNECT to its end, over an mqtt.js client of its own: nothing of it (ids, callbacks, queued
 * packets) can reach the next connection. Knows nothing of tills and payments.
 */
export class BrokerSession {
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #client: MqttClient;
  readonly #watches = new Set<() => void>();
  #problem: BrokerProblem | undefined;
  #connected = false;
  #granted = false;
  #ended = false;

  constructor(options: SessionOptions, listener: SessionListener, clock: Clock, log: Log) {
    this.#options = options;
    this.#listener = listener;
    this.#clock = clock;
    this.#log = log;
    this.#client = new MqttClient(() => connectSocket(options.server), clientOptions(options));
    this.#client.handleMessage = (packet, done) =>
      this.#deliver({ topic: packet.topic, payload: bytesOf(packet.payload), retained: packet.retain }, done);
    this.#client.on('error', (error) => this.#drop(problemOf(error)));
    this.#client.on('disconnect', ({ reasonCode }) => this.#drop(unreachable(`DISCONNECT ${reasonCode ?? 0}`)));
    this.#client.on('connect', () => {
      this.#connected = true;
      this.#subscribe();
    });
    this.#client.on('close', () => this.#end());
    this.#client.connect();
  }

  /** From CONNACK on, before the subscriptions: queued commands come at once and want their answers. */
  get isConnected(): boolean {
    return this.#connected && !this.#ended && !this.#client.stream.destroyed;
  }

  /** Hands the message to the socket and returns true, or false when nothing of it left. */
  publish(message: Outgoing): boolean {
    return this.isConnected && this.#publish(message, () => undefined);
  }

  /** Says farewell, ends with DISCONNECT so that the broker drops the will, and is gone within a second. */
  async close(farewell: Outgoing): Promise<void> {
    if (this.isConnected) {
      await this.#within(FAREWELL_MS, (done) => this.#publish(farewell, done));
      this.#connected = false;
      this.#forgetUnacknowledged();
      await this.#within(FAREWELL_MS, (done) => this.#client.end(false, done));
    }
    this.#drop(unreachable('closed by the agent'));
    this.#end();
  }

  #publish(message: Outgoing, acknowledged: () => void): boolean {
    const payload = message.body === undefined ? '' : canonicalJson(message.body);
    if (Buffer.byteLength(payload) > MAX_MESSAGE_BYTES) {
      this.#log.error({ topic: message.topic, limitBytes: MAX_MESSAGE_BYTES }, 'message too large, not sent');
      return false;
    }
    if (message.qos === 0) {
      this.#client.publish(message.topic, payload, publishOptions(message, this.#options.protocolVersion));
      return true;
    }
    const unwatch = this.#watch(PUBACK_TIMEOUT_MS, () => this.#drop(unreachable('no PUBACK in time')));
    this.#client.publish(message.topic, payload, publishOptions(message, this.#options.protocolVersion), (error) => {
      unwatch();
      if (error && this.isConnected)
        this.#log.error({ topic: message.topic, detail: error.message }, 'publish refused');
      acknowledged();
    });
    // mqtt.js corks the socket until this turn of the event loop ends: all that the turn still does would go first
    this.#client.stream.uncork();
    return true;
  }

  #subscribe(): void {
    const wanted: ISubscriptionMap = {};
    for (const { filter, qos } of this.#options.routes) wanted[filter] = { qos };
    const unwatch = this.#watch(CONNECT_TIMEOUT_MS, () => this.#drop(unreachable('no SUBACK in time')));
    this.#client.subscribe(wanted, (error, granted = []) => {
      unwatch();
      if (this.#ended) return;
      const missing = granted.find(({ topic, qos }) => qos !== wanted[topic]?.qos)?.topic;
      if (error || missing) return this.#drop(refused(`SUBACK ${missing ?? error?.message}`));
      this.#granted = true;
      this.#listener.ready();
    });
  }

  #deliver(message: Incoming, done: (error?: Error) => void): void {
    const route = this.#options.routes.find(({ filter }) => matches(filter, message.topic));
    const handled = route ? this.#handle(route, message) : undefined;
    if (!handled) return done();
    // mqtt.js handles one packet at a time: an error lets the next ones pass without acknowledging this one, and calling
    // it again without an error sends the late PUBACK (mqtt 5.16 handlers/publish.js).
    let passedOn = false;
    const cancel = this.#watch(PUMP_DEADLINE_MS, () => {
      passedOn = true;
      done(new Error('acknowledged later'));
    });
    void handled.then((outcome) => {
      cancel();
      if (outcome === 'withhold') return passedOn ? undefined : done(new Error('not acknowledged'));
      if (!this.#ended) done();
      outcome?.();
    });
  }

  /** A message must not bring the program down: delivered again after the restart it would do so for ever. */
  #handle(route: Route, message: Incoming): Promise<AfterAck | undefined | 'withhold'> | undefined {
    const failed = (error: unknown) => {
      this.#log.error({ topic: message.topic, detail: String(error) }, 'handling a message failed');
      return 'withhold' as const;
    };
    try {
      return route.handle(message)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** Runs `late` after `ms` unless cancelled or the session ends first. */
  #watch(ms: number, late: () => void): () => void {
    const stop = this.#clock.after(ms, () => {
      this.#watches.delete(cancel);
      late();
    });
    const cancel = () => {
      this.#watches.delete(cancel);
      stop();
    };
    this.#watches.add(cancel);
    return cancel;
  }

  #within(ms: number, start: (done: () => void) => unknown): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#clock.after(ms, resolve);
      start(() => {
        stop();
        resolve();
      });
    });
  }

  /** mqtt.js does not end gracefully while a PUBACK is missing (stack.md 4, row 13). */
  #forgetUnacknowledged(): void {
    for (const id of Object.keys(this.#client.outgoing)) this.#client.removeOutgoingMessage(Number(id));
  }

  #drop(problem: BrokerProblem): void {
    this.#problem ??= problem;
    this.#client.stream.destroy();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const cancel of this.#watches) cancel();
    const problem = this.#problem ?? unreachable('connection closed');
    // closed without a word; a broker that is slow or says goodbye has thrown nobody out
    const isThrownOut = this.#connected && !this.#granted && this.#problem === undefined;
    this.#listener.ended(isThrownOut ? { ...problem, thrownOut: true } : problem);
  }
}

function clientOptions(options: SessionOptions) {
  const { clientId, username, password, protocolVersion, will } = options;
  return {
    clientId,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    protocolVersion,
    ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_S } } : {}),
    // the broker keeps commands for a till that is away; each carries its own expiry
    clean: false,
    manualConnect: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    outgoingStore: nullStore(),
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: KEEPALIVE_S,
    will: { topic: will.topic, payload: Buffer.from(canonicalJson(will.body ?? null)), qos: will.qos, retain: true },
  } as const;
}

function publishOptions(message: Outgoing, protocolVersion: 4 | 5): IClientPublishOptions {
  const { qos, retain = false, expiresInMs, replyTo, correlation } = message;
  if (protocolVersion === 4) return { qos, retain };
  const properties = {
    ...(expiresInMs === undefined ? {} : { messageExpiryInterval: Math.max(1, Math.ceil(expiresInMs / 1000)) }),
    ...(replyTo === undefined ? {} : { responseTopic: replyTo }),
    ...(correlation === undefined ? {} : { correlationData: Buffer.from(correlation) }),
  };
  return { qos, retain, properties };
}

/** Filters of this contract are a topic, or a topic whose last level is `+`. */
function matches(filter: string, topic: string): boolean {
  if (!filter.endsWith('/+')) return filter === topic;
  const stem = filter.slice(0, -1);
  return topic.startsWith(stem) && !topic.includes('/', stem.length);
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
