import { hostname, platform, release } from 'node:os';
import type { CommandResult } from '../protocols/backend/commands.ts';
import { ulid } from '../protocols/backend/ulid.ts';
import { redact } from '../protocols/paycode/redact.ts';
import { CommandIntake } from './backend/command-intake.ts';
import { CommandKeys } from './backend/command-keys.ts';
import { CommandResults } from './backend/command-results.ts';
import { BackendCommands } from './backend/commands.ts';
import { DeviceStates } from './backend/device-states.ts';
import { EventPublisher } from './backend/event-publisher.ts';
import { BackendRequests } from './backend/requests.ts';
import { serversOf } from './backend/servers.ts';
import { ClockSkew } from './backend/skew.ts';
import { VerbDesk } from './backend/verb-desk.ts';
import type { Config } from './config.ts';
import { SlipPrinter } from './devices/printer.ts';
import { printerEvents } from './devices/printer-events.ts';
import { ScannerGun } from './devices/scanner.ts';
import { scannerEvents } from './devices/scanner-events.ts';
import { explain } from './errors.ts';
import { TillBook } from './journal/book.ts';
import { JournalUnavailable } from './journal/journal.ts';
import { createLog } from './log.ts';
import { type Outside, realOutside } from './outside.ts';
import { ClockWatch } from './payment/clock-watch.ts';
import { PaymentDesk } from './payment/desk.ts';
import { Fingerprints } from './payment/fingerprints.ts';
import { POLICIES } from './payment/policy.ts';
import { RefusalEvents } from './payment/refusal-events.ts';
import { AttemptRunner } from './payment/runner.ts';
import { SlipSpool } from './slips/spool.ts';
import { findHid } from './transport/hid.ts';
import { VERSION } from './version.ts';

// The composition root: the only file that constructs the agent's rooms and joins them.

/** How often a disk that did not take the first record is asked again. */
const BOOT_RETRY_MS = 1_000;

/** A running agent. */
export interface Till {
  /** the counter: what the clerk may do and see */
  readonly desk: PaymentDesk;
  /** what the till knows, and its only way to the disk */
  readonly book: TillBook;
  /** the slips, and what the clerk is asked about them */
  readonly spool: SlipSpool;
  /** Says goodbye to the backend, releases ports and files. Open attempts stay in the journal for the next start. */
  stop(): Promise<void>;
}

/**
 * Starts the agent of one till. Ready with the broker down and every device absent. Throws `DataDirBusy` when another
 * agent holds the data folder and `JournalUnavailable` when its journal cannot even be read. With a damaged journal or a
 * full disk it starts, begins no payment and brings those under way to their end.
 */
