import { randomBytes } from 'node:crypto';
import { ulid } from '../../protocols/backend/ulid.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import type { BrokerDoor } from './broker-door.ts';
import { Figures } from './figures.ts';
import { type Memory, memoryNow } from './memory.ts';
import { FleetTill } from './till.ts';

export interface FleetTerms {
  readonly tills: number;
  readonly door: BrokerDoor;
  /** tills that connect in one second */
  readonly rampPerSecond: number;
  /** payments of one till in one minute */
  readonly pace: number;
  readonly tenant: string;
}

/** Tills of one shop of the fleet. */
const TILLS_PER_STORE = 10;
const TICK_MS = 100;
const LOOK_MS = 50;
/** Nobody is let in for so long: the address or the login is wrong. */
const FIRST_MS = 10_000;
/** What a customer may have to pay in a fleet, fen. */
const MOST_FEN = 20_000;

const clock = systemClock;
const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

/** Thousands of tills in this process. */
export class Fleet {
  readonly figures = new Figures();
  readonly #terms: FleetTerms;
  readonly #tills: FleetTill[] = [];
  readonly #timers = new Set<() => void>();
  readonly #run = ulid(clock.now(), randomBytes(10)).slice(0, 10);
  #orders = 0;
  #before: Memory = { heldBytes: 0, residentBytes: 0 };
  #selling = false;

  constructor(terms: FleetTerms) {
    this.#terms = terms;
  }

  /** resident memory that came with each till, garbage included, bytes: cheap enough to be looked at all the time */
  get residentPerTill(): number {
    return this.#each(process.memoryUsage.rss() - this.#before.residentBytes);
  }

  /** What each till holds, and what the machine gave for it, bytes; everything that nobody holds is thrown away for it. */
  memoryPerTill(): Memory {
    const { heldBytes, residentBytes } = memoryNow();
    return {
      heldBytes: this.#each(heldBytes - this.#before.heldBytes),
      residentBytes: this.#each(residentBytes - this.#before.residentBytes),
    };
  }

  #each(bytes: number): number {
    return Math.round(Math.max(0, bytes) / Math.max(1, this.#tills.length - 1));
  }

  /** Connects them, so many in a second; resolves when all are online or `stop` says so. */
  async connect(stop: AbortSignal): Promise<void> {
    const { tills, rampPerSecond } = this.#terms;
    // the first one loads code and buffers that belong to nobody in particular
    this.#begin(0);
    await this.#until(() => this.figures.connected > 0, stop, FIRST_MS);
    this.#before = memoryNow();
    const began = clock.mono();
    while (this.#tills.length < tills && !stop.aborted) {
      const due = Math.min(tills, 1 + Math.ceil(((clock.mono() - began + TICK_MS) / 1000) * rampPerSecond));
      while (this.#tills.length < due) this.#begin(this.#tills.length);
      await pause(TICK_MS);
    }
    await this.#until(() => this.figures.connected >= tills, stop);
  }

  /** Customers come to every till at the pace of the terms, each at its own moment. */
  sell(): void {
    this.#selling = true;
    for (const till of this.#tills) this.#sellLater(till, fraction() * this.#periodMs);
  }

  /** No new customers; resolves when no attempt is open any more, or after `withinMs`. */
  async finish(withinMs: number, stop?: AbortSignal): Promise<void> {
    this.#selling = false;
    for (const callOff of this.#timers) callOff();
    for (const till of this.#tills) till.stopSelling();
    const until = clock.mono() + withinMs;
    const isOver = () => this.figures.open === 0 || clock.mono() >= until || stop?.aborted === true;
    while (!isOver()) await pause(LOOK_MS);
  }

  async leave(): Promise<void> {
    await Promise.all(this.#tills.map((till) => till.leave()));
  }

  get #periodMs(): number {
    return 60_000 / this.#terms.pace;
  }

  #begin(n: number): void {
    const store = `store-${1 + Math.floor(n / TILLS_PER_STORE)}`;
    const address = { tenant: this.#terms.tenant, store, agent: `till-${1 + (n % TILLS_PER_STORE)}` };
    const newId = () => ulid(clock.now(), randomBytes(10));
    const { door } = this.#terms;
    const till = new FleetTill({ address, door, clock, random: fraction, newId, figures: this.figures });
    this.#tills.push(till);
    till.connect();
  }

  #sellLater(till: FleetTill, afterMs: number): void {
    const callOff = clock.after(afterMs, () => {
      this.#timers.delete(callOff);
      if (!this.#selling) return;
      this.#orders += 1;
      till.sell(`F-${this.#run}-${this.#orders}`, 1 + Math.floor(fraction() * MOST_FEN));
      this.#sellLater(till, this.#periodMs * (0.5 + fraction()));
    });
    this.#timers.add(callOff);
  }

  async #until(is: () => boolean, stop: AbortSignal, withinMs?: number): Promise<void> {
    const until = withinMs === undefined ? Number.POSITIVE_INFINITY : clock.mono() + withinMs;
    while (!is() && !stop.aborted) {
      if (clock.mono() > until) throw new FleetRefused();
      await pause(LOOK_MS);
    }
  }
}

/** Nobody was let in. */
export class FleetRefused extends Error {}
