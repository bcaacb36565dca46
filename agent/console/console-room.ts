import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Ground } from '../ground.ts';
import type { Entry } from '../journal/entry.ts';
import type { Outside } from '../outside.ts';
import type { CardRoom } from '../payment/card-room.ts';
import type { PaymentDesk } from '../payment/desk.ts';
import type { AttemptRunner } from '../payment/runner.ts';
import { HoldShelf } from '../payment/standing-holds.ts';
import { peopleFile } from '../people/people-file.ts';
import { SignIn } from '../people/sign-in.ts';
import { PeriodDesk } from '../reports/period-desk.ts';
import type { NoticeRoom } from '../rules/notice-room.ts';
import type { merchantOf, Rules } from '../rules/rules.ts';
import type { TerminalWatch } from '../rules/terminal-watch.ts';
import type { SignatureRoom } from '../signatures/signature-room.ts';
import type { SlipSpool } from '../slips/spool.ts';
import { ReconcileRoom } from '../statements/reconcile-room.ts';
import { reconcileInThread } from '../statements/statement-thread.ts';
import { peopleFolder } from '../training.ts';
import type { LocalCalls } from './calls.ts';
import { DeviceStrip } from './device-strip.ts';
import type { EventFeed } from './event-feed.ts';
import { openConsole } from './open-console.ts';
import { PageScans } from './page-scans.ts';
import { RecordSearch } from './record-search.ts';
import type { Server } from './server.ts';
import { TillView } from './till-view.ts';

export interface ConsoleRoomParts extends Ground {
  readonly config: Config;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly desk: PaymentDesk;
  readonly spool: SlipSpool;
  readonly calls: LocalCalls;
  readonly notices: Pick<NoticeRoom, 'acknowledge'>;
  readonly rules: Rules;
  readonly feed: EventFeed;
  readonly merchant: ReturnType<typeof merchantOf>;
  readonly hasPrinter: boolean;
  readonly runner: Pick<AttemptRunner, 'ageOf'>;
  /** absent: no card terminal here */
  readonly cards: CardRoom | undefined;
  readonly terminalWatch: TerminalWatch;
  readonly signatures: SignatureRoom | undefined;
}

/** Programs and people beside the till: what they see, search and may do, and the local API in front. Composition, nothing else. */
export class ConsoleRoom {
  readonly strip: DeviceStrip;
  readonly #search: RecordSearch;
  readonly #people: SignIn;
  readonly #historyOf: ((orderId: string) => Promise<readonly Entry[]>) | undefined;
  readonly #api: Promise<Server | undefined> | undefined;

  constructor(parts: ConsoleRoomParts) {
    const { config, outside, clock, log } = parts;
    this.#historyOf = outside.historyOf;
    this.#search = new RecordSearch({
      folder: join(config.dataDir, 'journal'),
      file: join(config.dataDir, 'projection.db'),
      clock,
    });
    this.strip = stripOf(parts);
    this.#people = signIn(parts);
    const { calls, desk, spool, book, notices, rules, feed, health, dial, tail, signatures } = parts;
    const holds = holdShelf(parts);
    this.#api = openConsole(config, outside, log, {
      calls,
      desk,
      spool,
      book,
      notices,
      rules,
      feed,
      clock,
      log,
      view: viewOf(parts, this.strip, holds),
      search: this.#search,
      people: this.#people,
      scans: new PageScans(clock),
      reports: new PeriodDesk({ ...parts, ...parts.voice, holds }),
      reconciliations: reconcileRoom(parts),
      diagnosis: { health, dial, tail, config, signatures },
    });
  }

  /** Everything the journal says of an order. Rejects when it cannot be searched. */
  historyOf(orderId: string): Promise<readonly Entry[]> {
    return this.#historyOf?.(orderId) ?? this.#search.history(orderId);
  }

  async close(): Promise<void> {
    this.#people.stop();
    await Promise.all([this.#api?.then((server) => server?.close()), this.#search.close()]);
  }
}

/** A light that changes is told to whoever watches. */
function stripOf({ states, skew, link, hasPrinter, cards, health, feed }: ConsoleRoomParts): DeviceStrip {
  const strip = new DeviceStrip({ devices: states, skew, network: link, hasPrinter, hasTerminal: cards !== undefined });
  const lightsChanged = () => {
    strip.look();
    health.look();
    feed.pass('devices', {});
  };
  states.onChange = lightsChanged;
  link.listen({ up: lightsChanged, down: lightsChanged });
  return strip;
}

function holdShelf({ book, voice, config }: ConsoleRoomParts): HoldShelf {
  const { expectedDays, completeUpToPercent = 100 } = config.terminal?.holds ?? {};
  return new HoldShelf({ book, backendNow: voice.backendNow, expectedDays, completeUpToPercent });
}

function viewOf(parts: ConsoleRoomParts, strip: DeviceStrip, holds: HoldShelf): TillView {
  const { states, link, runner, cards, voice } = parts;
  return new TillView({
    ...parts,
    holds,
    boot: voice.boot,
    devices: states,
    network: link,
    strip,
    runner: { ageOf: (attemptId) => runner.ageOf(attemptId) ?? cards?.runner.ageOf(attemptId) },
  });
}

function signIn({ config, book, clock, log, voice }: ConsoleRoomParts): SignIn {
  const { idleMinutes, shiftHours, pinDays } = config.people;
  return new SignIn({
    file: peopleFile(peopleFolder(config)),
    book,
    clock,
    log,
    backendNow: voice.backendNow,
    idleMs: idleMinutes * 60_000,
    shiftMs: shiftHours * 3_600_000,
    pinLifeMs: pinDays * 86_400_000,
  });
}

function reconcileRoom({ config, outside, book, log, voice }: ConsoleRoomParts): ReconcileRoom {
  return new ReconcileRoom({
    book,
    read: outside.reconcile ?? ((upload) => reconcileInThread(join(config.dataDir, 'journal'), upload)),
    rates: config.merchant.feeRateBp ?? {},
    terminalNo: config.merchant.terminalNo,
    log,
    backendNow: voice.backendNow,
  });
}