export async function startTill(config: Config, outside: Outside = realOutside(config)): Promise<Till> {
  const { clock } = outside;
  const log = createLog(config.log.level, outside.logSink, redact, outside.later ?? ((run) => run()));
  const newId = () => ulid(clock.now(), outside.random(10));
  const boot = newId();
  const till = config.address;
  const unlock = outside.lock();
  const book = await openBook(config, outside, log).catch((error: unknown) => {
    unlock();
    throw new JournalUnavailable(String(error), { cause: error });
  });
  let bootLater = () => {};
  /** Until it is written, nobody knows whether what was found on the disk survives a power cut. */
  const writeBoot = (): Promise<void> =>
    book.write({ type: 'BOOT', boot, version: VERSION }).catch((error: unknown) => {
      bootLater = clock.after(BOOT_RETRY_MS, () => void writeBoot().catch(() => undefined));
      throw error;
    });
  await writeBoot().catch((error: unknown) => log.error({}, explain('JOURNAL_UNAVAILABLE', String(error))));

  // The backend.
  const link = outside.connectBroker(
    { ...brokerOptions(config), till, boot, info: agentInfo() },
    { clock, random: fraction(outside), log, backendNow: () => skew.backendNow() },
  );
  const skew: ClockSkew = new ClockSkew({ link, till, clock, newId, log });
  book.backendNow = () => (skew.wallClockErrorMs === undefined ? undefined : skew.backendNow());
  const requests = new BackendRequests({ link, till, skew, clock, newId, log, written: () => book.written() });
  const outbox = new EventPublisher({ link, till, source: book, clock, log });
  const states = new DeviceStates({ link, till, backendNow: () => skew.backendNow() });
  const voice = { newId, boot, backendNow: () => skew.backendNow() };

  // Slips.
  const { printer: printerConfig, merchant } = config;
  const printer =
    printerConfig &&
    new SlipPrinter(printerConfig, printerEvents(states, log), clock, (listener) =>
      outside.openSerial(printerConfig, listener),
    );
  const spool = new SlipSpool({ book, printer, merchant, paper: printerConfig?.paper ?? 58, clock, log, ...voice });

  // Payments.
  const publishResult = (result: CommandResult): void => commands.publishResult(result);
  const results = new CommandResults({ book, clock, log, ...voice, publishResult });
  const runner: AttemptRunner = new AttemptRunner({
    book,
    requests,
    clock,
    log,
    ...voice,
    skew,
    slipFor: (attemptId) => spool.jobFor(attemptId),
    onWriting: (attempt) => spool.foresee(attempt),
    onChange: (attempt, order) => desk.attemptChanged(attempt, order),
    ...(outside.onFact === undefined ? {} : { onFact: outside.onFact }),
  });
  requests.onLateReply = (reply) => runner.lateReply(reply);
  const clockWatch = new ClockWatch({ skew, book, log, ...voice });
  skew.onMeasured = () => clockWatch.check();
  const desk: PaymentDesk = new PaymentDesk({
    book,
    requests,
    runner,
    clockWatch,
    refusalEvents: new RefusalEvents({ book, clock, log, ...voice }),
    fingerprints: new Fingerprints(outside.random(32), clock),
    clock,
    log,
    ...voice,
    maxFen: config.limits.maxFen,
    results,
    onPaid: (attempt) => spool.paid(attempt),
  });
  const keys = new CommandKeys(till, config.commandKeys);
  const verbs = new VerbDesk({ collect: desk }, keys);
  const intake = new CommandIntake({ boot, memory: book, desk: verbs, skew, clock, log, publishResult });
  const commands: BackendCommands = new BackendCommands({ link, till, intake, clock, log });
  const gun = new ScannerGun(gunConfig(config), scannerEvents(desk, states, log, clock), clock, (listener) =>
    outside.openSerial(config.scanner, listener),
  );

  spool.resume();
  verbs.resume(book.unfinishedCommands());
  for (const record of book.openAttempts()) runner.resume(record);
  link.start();
  log.info({ ...till, version: VERSION, boot, host: hostname(), journalSeq: book.head.seq }, 'agent ready');

  return {
    desk,
    book,
    spool,
    async stop() {
      log.info({}, 'agent stopping');
      bootLater();
      spool.stop();
      runner.stop();
      desk.stop();
      results.stop();
      outbox.stop();
      await Promise.all([link.close(), gun.close(), printer?.close()]);
      await book.close();
      unlock();
      log.info({}, 'agent stopped');
    },
  };
}

/** Looks once whether USB HID works here; where it does not, that is a finding, not a failure. */
export async function tellHid(log: { warn(fields: object, phrase: string): void }): Promise<void> {
  const finding = await findHid();
  if (!finding.available) log.warn(finding, explain('HID_UNAVAILABLE', finding.detail));
}

const REPAIRS = {
  torn: 'unfinished end of the journal cut off',
  checkpoint: 'a checkpoint of the journal was of no use, the log was read instead',
} as const;

async function openBook(config: Config, outside: Outside, log: ReturnType<typeof createLog>): Promise<TillBook> {
  const { book, repairs, damages } = await TillBook.open(
    await outside.journalFiles(),
    outside.clock,
    config.merchant.terminalNo,
  );
  for (const { kind, ...repair } of repairs) log.warn(repair, REPAIRS[kind]);
  for (const damage of damages)
    log.error(damage, explain('JOURNAL_DAMAGED', `${damage.segment}, byte ${damage.offset}`));
  const { trouble } = book;
  if (trouble) log.error({}, explain(trouble.code, trouble.detail));
  book.onTrouble = ({ code, detail }) => log.error({}, explain(code, detail));
  return book;
}

function brokerOptions({ address, broker }: Config) {
  const { username, password, protocolVersion } = broker;
  return {
    servers: serversOf(broker),
    clientId: `tillwire-${address.tenant}-${address.store}-${address.agent}`,
    protocolVersion,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

function agentInfo() {
  const channels = Object.keys(POLICIES) as (keyof typeof POLICIES)[];
  return { version: VERSION, node: process.version, os: `${platform()} ${release()}`.slice(0, 64), channels };
}

function gunConfig({ scanner: { prefix, idleMs, ...rest } }: Config) {
  return { ...rest, ...(prefix === undefined ? {} : { prefix }), ...(idleMs === undefined ? {} : { idleMs }) };
}

/** 0 <= x < 1, for jitter. */
function fraction(outside: Outside): () => number {
  return () => new DataView(Uint8Array.from(outside.random(4)).buffer).getUint32(0) / 2 ** 32;
}
