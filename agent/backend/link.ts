import { type AgentInfo, AgentState } from '../../protocols/backend/presence.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { Backoff } from './backoff.ts';
import type { BrokerProblem } from './broker-problem.ts';
import { BrokerSession, type Incoming, type Outgoing, type Route } from './broker-session.ts';
import type { BrokerServer } from './broker-socket.ts';
import { MessageBorder } from './message-border.ts';
import { OwnName } from './own-name.ts';

export interface LinkOptions {
  /** tried in turn, one per attempt */
  readonly servers: readonly [BrokerServer, ...BrokerServer[]];
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** 4 is MQTT 3.1.1. The payloads are the same on both. */
  readonly protocolVersion?: 4 | 5;
  readonly till: TillAddress;
  /** ULID of this process's start, behind the one before it */
  readonly boot: string;
  readonly info: Omit<AgentInfo, 'v' | 'boot'>;
}

export interface LinkDeps {
  readonly clock: Clock;
  /** 0 <= x < 1 */
  readonly random: () => number;
  readonly log: Log;
  /** Unix milliseconds of the backend's clock, as far as it is known; the wall clock when absent */
  readonly backendNow?: () => number;
}

export interface LinkListener {
  /** A session stands: subscriptions granted, `online` published. */
  up?(): void;
  /** The session that stood is gone. */
  down?(problem: BrokerProblem): void;
  /** Why there is no session; called when the reason changes. */
  problem?(problem: BrokerProblem): void;
}

/** What this till says of itself comes back at once, unless the broker lets it have other topics than its own. */
const ECHO_MS = 10_000;
/** A session that stood this long was a good one: the next failure starts the backoff anew. */
const GOOD_SESSION_MS = 10_000;
/** A session that stood this long was not contested: another agent would have been back at once. */
const ALONE_MS = 60_000;
/** An old session's will can overwrite `online` (F19). More often than this in one session it is a second agent. */
const REPUBLISH_LIMIT = 3;

const NO_ECHO: BrokerProblem = {
  code: 'BROKER_TOPICS',
  detail: 'what this till says of itself does not come back: is its common name or user name its agent?',
};

/** As often in a row no network does it: some brokers (RabbitMQ) say so that a topic is not this till's. */
const THROWN_OUT_LIMIT = 3;

const THROWN_OUT: BrokerProblem = {
  code: 'BROKER_TOPICS',
  detail: 'the broker lets this till in and ends the connection when it asks for its own topics',
};

/** Keeps a session with the broker, for as long as the program lives. The only door of the agent to the network. */
export class MqttLink {
  readonly #options: LinkOptions;
  readonly #deps: LinkDeps;
  readonly #backoff: Backoff;
  readonly #border: MessageBorder;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #routes: Route[] = [];
  readonly #listeners: LinkListener[] = [];
  #session: BrokerSession | undefined;
  #cancelRetry: (() => void) | undefined;
  #conn = 0;
  #at = 0;
  /** connections in a row that were ended at the subscriptions */
  #thrownOut = 0;
  #readySince: number | undefined;
  #republished = 0;
  #awaitEcho: (() => void) | undefined;
  readonly #name: OwnName;
  #reported = '';
  #closed = false;

