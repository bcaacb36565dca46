import { TimeReply, type TimeRequest } from '../../protocols/backend/presence.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Incoming } from './broker-session.ts';
import type { MqttLink } from './link.ts';
import { MessageBorder } from './message-border.ts';

export interface SkewDeps {
  readonly link: Pick<MqttLink, 'route' | 'listen' | 'publish'>;
  readonly till: TillAddress;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

interface Sample {
  readonly rttMs: number;
  /** the backend's clock minus our monotonic clock, if both ways took equally long */
  readonly offset: number;
  readonly mono: number;
}

const EVERY_MS = 240_000;
/** Nobody has told the time yet: until then a wrong clock of this PC makes requests that look expired. */
const UNANSWERED_MS = 15_000;
/** Somebody waits for it: asked again this often. */
const WAITED_FOR_MS = 500;
const BURST = 3;
const BURST_GAP_MS = 150;
/** A sample older than this has drifted too far to beat a slower fresh one. */
const SAMPLE_LIFE_MS = 900_000;
const SAMPLES = 8;
/** An answer that takes half a minute still answers, also when the time is asked for every half second meanwhile. */
const ASKED_AT_MOST = 64;
/** payment.md 2.2, local rule `clock-untrusted`. */
const TRUSTED_WITHIN_MS = 120_000;

/**
 * The backend's clock, seen from the till. Held against the monotonic clock, so that setting the PC's clock in the middle
 * of a payment changes nothing (F21). The sample with the shortest round trip is the best one.
 */
export class ClockSkew {
  /** Called after every measurement. */
  onMeasured: () => void = () => undefined;
  readonly #deps: SkewDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #border: MessageBorder;
  readonly #asked = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #samples: Sample[] = [];
  #cancel: (() => void) | undefined;

  constructor(deps: SkewDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({ filter: this.#topics.timeReply, qos: 0, handle: (message) => this.#answered(message) });
    deps.link.listen({ up: () => this.#burst(BURST), down: () => this.#stop() });
  }

  /** Unix milliseconds of the backend's clock; the PC's own clock until the backend has been asked once. */
  backendNow(): number {
    const offset = this.#best()?.offset;
    return Math.round(offset === undefined ? this.#deps.clock.now() : this.#deps.clock.mono() + offset);
  }

  /** The latest the backend's clock may show: it was read somewhere on the way there and back. */
  latestNow(): number {
    return this.backendNow() + Math.ceil((this.#best()?.rttMs ?? 0) / 2);
  }

  /** What the PC's clock is ahead (+) or behind (-), or `undefined` while nobody has told. */
  get wallClockErrorMs(): number | undefined {
    return this.#samples.length === 0 ? undefined : Math.round(this.#deps.clock.now() - this.backendNow());
  }

  /** false: the PC's clock must not be shown as the time of a payment, and a technician should look. */
  get trusted(): boolean {
    const error = this.wallClockErrorMs;
    return error !== undefined && Math.abs(error) <= TRUSTED_WITHIN_MS;
  }

  /** Resolves when the backend's time is known, or after `deadlineMs` without it. Somebody waits: it is asked for now. */
  known(deadlineMs: number): Promise<void> {
    if (this.#samples.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      let stopAsking = () => {};
      const askAgain = () => {
        this.#ask();
        stopAsking = this.#deps.clock.after(WAITED_FOR_MS, askAgain);
      };
      const finish = () => {
        stop();
        stopAsking();
        this.#waiting.delete(finish);
        resolve();
      };
      const stop = this.#deps.clock.after(deadlineMs, finish);
      this.#waiting.add(finish);
      askAgain();
    });
  }

  #best(): Sample | undefined {
    return this.#samples[0];
  }

  #burst(left: number): void {
    this.#ask();
    const pause = this.#samples.length === 0 ? UNANSWERED_MS : EVERY_MS;
    const [wait, next] = left > 1 ? [BURST_GAP_MS, left - 1] : [pause, BURST];
    this.#cancel = this.#deps.clock.after(wait, () => this.#burst(next));
  }

  #stop(): void {
    this.#cancel?.();
    this.#asked.clear();
  }

  #ask(): void {
    const { clock, link, newId } = this.#deps;
    const [oldest] = this.#asked.keys();
    if (oldest !== undefined && this.#asked.size >= ASKED_AT_MOST) this.#asked.delete(oldest);
    const body: TimeRequest = { v: 1, id: newId(), sent: Math.max(0, Math.round(clock.now())) };
    this.#asked.set(body.id, clock.mono());
    link.publish({ topic: this.#topics.timeRequest, body, qos: 0 });
  }

  #answered(message: Incoming): void {
    if (message.retained) return this.#border.reject(message, 'retained');
    const reply = this.#border.read(message, TimeReply);
    const asked = reply && this.#asked.get(reply.id);
    if (!reply || asked === undefined) return;
    this.#asked.delete(reply.id);
    const mono = this.#deps.clock.mono();
    const sample = { rttMs: mono - asked, offset: reply.ts - (asked + mono) / 2, mono };
    this.#samples = [...this.#samples, sample]
      .filter(({ mono: taken }) => mono - taken <= SAMPLE_LIFE_MS)
      .sort((a, b) => a.rttMs - b.rttMs)
      .slice(0, SAMPLES);
    for (const finish of this.#waiting) finish();
    this.onMeasured();
  }
}
