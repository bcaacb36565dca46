import { Backoff } from '../../agent/backend/backoff.ts';
import { type BrokerProblem, refused, unreachable } from '../../agent/backend/broker-problem.ts';
import type { Incoming, Outgoing, Route } from '../../agent/backend/broker-session.ts';
import type { LinkDeps, LinkListener, LinkOptions } from '../../agent/backend/link.ts';
import { explain } from '../../agent/errors.ts';
import type { BrokerLink } from '../../agent/outside.ts';
import { canonicalJson } from '../../protocols/backend/canonical.ts';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import type { AgentState } from '../../protocols/backend/presence.ts';
import { topicsOf } from '../../protocols/backend/topics.ts';
import { HOP_MS, type MemoryBroker, type Owed, type Passing } from './broker.ts';

// The times of the real link, agent/backend/broker-session.ts and link.ts.
const CONNECT_TIMEOUT_MS = 4_000;
const PUBACK_TIMEOUT_MS = 5_000;
/** 15 s keep-alive, found out at half as much again */
const DEAD_AFTER_MS = 22_500;
const PUMP_DEADLINE_MS = 100;
const GOOD_SESSION_MS = 10_000;

/** One TCP connection with its MQTT session, from CONNECT to its end. */
interface Connection {
  readonly since: number;
  /** nothing gets through any more, and nobody was told */
  deaf: boolean;
  /** reset: what was on its way is lost. A process that dies leaves its last bytes to the kernel, which still sends them */
  cut: boolean;
  ready: boolean;
  /** messages wait here while the one before them is handled */
  readonly inbox: Owed[];
  busy: boolean;
  readonly watches: Set<() => void>;
}

/**
 * The agent's broker link without MQTT and sockets, with the same promises: `publish` hands over or says no, a QoS 1
 * message is acknowledged when its handler is done and delivered again when it is not, a drop is reported once, and the
 * next connection comes by itself.
 */
export class MemoryLink implements BrokerLink {
  readonly #broker: MemoryBroker;
  readonly #options: LinkOptions;
  readonly #deps: LinkDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #routes: Route[] = [];
  readonly #listeners: LinkListener[] = [];
  readonly #backoff: Backoff;
  #connection: Connection | undefined;
  #conn = 0;
  #started = false;
  #closed = false;
  #killed = false;
  #cancelConnect: () => void = () => undefined;

  constructor(broker: MemoryBroker, options: LinkOptions, deps: LinkDeps) {
    this.#broker = broker;
    this.#options = options;
    this.#deps = deps;
    this.#topics = topicsOf(options.till);
    this.#backoff = new Backoff(deps.random);
  }

  get online(): boolean {
    return this.#connection?.ready === true;
  }

  route(route: Route): void {
    this.#routes.push(route);
  }

