import { EventAck, type EventEnvelope } from '../../protocols/backend/messages.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Incoming } from './broker-session.ts';
import type { MqttLink } from './link.ts';
import { MessageBorder } from './message-border.ts';
import type { OutboxSource } from './ports.ts';

export interface EventPublisherDeps {
  readonly link: Pick<MqttLink, 'route' | 'listen' | 'publish' | 'online'>;
  readonly till: TillAddress;
  readonly source: OutboxSource;
  readonly clock: Clock;
  readonly log: Log;
}

/** Events on their way at once (stack.md 4: a window of our own, mqtt.js keeps none). */
const WINDOW = 16;
const ACK_TIMEOUT_MS = 5_000;
const ACK_TIMEOUT_CAP_MS = 60_000;

/**
 * Brings the outbox to the backend, oldest first. An event leaves the outbox when the backend's own `evt-ack` says that it
 * is kept; a PUBACK proves only that a broker had it (kill -9 of the broker loses acknowledged messages: stack.md 1.3).
 */
export class EventPublisher {
  readonly #deps: EventPublisherDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #border: MessageBorder;
  #acked = 0;
  #published = 0;
  /** the newest event ever handed over: an acknowledgement beyond it is not about ours */
  #newest = 0;
  #timeoutMs = ACK_TIMEOUT_MS;
  #cancel: (() => void) | undefined;

  constructor(deps: EventPublisherDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({ filter: this.#topics.eventAck, qos: 1, handle: (message) => this.#acknowledged(message) });
    deps.link.listen({ up: () => this.#again(), down: () => this.#calm() });
    deps.source.onAdded = () => this.#fill();
  }

  /** Waits for nothing any more; what is not acknowledged stays in the outbox for the next start. */
  stop(): void {
    this.#calm();
  }

  /** Everything that is not acknowledged, from the beginning. */
  #again(): void {
    this.#calm();
    this.#published = this.#acked;
    this.#fill();
  }

  #fill(): void {
    const { link, source } = this.#deps;
    const inFlight = source.pending(this.#acked, WINDOW).filter(({ seq }) => seq <= this.#published).length;
    if (!link.online || inFlight >= WINDOW) return;
    for (const event of source.pending(this.#published, WINDOW - inFlight)) {
      if (!link.publish(this.#message(event))) return;
      this.#published = event.seq;
      this.#newest = Math.max(this.#newest, event.seq);
    }
    if (this.#published > this.#acked) this.#expectAck();
  }

  #message(event: EventEnvelope) {
    return { topic: this.#topics.event(event.data.type), body: event, qos: 1 } as const;
  }

  /** Counts from the oldest event on its way, so a stream of new ones cannot put it off. */
  #expectAck(): void {
    this.#cancel ??= this.#deps.clock.after(this.#timeoutMs, () => {
      this.#timeoutMs = Math.min(ACK_TIMEOUT_CAP_MS, this.#timeoutMs * 2);
      this.#again();
    });
  }

  #calm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #acknowledged(message: Incoming): Promise<undefined> {
    if (message.retained) this.#border.reject(message, 'retained');
    const ack = message.retained ? undefined : this.#border.read(message, EventAck);
    const upto = Math.min(ack?.upto ?? 0, this.#newest);
    if (upto <= this.#acked) return undefined;
    await this.#deps.source.acknowledge(upto, ack?.anchor);
    this.#acked = Math.max(this.#acked, upto);
    this.#published = Math.max(this.#published, this.#acked);
    this.#timeoutMs = ACK_TIMEOUT_MS;
    this.#calm();
    this.#fill();
    return undefined;
  }
}
