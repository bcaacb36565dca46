import type { Health } from '../../protocols/backend/health.ts';
import type { Device } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { OutboxStats } from '../journal/outbox.ts';
import type { DeviceTap } from '../trace/tap.ts';
import { VERSION } from '../version.ts';
import type { Counts } from './counts.ts';
import type { Pulse } from './liveness.ts';
import type { HealthParts } from './room.ts';

/** A printer that can answer has been asked twice by then. */
const ANSWERED_MS = 150_000;

export interface ReadingParts {
  readonly clock: Clock;
  readonly counts: Counts;
  readonly taps: Readonly<Record<Device, DeviceTap>>;
  /** monotonic time of the start */
  readonly began: number;
  /** bytes that this process holds */
  readonly memory: () => number;
  /** the rooms that are looked at; absent: the till is starting */
  readonly rooms: () => HealthParts | undefined;
  readonly pulse: () => Pulse | undefined;
  /** how long there was no session with the broker */
  readonly offlineMs: () => number;
}

/** What can be read of a till's health at any moment. */
export class HealthReadings {
  readonly #said: ReadingParts;

  constructor(said: ReadingParts) {
    this.#said = said;
  }

  get #rooms(): HealthParts | undefined {
    return this.#said.rooms();
  }

  get offlineMs(): number {
    return this.#said.offlineMs();
  }

  get alive(): Pulse {
    return this.#said.pulse() ?? { ok: true, lagMs: 0, journalMs: 0 };
  }

  /** Why it cannot sell now; empty: it can. */
  get hindrances(): readonly string[] {
    const { book, states, printer } = this.#rooms ?? {};
    if (!book || !states) return ['STARTING'];
    const needed: readonly Device[] = printer ? ['scanner', 'printer'] : ['scanner'];
    const devices = needed.flatMap((dev) => {
      const state = states.all.find((one) => one.dev === dev);
      if (state?.avail !== 'online') return [`${dev}: ${state?.reason ?? 'not connected yet'}`];
      return this.#isSilent(dev) ? [`${dev}: no answer for ${Math.round(this.#silentMs(dev) / 1000)} s`] : [];
    });
    return [...(book.trouble ? [`journal: ${book.trouble.code}`] : []), ...devices];
  }

  /** It answered once, was asked since, and says nothing any more. A gun is heard when somebody scans. */
  #isSilent(dev: Device): boolean {
    return dev === 'printer' && this.#said.taps.printer.heardAt !== undefined && this.#silentMs(dev) > ANSWERED_MS;
  }

  #silentMs(dev: Device): number {
    return this.#said.clock.mono() - (this.#said.taps[dev].heardAt ?? this.#said.clock.mono());
  }

  get outbox(): OutboxStats | undefined {
    return this.#rooms?.book.outboxStats();
  }

  /** How long the oldest event waits, ms. */
  get oldestEventMs(): number {
    const oldest = this.outbox?.oldest;
    return oldest === undefined ? 0 : Math.max(0, (this.#rooms?.backendNow() ?? oldest) - oldest);
  }

  /** Attempts of which nobody knows yet how they end. */
  get unknown(): number {
    return (this.#rooms?.book.openAttempts() ?? []).filter(({ attempt }) => attempt.state === 'UNKNOWN').length;
  }

  get online(): boolean {
    return this.#rooms?.link.online === true;
  }

  get clockErrorMs(): number | undefined {
    return this.#rooms?.skew.wallClockErrorMs;
  }

  /** Each device of the till, with what is known of its paper. */
  get devices() {
    return (this.#rooms?.states.all ?? []).map(({ dev, avail, reason }) => ({
      dev,
      up: avail === 'online',
      reason,
      remark: this.#rooms?.states.remarkOn(dev)?.code,
      counts: this.#said.counts.of(dev),
    }));
  }

  get health(): Health {
    const { boot = '', backendNow, book } = this.#rooms ?? {};
    const all = this.#said.counts.devices;
    const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
    const { clockErrorMs } = this;
    return {
      v: 1,
      boot,
      ts: backendNow?.() ?? 0,
      version: VERSION,
      uptimeS: Math.round((this.#said.clock.mono() - this.#said.began) / 1000),
      ready: this.hindrances.length === 0,
      lagMs: this.alive.lagMs,
      rssMb: Math.round(this.#said.memory() / 1024 / 1024),
      devices: this.devices.map(({ dev, up, counts: { serial, reconnects } }) => ({
        dev,
        up,
        ...(serial === '' ? {} : { serial: serial.slice(0, 64) }),
        reconnects,
      })),
      scans: {
        good: sum(({ good }) => good),
        duplicate: sum(({ duplicate }) => duplicate),
        rejected: this.#said.counts.total('scansRejected'),
        noRead: sum(({ noRead }) => noRead),
      },
      outbox: { waiting: this.outbox?.waiting ?? 0, oldestS: Math.round(this.oldestEventMs / 1000) },
      journalSeq: book?.head.seq ?? 0,
      unknown: this.unknown,
      ...(clockErrorMs === undefined ? {} : { clockErrorMs }),
    };
  }
}
