import { ulid } from '../protocols/backend/ulid.ts';
import { redact } from '../protocols/paycode/redact.ts';
import { agentInfo, brokerOptions } from './backend/broker-options.ts';
import { DeviceStates } from './backend/device-states.ts';
import { EventPublisher } from './backend/event-publisher.ts';
import { BackendRequests } from './backend/requests.ts';
import { ClockSkew } from './backend/skew.ts';
import { bootId } from './boot.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { explain } from './errors.ts';
import { HealthRoom } from './health/room.ts';
import type { TillBook } from './journal/book.ts';
import { JournalUnavailable } from './journal/journal.ts';
import { openBook } from './journal/open-book.ts';
import { JOURNAL_RETRY_MS } from './journal/retry.ts';
import { createLog, type Log } from './log.ts';
import { LogDial, LogTail } from './log-dial.ts';
import type { Outside } from './outside.ts';
import { addressOf } from './training.ts';
import { VERSION } from './version.ts';

// What every room of the till stands on: log and health, journal, the backend and its time. Composition, like main.ts.

export type Ground = Awaited<ReturnType<typeof layGround>>;

/** Claims the data folder, opens the journal and writes this start into it, and makes ready to speak with the backend. */
export async function layGround(config: Config, outside: Outside) {
  const { clock } = outside;
  const tail = new LogTail(outside.logSink);
  const later = outside.later ?? ((run) => run());
  const log = createLog(config.log.level, tail, redact, later);
  const dial = new LogDial(log, config.log.level, clock);
  const health = new HealthRoom(config, clock, outside.health);
  const newId = () => ulid(clock.now(), outside.random(10));
  const till = addressOf(config);
  const unlock = outside.lock();
  const unreadable = (error: unknown): never => {
    unlock();
    throw new JournalUnavailable(String(error), { cause: error });
  };
  const files = health.timed(await outside.journalFiles().catch(unreadable));
  const book = await openBook(config, files, clock, log).catch(unreadable);
  const boot = bootId(clock.now(), outside.random(10), book.boot);
  const stopBoot = await writeBoot(book, boot, clock, log);

  const link = outside.connectBroker(
    { ...brokerOptions(config), till, boot, info: agentInfo(config) },
    { clock, random: fraction(outside), log, backendNow: () => skew.backendNow() },
  );
  const skew: ClockSkew = new ClockSkew({ link, till, clock, newId, log });
  const backendNow = () => skew.backendNow();
  book.backendNow = () => (skew.wallClockErrorMs === undefined ? undefined : skew.backendNow());
  const requests = new BackendRequests({ link, till, skew, clock, newId, log, written: () => book.written() });
  const outbox = new EventPublisher({ link, till, source: book, clock, log });
  const states = new DeviceStates({ link, till, backendNow });
  const voice = { newId, boot, backendNow };
  return {
    till,
    log,
    later,
    dial,
    tail,
    health,
    unlock,
    files,
    book,
    stopBoot,
    link,
    skew,
    requests,
    outbox,
    states,
    voice,
  };
}

/** Until it is written, nobody knows whether what was found on the disk survives a power cut. Returns what gives that up. */
async function writeBoot(book: TillBook, boot: string, clock: Clock, log: Log): Promise<() => void> {
  let callOff = () => {};
  const write = (): Promise<void> =>
    book.write({ type: 'BOOT', boot, version: VERSION }).catch((error: unknown) => {
      callOff = clock.after(JOURNAL_RETRY_MS, () => void write().catch(() => undefined));
      throw error;
    });
  await write().catch((error: unknown) => log.error({}, explain('JOURNAL_UNAVAILABLE', String(error))));
  return () => callOff();
}

/** 0 <= x < 1, for jitter. */
function fraction(outside: Outside): () => number {
  return () => new DataView(Uint8Array.from(outside.random(4)).buffer).getUint32(0) / 2 ** 32;
}
