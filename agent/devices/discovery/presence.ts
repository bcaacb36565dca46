// Which devices are there, without the nerves of a loose plug. A gun that was given a setting barcode leaves and comes back
// within two seconds: that is not an unplug. One that leaves again and again is told once as flapping, not each time.

export type PresenceEvent =
  | { readonly kind: 'arrived'; readonly id: string }
  | { readonly kind: 'left'; readonly id: string }
  /** the same device under other paths or in another mode */
  | { readonly kind: 'changed'; readonly id: string }
  /** loose plug, weak power or a bad cable: it left so often within a minute */
  | { readonly kind: 'flapping'; readonly id: string; readonly times: number };

/** Away for longer than a restart takes. */
export const AWAY_MS = 2000;
const FLAPS = 4;
const FLAP_WINDOW_MS = 60_000;
/** More than any counter has; a hub that runs wild does not fill the memory. */
const MOST_DEVICES = 256;

interface Known {
  state: string;
  /** since when it is missing */
  missingAt: number | undefined;
  /** when it went missing, lately */
  departures: number[];
  isFlapping: boolean;
}

/** Snapshots and times in, events out. Pure. */
export class Presence {
  readonly #known = new Map<string, Known>();

  /** when a missing device counts as gone */
  get nextDeadline(): number | undefined {
    const times = [...this.#known.values()].flatMap(({ missingAt }) =>
      missingAt === undefined ? [] : [missingAt + AWAY_MS],
    );
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** `seen`: each device that is there now, with a word for how it is there (paths, mode). */
  see(seen: ReadonlyMap<string, string>, at: number): PresenceEvent[] {
    const events: PresenceEvent[] = [];
    for (const [id, state] of seen) this.#present(id, state, events);
    for (const [id, known] of this.#known) if (!seen.has(id)) this.#missing(id, known, at, events);
    return events;
  }

  #present(id: string, state: string, events: PresenceEvent[]): void {
    const known = this.#known.get(id);
    if (!known) {
      if (this.#known.size >= MOST_DEVICES) return;
      this.#known.set(id, { state, missingAt: undefined, departures: [], isFlapping: false });
      events.push({ kind: 'arrived', id });
      return;
    }
    known.missingAt = undefined;
    if (known.state === state) return;
    known.state = state;
    if (!known.isFlapping) events.push({ kind: 'changed', id });
  }

  #missing(id: string, known: Known, at: number, events: PresenceEvent[]): void {
    if (known.missingAt === undefined) {
      known.missingAt = at;
      known.departures = [...known.departures.filter((then) => at - then < FLAP_WINDOW_MS), at];
      const times = known.departures.length;
      if (times >= FLAPS && !known.isFlapping) events.push({ kind: 'flapping', id, times });
      known.isFlapping = times >= FLAPS;
    }
    if (at - known.missingAt < AWAY_MS) return;
    this.#known.delete(id);
    events.push({ kind: 'left', id });
  }
}
