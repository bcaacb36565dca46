import { EventAck, type EventEnvelope } from '../../protocols/backend/events.ts';
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
/** Events are not urgent: the backend answered the payment itself. Sent at once they delay the slip by a fifth. */
const GATHER_MS = 20;
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
  #cancelFill: (() => void) | undefined;
  #anchor: EventAck['anchor'];
  #isNoting = false;

  constructor(deps: EventPublisherDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({ filter: this.#topics.eventAck, qos: 1, handle: (message) => this.#acknowledged(message) });
    deps.link.listen({ up: () => this.#again(), down: () => this.#calm() });
    deps.source.onAdded = () => this.#fillSoon();
  }

  /** What a payment still has to do goes first; its events then leave together. */
  #fillSoon(): void {
    this.#cancelFill ??= this.#deps.clock.after(GATHER_MS, () => this.#fill());
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
    this.#cancelFill?.();
    this.#cancelFill = undefined;
    const { link, source } = this.#deps;
    const inFlight = source.pending(this.#acked, WINDOW).filter(({ seq }) => seq <= this.#published).length;
    if (!link.online) return;
    for (const event of inFlight < WINDOW ? source.pending(this.#published, WINDOW - inFlight) : []) {
      if (!link.publish(this.#message(event))) break;
      this.#published = event.seq;
      this.#newest = Math.max(this.#newest, event.seq);
    }
    // also behind an acknowledgement that freed nothing: the one of an earlier process, come late
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
    this.#cancelFill?.();
    this.#cancelFill = undefined;
  }

  /** Does not wait for the disk: a pay reply may stand behind this message, and a lost note only sends events again. */
  #acknowledged(message: Incoming): void {
    if (message.retained) return this.#border.reject(message, 'retained');
    const ack = this.#border.read(message, EventAck);
    const upto = Math.min(ack?.upto ?? 0, this.#newest);
    if (upto <= this.#acked) return;
    this.#acked = upto;
    this.#published = Math.max(this.#published, upto);
    this.#timeoutMs = ACK_TIMEOUT_MS;
    this.#calm();
    this.#anchor = ack?.anchor ?? this.#anchor;
    if (!this.#isNoting) void this.#note();
    if (this.#deps.source.pending(this.#published, WINDOW).length === WINDOW) this.#fill();
    else this.#fillSoon();
  }

  /** Acknowledgements that come while one is written down share the next record. */
  async #note(): Promise<void> {
    const { source, log } = this.#deps;
    this.#isNoting = true;
    for (let noted = 0; noted < this.#acked; ) {
      const upto = this.#acked;
      try {
        await source.acknowledge(upto, this.#anchor);
        noted = upto;
      } catch (error) {
        log.warn({ upto, detail: String(error) }, 'acknowledgement of events not kept, they will be sent again');
        break;
      }
    }
    this.#isNoting = false;
  }
}
