import type { LineConfig, LineEvent, LineSource } from '../../../protocols/framing/line.ts';
import { CommandChannel } from '../../../protocols/scanner/command-channel.ts';
import { SsiGun, type SsiGunConfig } from '../../../protocols/scanner/ssi-gun.ts';
import type { SsiEvent, SsiRequest } from '../../../protocols/scanner/ssi-session.ts';
import {
  COMMAND_ORDERS,
  type CommandLanguage,
  type GunOrder,
  type GunOrders,
  SSI_ORDERS,
  SSI_PACKETED,
} from './orders.ts';
import type { GunNews, GunReader } from './reader.ts';

// Readers of guns that speak in a stream: serial, USB-CDC, TCP.

function keysOf(orders: GunOrders<unknown>): ReadonlySet<GunOrder> {
  return new Set(Object.keys(orders) as GunOrder[]);
}

/** Raw lines: the gun is only heard. */
export class LineReader implements GunReader {
  readonly source = 'serial';
  readonly unanswered = 0;
  readonly orders: ReadonlySet<GunOrder> = new Set();
  readonly #lines: LineSource;

  constructor(lines: LineSource) {
    this.#lines = lines;
  }

  get nextDeadline(): number | undefined {
    return this.#lines.nextDeadline;
  }

  push(bytes: Uint8Array, at: number): GunNews[] {
    return this.#lines.push(bytes, at).map((event) => lineNews(event, at));
  }

  wake(at: number): GunNews[] {
    return this.#lines.silence(at).map((event) => lineNews(event, at));
  }

  reset(at: number): GunNews[] {
    return this.#lines.reset().map((event) => lineNews(event, at));
  }

  greet(): GunNews[] {
    return [];
  }

  give(): GunNews[] {
    return [];
  }
}

function lineNews(event: LineEvent, at: number): GunNews {
  if (event.kind === 'noise') return { ...event, at };
  const { bytes, startedAt, endedAt } = event;
  return { kind: 'code', bytes, startedAt, endedAt };
}

/** Lines, and commands whose answers come among them. */
export class CommandReader implements GunReader {
  readonly source = 'serial';
  readonly orders: ReadonlySet<GunOrder>;
  readonly #orders: (typeof COMMAND_ORDERS)[CommandLanguage];
  readonly #channel: CommandChannel;
  unanswered = 0;

  constructor(language: CommandLanguage, line: LineConfig) {
    this.#orders = COMMAND_ORDERS[language];
    this.orders = keysOf(this.#orders);
    this.#channel = new CommandChannel({ line, headed: language === 'honeywell' });
  }

  get nextDeadline(): number | undefined {
    return this.#channel.nextDeadline;
  }

  push(bytes: Uint8Array, at: number): GunNews[] {
    return this.#count(this.#channel.push(bytes, at));
  }

  wake(at: number): GunNews[] {
    return this.#count(this.#channel.wake(at));
  }

  reset(at: number): GunNews[] {
    return this.#count(this.#channel.reset(at));
  }

  greet(): GunNews[] {
    return [];
  }

  give(order: GunOrder, at: number): GunNews[] {
    return (this.#orders[order] ?? []).flatMap((command) => {
      this.unanswered += 1;
      return this.#count(this.#channel.request(command, at));
    });
  }

  #count(news: GunNews[]): GunNews[] {
    this.unanswered -= news.filter(({ kind }) => kind === 'answer').length;
    return news;
  }
}

/** Zebra SSI: packets where the gun can, raw codes where it is not told yet. */
export class SsiReader implements GunReader {
  readonly source = 'serial';
  readonly orders = keysOf(SSI_ORDERS);
  readonly #gun: SsiGun;
  /** the only request under way is for packets, once more */
  #isAskingAgain = false;
  unanswered = 0;

  constructor(config: SsiGunConfig) {
    this.#gun = new SsiGun(config);
  }

  get nextDeadline(): number | undefined {
    return this.#gun.nextDeadline;
  }

  push(bytes: Uint8Array, at: number): GunNews[] {
    return this.#count(this.#gun.push(bytes, at), at);
  }

  wake(at: number): GunNews[] {
    return this.#count(this.#gun.wake(at), at);
  }

  reset(at: number): GunNews[] {
    return this.#count(this.#gun.reset(at), at);
  }

  greet(at: number): GunNews[] {
    return this.#request(SSI_PACKETED, at);
  }

  give(order: GunOrder, at: number): GunNews[] {
    return (SSI_ORDERS[order] ?? []).flatMap((request) => this.#request(request, at));
  }

  #request(request: SsiRequest, at: number): GunNews[] {
    this.unanswered += 1;
    return this.#count(this.#gun.request(request, at), at);
  }

  #count(events: readonly SsiEvent[], at: number): GunNews[] {
    return events.flatMap((event) => this.#news(event, at));
  }

  /** An agent never changes the line of a gun, and its events say nothing that a payment needs. */
  #news(event: SsiEvent, at: number): readonly GunNews[] {
    if (event.kind === 'event' || event.kind === 'line-change') return [];
    if (event.kind === 'raw-again') return this.#packetAgain(event.length, at);
    if (event.kind === 'answer') this.#answered(event.outcome === 'ok');
    return [event];
  }

  /** A gun that was off for a moment is back in its factory setting: it is told once more, and the code is asked for again. */
  #packetAgain(length: number, at: number): GunNews[] {
    const noise = { kind: 'noise', cause: 'discarded', length, at } as const;
    if (this.unanswered > 0) return [noise];
    this.#isAskingAgain = true;
    return [noise, ...this.#request(SSI_PACKETED, at)];
  }

  #answered(isOk: boolean): void {
    this.unanswered -= 1;
    if (this.#isAskingAgain && !isOk) this.#gun.believeRaw();
    this.#isAskingAgain = false;
  }
}
