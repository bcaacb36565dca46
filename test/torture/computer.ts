import type { Incoming } from '../../agent/backend/broker-session.ts';
import type { Config } from '../../agent/config.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { startTill, type Till } from '../../agent/main.ts';
import type { BrokerLink, Outside } from '../../agent/outside.ts';
import { cellOf } from '../../agent/payment/cells.ts';
import { intentCellOf } from '../../agent/payment/intent-cells.ts';
import { intentPlace } from '../../agent/payment/intent-machine.ts';
import { refundCellOf } from '../../agent/refunds/refund-cells.ts';
import type { LinkListener } from '../../agent/transport/link.ts';
import { SupervisedLink } from '../../agent/transport/supervised-link.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';
import type { MemoryBroker } from '../world/broker.ts';
import type { MemoryLink } from '../world/broker-link.ts';
import { logSearch } from '../world/log-search.ts';
import { TillClock } from '../world/till-clock.ts';
import type { Chance } from './chance.ts';
import type { CrashHow, CrashPlan, CrashPoint } from './crash-points.ts';
import type { MemoryDisk } from './disk.ts';
import { cardCellOf } from './report.ts';
import type { SealedDisk } from './sealed-disk.ts';
import type { SerialPort } from './serial-port.ts';

// The shop's PC: starts the real agent in the world, and kills it. A process that was killed is not stopped: it just
// cannot reach anything any more, and nothing it waits for ever comes.

/** What happens at the agent's edges, before and after. */
export interface EdgeWatcher {
  published(run: Run, topic: string, text: string): void;
  logged(line: string): void;
  /** an attempt that was busy with something met a fact */
  fact(cell: string): void;
  booted(run: Run): void;
  /** the till has worked off an answer to a signature */
  signatureAcked(text: string): void;
  /** the book of a process that starts, as it was read from the disk */
  opened(run: Run, book: TillBook, damages: readonly object[]): void;
  failedToStart(error: unknown): void;
  died(run: Run, how: CrashHow): void;
}

export interface ComputerParts {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly config: Config;
  /** sizes that make rare paths of the journal common */
  readonly bookOptions: { readonly checkpointEntries: number; readonly reserveBytes: number };
  readonly disk: MemoryDisk;
  readonly broker: MemoryBroker;
  readonly ports: {
    readonly gun: SerialPort;
    readonly printer: SerialPort;
    readonly terminal: SerialPort;
    readonly pad: SerialPort;
  };
  /** where signatures are kept, in worlds with a pad */
  readonly sealed: Pick<SealedDisk, 'mount'> | undefined;
  readonly crashes: CrashPlan;
  readonly watcher: EdgeWatcher;
}

/** One life of the agent. */
export class Run {
  readonly clock: CountingClock;
  alive = true;
  link: MemoryLink | undefined;
  till: Till | undefined;
  book: TillBook | undefined;

  constructor(clock: CountingClock) {
    this.clock = clock;
  }
}

/** Times as setTimeout does: whole milliseconds, cut off, at least one; so a timer may fire a fraction early. Counts what waits. */
class CountingClock extends TillClock {
  waiting = 0;

  override after(ms: number, run: () => void): () => void {
    this.waiting += 1;
    let counted = true;
    const done = () => {
      if (counted) this.waiting -= 1;
      counted = false;
    };
    const stop = super.after(Math.max(1, Math.trunc(ms)), () => {
      done();
      run();
    });
    return () => {
      done();
      stop();
    };
  }
}

const SUPERVISOR_MS = 3_000;
/** AES-256 */
const SEALING_KEY = new Uint8Array(32).fill(5);

export class Computer {
  /** what the wall clock is wrong by, ms; survives restarts */
  #wrongByMs = 0;
  /** nobody starts the agent again before this was lifted */
  #run: Run | undefined;
  #starting = false;
  starts = 0;
  readonly #parts: ComputerParts;