  constructor(options: LinkOptions, deps: LinkDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#backoff = new Backoff(deps.random);
    this.#border = new MessageBorder(deps.clock, deps.log);
    this.#topics = topicsOf(options.till);
    this.#name = new OwnName(options.boot);
    this.route({ filter: this.#topics.state, qos: 1, handle: (message) => this.#ownState(message) });
  }

  /** A session stands and its subscriptions are granted. Whoever expects an answer asks this first. */
  get online(): boolean {
    return this.#readySince !== undefined && this.#session?.isConnected === true;
  }

  /** Adds a subscription. Call before `start`. */
  route(route: Route): void {
    this.#routes.push(route);
  }

  /** Adds a listener. Call before `start`. */
  listen(listener: LinkListener): void {
    this.#listeners.push(listener);
  }

  /** Begins to connect; never throws and never waits: the till is ready for the clerk with the broker down. */
  start(): void {
    if (!this.#session && !this.#closed) this.#connect();
  }

  /** Hands the message to the socket and returns true, or false when nothing of it left this machine. */
  publish(message: Outgoing): boolean {
    return this.#session?.publish(message) === true;
  }

  /** Publishes `offline` and ends, within a second. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#awaitEcho?.();
    await this.#session?.close(this.#state('offline'));
  }

  /** Those there are now, the best first. */
  get #servers(): readonly BrokerServer[] {
    return this.#options.servers.filter(({ isThere }) => isThere?.() !== false);
  }

  /** Of this connection: the first one, or the next one after a failure. */
  get #server(): BrokerServer {
    const servers = this.#servers;
    return servers[this.#at % servers.length] ?? this.#options.servers[0];
  }

  #connect(): void {
    const { clientId, username, password, protocolVersion = 4 } = this.#options;
    this.#conn += 1;
    const server = this.#server;
    const credentials = {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
    const will = this.#state('lost');
    this.#session = new BrokerSession(
      { server, clientId, ...credentials, protocolVersion, routes: this.#routes, will },
      { ready: () => this.#ready(server), ended: (problem) => this.#ended(problem, server) },
      this.#deps.clock,
      this.#deps.log,
    );
  }

  #ready(server: BrokerServer): void {
    this.#readySince = this.#deps.clock.mono();
    this.#republished = 0;
    if (!this.#name.contested) this.#reported = '';
    this.#awaitEcho = this.#deps.clock.after(ECHO_MS, () => this.#report(NO_ECHO, server));
    this.#session?.publish(this.#state('online'));
    this.#session?.publish(this.#info());
    this.#deps.log.info({ host: server.host, port: server.port, conn: this.#conn }, 'broker session up');
    server.worked?.();
    for (const listener of this.#listeners) listener.up?.();
  }

  #ended(problem: BrokerProblem, server: BrokerServer): void {
    const stood = this.#readySince === undefined ? undefined : this.#deps.clock.mono() - this.#readySince;
    this.#readySince = undefined;
    this.#awaitEcho?.();
    this.#session = undefined;
    this.#at = stood === undefined ? this.#at + 1 : 0;
    this.#thrownOut = problem.thrownOut ? this.#thrownOut + 1 : 0;
    if (stood !== undefined) for (const listener of this.#listeners) listener.down?.(problem);
    if (this.#closed) return;
    if (stood !== undefined && stood >= GOOD_SESSION_MS) this.#backoff.reset();
    if (stood !== undefined && stood >= ALONE_MS) this.#name.forget();
    const seen = this.#thrownOut >= THROWN_OUT_LIMIT ? THROWN_OUT : problem;
    if (!this.#name.contested) this.#report(seen, server);
    this.#cancelRetry = this.#deps.clock.after(this.#wait(seen), () => this.#connect());
  }

  #wait({ code }: BrokerProblem): number {
    if (this.#name.givesWay) return this.#backoff.nextAfterTwin();
    const isConfiguration = code === 'BROKER_REFUSED' || code === 'BROKER_TOPICS';
    // who has another identity to show shows it at once
    const isLast = this.#at % this.#servers.length === 0;
    return isConfiguration && isLast ? this.#backoff.nextAfterRefusal() : this.#backoff.next();
  }

  /** One line when the reason changes, not one per attempt. */
  #report(problem: BrokerProblem, { host, port }: BrokerServer): void {
    const key = `${problem.code} ${problem.detail} ${host}:${port}`;
    if (key === this.#reported) return;
    this.#reported = key;
    const level = problem.code === 'BROKER_UNREACHABLE' ? 'warn' : 'error';
    this.#deps.log[level]({ ...problem, host, port }, explain(problem.code, problem.detail));
    for (const listener of this.#listeners) listener.problem?.(problem);
  }

  /** Our own word come back; or somebody else's: the will of an older session, or a second agent. */
  #ownState(message: Incoming): void {
    const state = this.#closed ? undefined : this.#border.read(message, AgentState);
    if (!state) return;
    if (state.boot === this.#options.boot && state.conn === this.#conn && state.s === 'online')
      return this.#awaitEcho?.();
    if (this.#name.heard(state)) this.#report(this.#name.problem, this.#server);
    if (message.retained || !this.online || this.#name.givesWay) return;
    this.#republished += 1;
    if (this.#republished > REPUBLISH_LIMIT) return;
    this.#deps.log.warn({ s: state.s, boot: state.boot, conn: state.conn }, 'own state overwritten, published again');
    this.publish(this.#state('online'));
  }

  #state(s: AgentState['s']): Outgoing {
    const body: AgentState = { v: 1, s, boot: this.#options.boot, conn: this.#conn, ts: this.#now() };
    return { topic: this.#topics.state, body, qos: 1, retain: true };
  }

  #info(): Outgoing {
    const body: AgentInfo = { v: 1, boot: this.#options.boot, ...this.#options.info };
    return { topic: this.#topics.info, body, qos: 1, retain: true };
  }

  #now(): number {
    return Math.round(this.#deps.backendNow?.() ?? this.#deps.clock.now());
  }
}
