import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import { type LinkDeps, type LinkOptions, MqttLink } from './backend/link.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Server, ServerParts } from './console/server.ts';
import { openDeviceLink } from './devices/device-link.ts';
import { SYSTEM_ROOTS } from './devices/discovery/found-device.ts';
import { listDevices } from './devices/discovery/list-devices.ts';
import type { AskDoctor } from './doctor/doctor-process.ts';
import type { HealthOutside } from './health/room.ts';
import type { Entry } from './journal/entry.ts';
import { folderFiles, type JournalFiles } from './journal/files.ts';
import { lockFolder } from './journal/lock.ts';
import type { Later } from './log.ts';
import type { CardRunnerParts } from './payment/card-runner.ts';
import type { IntentRunnerParts } from './payment/intent-runner.ts';
import type { RunnerParts } from './payment/runner.ts';
import type { RefundRunnerParts } from './refunds/refund-runner.ts';
import { signatureKey } from './signatures/key.ts';
import type { StoreDeps } from './signatures/store.ts';
import type { Reconciled, Upload } from './statements/upload.ts';
import type { DeviceAddress } from './transport/address.ts';
import type { ByteLink, LinkListener } from './transport/link.ts';
import { PlugEvents } from './transport/plug-events.ts';
import { openSerialLink, type SerialOptions } from './transport/serial.ts';

/** What the rooms above ask of the broker link. */
export type BrokerLink = Pick<MqttLink, 'online' | 'route' | 'listen' | 'publish' | 'start' | 'close'>;

/**
 * Everything the agent meets that is not itself: time, chance, disk, wires, log. The real one is below; the torture world
 * brings its own.
 */
export interface Outside {
  readonly clock: Clock;
  /** cryptographic randomness */
  random(bytes: number): Uint8Array;
  /** Claims the data folder; returns what releases it. Throws `DataDirBusy`. */
  lock(): () => void;
  journalFiles(): Promise<JournalFiles>;
  openSerial(options: SerialOptions, listener: LinkListener): ByteLink;
  /** A device that is not on a serial port; absent: this world has none. */
  openDevice?(address: DeviceAddress, line: SerialOptions, listener: LinkListener): ByteLink;
  connectBroker(options: LinkOptions, deps: LinkDeps): BrokerLink;
  /** Where signatures are kept, and the key that seals them; absent: this world keeps none. */
  signatures?(): Promise<Pick<StoreDeps, 'files' | 'key'>>;
  /** Opens the local API; absent: this world has no sockets. */
  openConsole?(parts: ServerParts): Promise<Server>;
  /** Examines the till from outside; absent: the verb `diagnose` is answered with UNSUPPORTED. */
  readonly doctor?: AskDoctor;
  /** Everything the log says of an order; absent: searched by a thread in the data folder. */
  readonly historyOf?: (orderId: string) => Promise<readonly Entry[]>;
  /** Holds an uploaded statement against the journal; absent: a thread does, in the data folder. */
  readonly reconcile?: (upload: Upload) => Promise<Reconciled>;
  /** how the till is, told and watched; absent: this world has no machine to look at */
  readonly health?: HealthOutside;
  readonly logSink: DestinationStream;
  /** Runs `run` when the work at hand is done, at the end of the process at the latest; absent: at once. */
  readonly later?: Later;
  /** sees every fact of every attempt (intent) before it is looked at: for a test that counts */
  readonly onIntentFact?: NonNullable<IntentRunnerParts['onFact']>;
  readonly onFact?: NonNullable<RunnerParts['onFact']>;
  /** the same for attempts on the card terminal */
  readonly onCardFact?: NonNullable<CardRunnerParts['onFact']>;
  /** the same for refunds */
  readonly onRefundFact?: NonNullable<RefundRunnerParts['onFact']>;
}

/** This machine, for the till of `config`. */
export function realOutside(config: Config): Outside {
  const clock = systemClock;
  const fraction = () => randomBytes(4).readUInt32BE() / 2 ** 32;
  const plugs = new PlugEvents(clock);
  const link = { clock, random: fraction, onPlug: (run: () => void) => plugs.watch(run) };
  return {
    clock,
    random: pooledRandom(),
    lock: () => lockFolder(config.dataDir),
    journalFiles: () => folderFiles(join(config.dataDir, 'journal')),
    openSerial: (options, listener) => openSerialLink(options, listener, link),
    openDevice: (address, line, listener) => openDeviceLink(address, line, listener, link),
    signatures: async () => ({
      files: await folderFiles(join(config.dataDir, 'signatures')),
      key: signatureKey(config.dataDir, randomBytes),
    }),
    connectBroker: (options, deps) => new MqttLink(options, deps),
    // its framework is loaded behind the till's own start
    openConsole: async (parts) => (await import('./console/server.ts')).openConsole(parts),
    health: {
      env: process.env,
      pid: process.pid,
      devices: () => listDevices(SYSTEM_ROOTS),
      memory: () => process.memoryUsage.rss(),
    },
    logSink: process.stdout,
    later: laterOrAtExit(),
  };
}

/** Enough for some hundred ids. */
const POOL_BYTES = 4_096;

/** Random bytes drawn ahead: OpenSSL takes as long for ten of them, between a scan and its payment, as for thousands. */
function pooledRandom(): (bytes: number) => Uint8Array {
  let pool = new Uint8Array(randomBytes(POOL_BYTES));
  let drawn = 0;
  return (bytes) => {
    if (drawn + bytes > pool.length) {
      pool = new Uint8Array(randomBytes(Math.max(POOL_BYTES, bytes)));
      drawn = 0;
    }
    const end = drawn + bytes;
    const chosen = pool.slice(drawn, end);
    pool.fill(0, drawn, end);
    drawn = end;
    return chosen;
  };
}

/** Behind the slip of a sale that is under way; nobody sees a log line five milliseconds late. */
const LATER_MS = 5;
/** Each thing more puts all of it off: a sale is going on. So many are no sale, and wait no longer. */
const PUT_OFF = 64;

function laterOrAtExit(): Later {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const runAll = () => {
    timer = undefined;
    const runs = waiting;
    waiting = [];
    for (const run of runs) run();
  };
  process.once('exit', runAll);
  return (run) => {
    waiting.push(run);
    if (!timer) timer = setTimeout(runAll, LATER_MS);
    else if (waiting.length < PUT_OFF) timer.refresh();
  };
}
