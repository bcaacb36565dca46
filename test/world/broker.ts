import type { LinkDeps, LinkOptions } from '../../agent/backend/link.ts';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { type TillAddress, topicRoot } from '../../protocols/backend/topics.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import { MemoryLink } from './broker-link.ts';

// A broker and the network around it, in memory and in virtual time. It keeps MQTT's promises and no more: a persistent
// session holds QoS 1 messages for a till that is away, a PUBACK proves only that the broker had the message, and what
// happens to a message on its way is decided by whoever sets `fateOf`.

/** `up`: till to backend. `down`: backend to till. */
export type Direction = 'up' | 'down';

/** A message as it is handed to the broker, before its fate is known. */
export interface Passing {
  readonly direction: Direction;
  readonly topic: string;
  /** the very characters on the wire */
  readonly text: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** When each copy arrives, ms from now: [] lost, [2] on time, [900] late (overtaken by others), [2, 900] twice. */
export type Fate = readonly number[];

/** Who answers. `send` reaches the till named by the topic's root. */
export interface BackendEnd {
  receive(message: Passing): void;
}

/** One way through the network when nothing is wrong, ms. */
export const HOP_MS = 2;
/** A broker does not keep more for a till that is away (mosquitto's default). */
const QUEUE_LIMIT = 1_000;

/** A message the broker owes a till: kept until it is acknowledged. */
export interface Owed extends Passing {
  readonly id: number;
}

/** What the broker remembers of a client id (clean session = false). */
interface Session {
  readonly root: string;
  readonly owed: Owed[];
  link: MemoryLink | undefined;
}

export class MemoryBroker {
  /** what becomes of a message between broker and receiver */
  fateOf: (passing: Passing) => Fate = () => [HOP_MS];
  /** sees every message that was handed over, also the ones that will be lost: for invariants and stories */
  onPassing: (passing: Passing) => void = () => undefined;
  readonly clock: Clock;
  readonly #sessions = new Map<string, Session>();
  #backend: BackendEnd | undefined;
  /** false: a till that comes is refused with its name and password */
  admits = true;
  #running = true;
  #reachable = true;
  #backendOnline = true;
  #serial = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A till can get here. */
  get running(): boolean {
    return this.#running && this.#reachable;
  }

  /** The real thing's constructor in `Outside.connectBroker`. */
  readonly connect = (options: LinkOptions, deps: LinkDeps): MemoryLink => new MemoryLink(this, options, deps);

  attach(backend: BackendEnd): void {
    this.#backend = backend;
  }

  // --- what can go wrong as a whole

  /** The broker's process ends: every connection drops, none is accepted. Sessions are on its disk. */
  stop(): void {
    this.#running = false;
    for (const link of this.#links()) link.connectionLost('broker stopped');
  }

  restart(): void {
    this.#running = true;
  }

  /** The shop's network falls, or is back. The broker goes on: it keeps what it owes, and the backend is with it. */
  setReachable(isReachable: boolean): void {
    this.#reachable = isReachable;
    if (!isReachable) this.cut();
  }

  /** Every TCP connection is cut; whoever lost one connects again. */
  cut(): void {
    for (const link of this.#links()) link.connectionLost('ECONNRESET');
  }

  /** From now on nothing gets through on the connections that stand, and nobody is told (a NAT forgot them). */
  halfOpen(): void {
    for (const link of this.#links()) link.goDeaf();
  }

  /** The broker's disk was lost: nothing is kept for anybody. */
  forgetSessions(): void {
    for (const session of this.#sessions.values()) session.owed.length = 0;
  }

  /** The backend leaves and comes back. It has a clean session: nothing is kept for it (field-lessons.md 5.1). */
  setBackendOnline(online: boolean): void {
    this.#backendOnline = online;
  }

  // --- the backend's end

  /** Publishes for the backend; lost when the backend is away. */
  publish(topic: string, body: Json, qos: 0 | 1, retain = false): void {
    if (!this.#running || !this.#backendOnline) return;
    this.#underWay({ direction: 'down', topic, text: canonicalJson(body), qos, retain }, (message) =>
      this.#owe(message),
    );
  }

  // --- the till's end, for MemoryLink

  /** CONNECT: the older connection of the same client ends. Returns what is owed to it. */
  connected(link: MemoryLink, clientId: string, till: TillAddress): readonly Owed[] {
    const session = this.#session(clientId, till);
    const before = session.link;
    session.link = link;
    if (before && before !== link) before.connectionLost('session taken over');
    return [...session.owed];
  }

  disconnected(link: MemoryLink, clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (session?.link === link) session.link = undefined;
  }

  /** A PUBLISH of a till arrived here. */
  accept(message: Passing): void {
    this.#underWay(message, (arrived) => {
      if (this.#backendOnline) this.#backend?.receive(arrived);
    });
  }

  acknowledged(clientId: string, id: number): void {
    const owed = this.#sessions.get(clientId)?.owed;
    const at = owed?.findIndex((one) => one.id === id) ?? -1;
    if (at >= 0) owed?.splice(at, 1);
  }

  #underWay(message: Passing, arrive: (message: Passing) => void): void {
    this.onPassing(message);
    for (const ms of this.fateOf(message)) {
      this.clock.after(ms, () => {
        if (this.#running) arrive(message);
      });
    }
  }

  #owe(message: Passing): void {
    for (const session of this.#sessions.values()) {
      if (!message.topic.startsWith(`${session.root}/`)) continue;
      const owed: Owed = { ...message, id: ++this.#serial };
      if (message.qos === 1 && session.owed.length < QUEUE_LIMIT) session.owed.push(owed);
      session.link?.arrived(owed);
    }
  }

  #session(clientId: string, till: TillAddress): Session {
    const known = this.#sessions.get(clientId);
    if (known) return known;
    const session: Session = { root: topicRoot(till), owed: [], link: undefined };
    this.#sessions.set(clientId, session);
    return session;
  }

  #links(): MemoryLink[] {
    return [...this.#sessions.values()].flatMap(({ link }) => (link ? [link] : []));
  }
}
