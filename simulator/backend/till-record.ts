import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { AgentState } from '../../protocols/backend/presence.ts';

/** What the backend keeps of one till. */
export class TillRecord {
  readonly #events = new Map<number, EventEnvelope>();
  #upto: number | undefined;
  #state: AgentState | undefined;
  #anchor: NonNullable<EventEnvelope['head']> | undefined;

  /** `upto`: the till is known, and every event up to this number with it */
  constructor(upto?: number) {
    this.#upto = upto;
  }

  get state(): AgentState | undefined {
    return this.#state;
  }

  /** every event up to this sequence number is kept */
  get upto(): number {
    return this.#upto ?? 0;
  }

  /** the newest entry of the till's journal that an event named */
  get anchor(): NonNullable<EventEnvelope['head']> | undefined {
    return this.#anchor;
  }

  get events(): readonly EventEnvelope[] {
    return [...this.#events.values()].sort((a, b) => a.seq - b.seq);
  }

  /**
   * Keeps an event; false when it is known already. A backend that never heard of a till takes the first event it sees as
   * the beginning: tills send their oldest first.
   */
  keep(event: EventEnvelope): boolean {
    if (event.head && event.head.seq > (this.#anchor?.seq ?? -1)) this.#anchor = event.head;
    this.#upto ??= event.seq - 1;
    // Nothing between `after` and this event will ever come.
    if (event.after !== undefined && event.after <= this.#upto) this.#upto = Math.max(this.#upto, event.seq - 1);
    if (event.seq <= this.#upto || this.#events.has(event.seq)) return false;
    this.#events.set(event.seq, event);
    while (this.#events.has(this.#upto + 1)) this.#upto += 1;
    return true;
  }

  /** False for the word of an older process or connection, such as a will that comes late (field-lessons.md F19). */
  update(state: AgentState): boolean {
    const known = this.#state;
    // boots of one till sort: each process takes an id behind the last one in its journal
    if (known && (state.boot < known.boot || (state.boot === known.boot && state.conn < known.conn))) return false;
    this.#state = state;
    return true;
  }
}