  listen(listener: LinkListener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    if (!this.#started && !this.#closed) this.#connect();
    this.#started = true;
  }

  publish(message: Outgoing): boolean {
    const connection = this.#connection;
    const text = message.body === undefined ? '' : canonicalJson(message.body);
    if (!connection || Buffer.byteLength(text) > MAX_MESSAGE_BYTES) return false;
    const { topic, qos, retain = false } = message;
    this.#send(connection, { direction: 'up', topic, text, qos, retain });
    return true;
  }

  /** Says farewell and is gone, without the time a socket would take. */
  close(): Promise<void> {
    if (this.#connection && !this.#connection.deaf) this.#broker.accept(this.#state('offline'));
    this.#vanish();
    return Promise.resolve();
  }

  /** The process dies: the broker sees the connection drop and publishes the will; nobody here hears of it. */
  kill(): void {
    this.#killed = true;
    if (this.#connection) this.#broker.accept(this.#state('lost'));
    this.#vanish();
  }

  // --- for MemoryBroker

  /** The connection is gone and this end knows. */
  connectionLost(detail: string): void {
    if (!this.#connection || this.#closed) return;
    this.#broker.accept(this.#state('lost'));
    this.#ended(unreachable(detail));
  }

  goDeaf(): void {
    const connection = this.#connection;
    if (!connection) return;
    connection.deaf = true;
    this.#watch(connection, DEAD_AFTER_MS, () => this.connectionLost('keep-alive timed out'));
  }

  /** A message for this till reached the broker while the connection stood. */
  arrived(owed: Owed): void {
    const connection = this.#connection;
    if (connection) this.#hop(connection, () => this.#receive(connection, owed));
  }

  // --- connecting

  #connect(): void {
    this.#conn += 1;
    const { clock } = this.#deps;
    if (!this.#broker.running) {
      this.#cancelConnect = clock.after(HOP_MS, () => this.#failed(unreachable('ECONNREFUSED')));
      return;
    }
    this.#cancelConnect = clock.after(2 * HOP_MS, () => {
      if (!this.#broker.running) this.#failed(unreachable('ECONNRESET'));
      else if (this.#broker.admits) this.#connected();
      else this.#failed(refused('CONNACK 5'));
    });
  }

  #failed(problem: BrokerProblem): void {
    this.#deps.log.warn({}, explain(problem.code, problem.detail));
    for (const listener of this.#listeners) listener.problem?.(problem);
    this.#retry(problem.code === 'BROKER_REFUSED');
  }

  /** CONNACK: what the broker kept comes at once, before the subscriptions are granted. */
  #connected(): void {
    const { clock } = this.#deps;
    const connection: Connection = {
      since: clock.mono(),
      deaf: false,
      cut: false,
      ready: false,
      inbox: [],
      busy: false,
      watches: new Set(),
    };
    this.#connection = connection;
    for (const owed of this.#broker.connected(this, this.#options.clientId, this.#options.till)) this.arrived(owed);
    this.#watch(connection, CONNECT_TIMEOUT_MS, () => {
      if (!connection.ready) this.connectionLost('no SUBACK in time');
    });
    this.#hop(connection, () => this.#ready(connection));
  }

  #ready(connection: Connection): void {
    connection.ready = true;
    this.#send(connection, this.#state('online'));
    for (const listener of this.#listeners) listener.up?.();
  }

  #ended(problem: BrokerProblem): void {
    const connection = this.#connection;
    if (!connection) return;
    connection.cut = true;
    this.#drop(connection);
    if (connection.ready) for (const listener of this.#listeners) listener.down?.(problem);
    if (this.#deps.clock.mono() - connection.since >= GOOD_SESSION_MS) this.#backoff.reset();
    for (const listener of this.#listeners) listener.problem?.(problem);
    this.#retry();
  }

  #retry(wasRefused = false): void {
    if (this.#closed) return;
    const wait = wasRefused ? this.#backoff.nextAfterRefusal() : this.#backoff.next();
    this.#cancelConnect = this.#deps.clock.after(wait, () => this.#connect());
  }

  #drop(connection: Connection): void {
    this.#connection = undefined;
    this.#broker.disconnected(this, this.#options.clientId);
    for (const cancel of connection.watches) cancel();
  }

  #vanish(): void {
    this.#closed = true;
    this.#cancelConnect();
    if (this.#connection) this.#drop(this.#connection);
  }

  // --- messages

  /** QoS 1: silence of the broker is a dead link, found before the keep-alive finds it. */
  #send(connection: Connection, message: Passing): void {
    const calm =
      message.qos === 1
        ? this.#watch(connection, PUBACK_TIMEOUT_MS, () => this.connectionLost('no PUBACK in time'))
        : () => undefined;
    this.#broker.clock.after(HOP_MS, () => {
      if (connection.cut || connection.deaf) return;
      this.#broker.accept(message);
      this.#hop(connection, calm);
    });
  }

  #receive(connection: Connection, owed: Owed): void {
    connection.inbox.push(owed);
    if (!connection.busy) this.#next(connection);
  }

  /** One message at a time, and none holds up the others for longer than the pump's deadline. */
  #next(connection: Connection): void {
    connection.busy = false;
    const owed = this.#connection === connection ? connection.inbox.shift() : undefined;
    if (!owed) return;
    connection.busy = true;
    let passedOn = false;
    const passOn = () => {
      if (passedOn) return;
      passedOn = true;
      cancel();
      this.#next(connection);
    };
    const cancel = this.#watch(connection, PUMP_DEADLINE_MS, passOn);
    void this.#handle(owed).then((done) => {
      if (this.#killed) return;
      if (done && this.#connection === connection) this.#broker.acknowledged(this.#options.clientId, owed.id);
      done?.();
      passOn();
    });
  }

  /** What to do after the acknowledgement, or `undefined` when none is due: the broker delivers the message again. */
  async #handle(owed: Owed): Promise<(() => void) | undefined> {
    const route = this.#routes.find(({ filter }) => matches(filter, owed.topic));
    if (!route) return () => undefined;
    const message: Incoming = { topic: owed.topic, payload: Buffer.from(owed.text), retained: owed.retain };
    try {
      return (await route.handle(message)) ?? (() => undefined);
    } catch (error) {
      this.#deps.log.error({ topic: owed.topic, detail: String(error) }, 'handling a message failed');
      return undefined;
    }
  }

  /** One way through this connection towards the till, if it still stands and is not deaf by then. */
  #hop(connection: Connection, arrive: () => void): void {
    this.#deps.clock.after(HOP_MS, () => {
      if (this.#connection === connection && !connection.deaf) arrive();
    });
  }

  #watch(connection: Connection, ms: number, late: () => void): () => void {
    const stop = this.#deps.clock.after(ms, () => {
      connection.watches.delete(cancel);
      late();
    });
    const cancel = () => {
      connection.watches.delete(cancel);
      stop();
    };
    connection.watches.add(cancel);
    return cancel;
  }

  #state(s: AgentState['s']): Passing {
    const ts = Math.round(this.#deps.backendNow?.() ?? this.#deps.clock.now());
    const body: AgentState = { v: 1, s, boot: this.#options.boot, conn: this.#conn, ts };
    return { direction: 'up', topic: this.#topics.state, text: canonicalJson(body), qos: 1, retain: true };
  }
}

/** Filters of this contract are a topic, or a topic whose last level is `+`. */
function matches(filter: string, topic: string): boolean {
  if (!filter.endsWith('/+')) return filter === topic;
  const stem = filter.slice(0, -1);
  return topic.startsWith(stem) && !topic.includes('/', stem.length);
}