  constructor(parts: ComputerParts) {
    this.#parts = parts;
    Computer.#last = this;
  }

  get run(): Run | undefined {
    return this.#run?.alive ? this.#run : undefined;
  }

  /** The agent is up and has said so. */
  get isUp(): boolean {
    return this.run?.till !== undefined;
  }

  setWallClock(wrongByMs: number): void {
    this.#wrongByMs = wrongByMs;
    if (this.#run) this.#run.clock.wrongByMs = wrongByMs;
  }

  get wrongByMs(): number {
    return this.#wrongByMs;
  }

  start(): void {
    if (this.run || this.#starting) return;
    const { clock, watcher } = this.#parts;
    const run = new Run(new CountingClock(clock, this.#wrongByMs));
    this.#run = run;
    this.starts += 1;
    watcher.booted(run);
    void startTill(this.#parts.config, this.#outside(run)).then(
      (till) => {
        run.till = till;
      },
      (error: unknown) => {
        if (!run.alive) return;
        watcher.failedToStart(error);
        this.#bury(run, 'kill');
        this.startLater(SUPERVISOR_MS);
      },
    );
  }

  startLater(ms: number): void {
    this.#parts.clock.after(ms, () => this.start());
  }

  /** kill -9, or the plug pulled. Whoever supervises it starts it again. */
  crash(how: CrashHow, restartAfterMs: number): void {
    const run = this.run;
    if (!run) return;
    this.#bury(run, how);
    this.startLater(restartAfterMs);
  }

  /** SIGTERM, waited for. */
  async stop(): Promise<void> {
    const run = this.run;
    const till = run?.till;
    if (!run || !till) return;
    run.till = undefined;
    await till.stop();
    this.#bury(run, 'kill');
  }

  #bury(run: Run, how: CrashHow): void {
    run.alive = false;
    run.clock.kill();
    run.link?.kill();
    const kernelSendsOn = how === 'kill' && this.#parts.chance.happens(0.5);
    this.#parts.ports.gun.holderDied(false);
    this.#parts.ports.printer.holderDied(kernelSendsOn);
    this.#parts.ports.terminal.holderDied(kernelSendsOn);
    this.#parts.ports.pad.holderDied(kernelSendsOn);
    this.#parts.watcher.died(run, how);
  }

  #at(run: Run, point: CrashPoint): void {
    if (!run.alive) return;
    const how = this.#parts.crashes.at(point);
    if (how) this.crash(how, this.#parts.chance.between(100, 8_000));
  }

  /** The agent is at a crash point that somebody else met. */
  at(point: CrashPoint): void {
    if (this.#run) this.#at(this.#run, point);
  }

  #outside(run: Run): Outside {
    const { chance, disk, broker, ports, watcher, config, sealed } = this.#parts;
    const supervised = (port: SerialPort, listener: LinkListener) =>
      new SupervisedLink((tell) => (run.alive ? port.connect(tell) : forever()), listener, {
        clock: run.clock,
        random: chance.next,
      });
    const files = disk.mount(run);
    return {
      clock: run.clock,
      random: (count) => chance.bytes(count),
      lock: () => () => undefined,
      journalFiles: () => Promise.resolve(files),
      openSerial: ({ path }, listener) => {
        if (path === config.terminal?.path) return supervised(ports.terminal, listener);
        if (path === config.pad?.path) return supervised(ports.pad, listener);
        return supervised(path === config.scanner.path ? ports.gun : ports.printer, listener);
      },
      openDevice: ({ kind }, _options, listener) => supervised(kind === 'tcp' ? ports.terminal : ports.gun, listener),
      connectBroker: (options, deps) => {
        const link = broker.connect(options, deps);
        run.link = link;
        return this.#watched(run, link);
      },
      onRefundFact: (refund, fact) => {
        if (run.alive) watcher.fact(refundCellOf(refund.doing.kind, fact.kind));
      },
      onFact: (attempt, fact) => {
        if (run.alive) watcher.fact(cellOf(attempt.doing.kind, fact.kind));
      },
      onCardFact: (attempt, fact) => {
        if (run.alive) watcher.fact(cardCellOf(attempt.doing.kind, fact.kind));
      },
      onIntentFact: (intent, fact) => {
        if (run.alive) watcher.fact(intentCellOf(intentPlace(intent), fact.kind));
      },
      historyOf: (orderId) => logSearch(files)(orderId),
      ...(sealed && {
        signatures: () => Promise.resolve({ files: sealed.mount(run), key: SEALING_KEY }),
      }),
      logSink: {
        write: (line: string) => {
          if (run.alive) watcher.logged(line);
        },
      },
    };
  }

  /** The link with somebody looking over its shoulder. */
  #watched(run: Run, link: MemoryLink): BrokerLink {
    const at = (point: CrashPoint | undefined) => {
      if (point) this.#at(run, point);
    };
    return {
      get online() {
        return link.online;
      },
      route: ({ handle, ...route }) =>
        link.route({
          ...route,
          handle: async (message) => {
            at(arrivalPoint(message));
            if (!run.alive) return forever();
            const after = (await handle(message)) ?? undefined;
            if (isSignatureAck(message) && run.alive)
              this.#parts.watcher.signatureAcked(new TextDecoder().decode(message.payload));
            return isCommand(message) ? () => (after?.(), at('command-acknowledged')) : after;
          },
        }),
      listen: (listener) => link.listen(listener),
      publish: (message) => {
        if (!run.alive || !link.publish(message)) return false;
        this.#parts.watcher.published(run, message.topic, JSON.stringify(message.body));
        at(publishPoint(message.topic));
        return true;
      },
      start: () => link.start(),
      close: () => link.close(),
    };
  }

  // --- the agent's book, seen from outside

  static #last: Computer | undefined;

  /** Every book that is opened belongs to the process that starts in this moment: one world at a time. */
  static watchBooks(): void {
    const open = TillBook.open.bind(TillBook);
    TillBook.open = async (files, clock, terminal) => {
      const computer = Computer.#last;
      const opened = await open(files, clock, terminal, computer ? computer.#parts.bookOptions : {});
      const run = computer?.run;
      if (run && !run.book) {
        run.book = opened.book;
        computer.#parts.watcher.opened(run, opened.book, opened.damages);
        computer.#at(run, 'journal-read');
        if (!run.alive) return forever();
      }
      return opened;
    };
  }
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}

function levels(topic: string): string[] {
  return topic.split('/').slice(5);
}

function isCommand({ topic }: Incoming): boolean {
  return levels(topic)[0] === 'cmd';
}

function isSignatureAck({ topic }: Incoming): boolean {
  return levels(topic)[0] === 'signature-ack';
}

function arrivalPoint({ topic, payload }: Incoming): CrashPoint | undefined {
  const [kind] = levels(topic);
  if (kind === 'cmd') return 'command-arrived';
  if (kind === 'evt-ack') return 'event-ack-arrived';
  if (kind === 'signature-ack') return 'signature-ack-arrived';
  if (kind !== 'rep') return undefined;
  const op = /"op":"(pay|query|reverse|intent)"/.exec(new TextDecoder().decode(payload))?.[1];
  return op === 'pay' || op === 'query' || op === 'reverse' || op === 'intent' ? `${op}-answer-arrived` : undefined;
}

function publishPoint(topic: string): CrashPoint | undefined {
  const [kind, op] = levels(topic);
  if (kind === 'evt') return 'event-published';
  if (kind === 'signature') return 'signature-published';
  if (kind === 'res') return 'result-published';
  return kind === 'req' && (op === 'pay' || op === 'query' || op === 'reverse' || op === 'intent')
    ? `${op}-published`
    : undefined;
}
