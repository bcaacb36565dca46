import { randomBytes } from 'node:crypto';
import { hostname, platform, release } from 'node:os';
import { join } from 'node:path';
import { ulid } from '../protocols/backend/ulid.ts';
import { redact } from '../protocols/paycode/redact.ts';
import { CommandIntake } from './backend/commands.ts';
import { EventPublisher } from './backend/event-publisher.ts';
import { MqttLink } from './backend/link.ts';
import { BackendRequests } from './backend/requests.ts';
import { serversOf } from './backend/servers.ts';
import { ClockSkew } from './backend/skew.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { SlipPrinter } from './devices/printer.ts';
import { ScannerGun } from './devices/scanner.ts';
import { explain } from './errors.ts';
import { TillBook } from './journal/book.ts';
import { folderFiles } from './journal/files.ts';
import { lockFolder } from './journal/lock.ts';
import { createLog } from './log.ts';
import { PaymentDesk } from './payment/desk.ts';
import { Fingerprints } from './payment/fingerprints.ts';
import { POLICIES } from './payment/policy.ts';
import { AttemptRunner } from './payment/runner.ts';
import { SlipSpool } from './slips/spool.ts';
import { findHid } from './transport/hid.ts';
import { openSerialLink } from './transport/serial.ts';
import { VERSION } from './version.ts';

// The composition root: the only file that constructs the agent's rooms and joins them.

/** A running agent. */
export interface Till {
  /** Says goodbye to the backend, releases ports and files. Open attempts stay in the journal for the next start. */
  stop(): Promise<void>;
}

/**
 * Starts the agent of one till. Ready with the broker down and every device absent. Throws when the data folder is held
 * by another agent ({@link DataDirBusy}) or its journal is damaged.
 */
export async function startTill(config: Config, clock: Clock = systemClock): Promise<Till> {
  const log = createLog(config.log.level, process.stdout, redact);
  const random = () => randomBytes(4).readUInt32BE() / 2 ** 32;
  const newId = () => ulid(clock.now(), randomBytes(10));
  const boot = newId();
  const till = config.address;

  const unlock = lockFolder(config.dataDir);
  const { book, repairs } = await openBook(config, clock).catch((error: unknown) => {
    unlock();
    throw error;
  });
  for (const repair of repairs) log.warn(repair, 'torn end of the journal cut off');
  await book.write({ type: 'BOOT', boot, version: VERSION });

  // Down to the backend.
  const info = {
    version: VERSION,
    node: process.version,
    os: `${platform()} ${release()}`.slice(0, 64),
    channels: channels(),
  };
  const credentials = definedOnly({ username: config.broker.username, password: config.broker.password });
  const { protocolVersion } = config.broker;
  let skew: ClockSkew | undefined;
  const backendNow = () => skew?.backendNow() ?? clock.now();
  const link = new MqttLink(
    {
      servers: serversOf(config.broker),
      clientId: `tillwire-${till.tenant}-${till.store}-${till.agent}`,
      ...credentials,
      protocolVersion,
      till,
      boot,
      info,
    },
    { clock, random, log, backendNow },
  );
  skew = new ClockSkew({ link, till, clock, newId, log });
  const requests = new BackendRequests({ link, till, skew, clock, newId, log });
  const publisher = new EventPublisher({ link, till, source: book, clock, log });
  void publisher;

  // Devices.
  const printerLink = config.printer;
  const printer =
    printerLink &&
    new SlipPrinter(printerLink, (listener) => openSerialLink(printerLink, listener, { clock, random }), {
      clock,
      log,
    });
  const spool = new SlipSpool({
    book,
    printer,
    merchant: config.merchant,
    paper: printerLink?.paper ?? 58,
    clock,
    log,
    newId,
    boot,
    backendNow,
  });

  // Payments.
  const runner = new AttemptRunner({
    book,
    requests,
    clock,
    log,
    newId,
    boot,
    backendNow,
    onChange: (attempt, order) => desk.attemptChanged(attempt, order),
  });
  const fingerprints = new Fingerprints(randomBytes(32), clock);
  const desk: PaymentDesk = new PaymentDesk({
    book,
    requests,
    runner,
    fingerprints,
    clock,
    log,
    newId,
    boot,
    backendNow,
    maxFen: config.limits.maxFen,
    publishResult: (result) => intake.publishResult(result),
    onPaid: (attempt, order) => spool.paid(attempt, order),
  });
  const intake: CommandIntake = new CommandIntake({ link, till, boot, memory: book, desk, skew, clock, log });
  const gun = new ScannerGun(
    config.scanner,
    (listener) => openSerialLink(config.scanner, listener, { clock, random }),
    desk,
    { clock, log },
  );

  spool.resume();
  desk.resume();
  link.start();
  log.info({ ...till, version: VERSION, boot, host: hostname(), journalSeq: book.head.seq }, 'agent ready');
  void findHid().then((finding) => {
    if (!finding.available) log.warn(finding, explain('HID_UNAVAILABLE', finding.detail));
  });

  return {
    async stop() {
      log.info({}, 'agent stopping');
      spool.stop();
      runner.stop();
      desk.stop();
      await Promise.all([link.close(), gun.close(), printer?.close()]);
      await book.close();
      unlock();
      log.info({}, 'agent stopped');
    },
  };
}

async function openBook(config: Config, clock: Clock) {
  return TillBook.open(await folderFiles(join(config.dataDir, 'journal')), clock, config.merchant.terminalNo);
}

function channels() {
  return Object.keys(POLICIES) as (keyof typeof POLICIES)[];
}

function definedOnly<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
