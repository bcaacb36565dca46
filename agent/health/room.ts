import type { Device, TillAddress } from '../../protocols/backend/topics.ts';
import { topicsOf } from '../../protocols/backend/topics.ts';
import type { DeviceStates } from '../backend/device-states.ts';
import type { MqttLink } from '../backend/link.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { FoundDevice } from '../devices/discovery/found-device.ts';
import { deviceOf } from '../devices/discovery/place-of.ts';
import type { SlipPrinter } from '../devices/printer.ts';
import type { ScannerEvents } from '../devices/scanner.ts';
import type { CertificateRenewal } from '../enrolment/renewal.ts';
import { type ErrorCode, explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Entry } from '../journal/entry.ts';
import type { JournalFiles } from '../journal/files.ts';
import type { Log } from '../log.ts';
import { DeviceTap } from '../trace/tap.ts';
import { Alerts, isAlertCode } from './alerts.ts';
import { Counts } from './counts.ts';
import { GunHealth } from './gun-health.ts';
import { JournalCounts } from './journal-counts.ts';
import { Liveness } from './liveness.ts';
import { HealthReadings } from './readings.ts';
import { type ServiceManager, serviceManagerOf } from './service-manager.ts';

/** What health needs of the machine; absent: this world has none. */
export interface HealthOutside {
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  devices(): Promise<readonly FoundDevice[]>;
  /** bytes of memory that this process holds */
  memory(): number;
}

export interface HealthParts {
  readonly till: TillAddress;
  readonly boot: string;
  readonly book: TillBook;
  readonly link: Pick<MqttLink, 'listen' | 'publish' | 'online'>;
  readonly skew: Pick<ClockSkew, 'wallClockErrorMs' | 'trusted'>;
  readonly states: DeviceStates;
  readonly printer: SlipPrinter | undefined;
  readonly renewal: Pick<CertificateRenewal, 'isRefused'>;
  readonly log: Log;
  readonly backendNow: () => number;
}

/** How often it is told, and who can answer is asked. */
export const EVERY_MS = 60_000;
/** Two tills with one name were met so lately. */
const TWICE_MS = 600_000;
/** Events that wait longer are not on their way any more. */
const STUCK_MS = 3_600_000;
/** For how long nobody knows yet whether the clock is right. */
const SETTLING_MS = EVERY_MS;

/** How the till is: counters of everything, what somebody must see to, and whether the work goes on. */
export class HealthRoom {
  readonly counts = new Counts();
  readonly taps: Readonly<Record<Device, DeviceTap>>;
  /** what it says */
  readonly readings: HealthReadings;
  readonly #journal: JournalCounts;
  readonly #gun = new GunHealth();
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #outside: HealthOutside | undefined;
  readonly #began: number;
  readonly #scanWatchers = new Set<(length: number) => void>();
  #parts: HealthParts | undefined;
  #alerts: Alerts | undefined;
  #liveness: Liveness | undefined;
  #manager: ServiceManager | undefined;
  #aliveAt = Number.NEGATIVE_INFINITY;
  #twiceAt = Number.NEGATIVE_INFINITY;
  #offlineMs = 0;
  #offlineSince: number | undefined;
  readonly #up = new Set<Device>();
  #callOff: () => void = () => undefined;

  constructor(config: Config, clock: Clock, outside: HealthOutside | undefined) {
    this.#config = config;
    this.#clock = clock;
    this.#outside = outside;
    this.#began = clock.mono();
    this.#offlineSince = this.#began;
    this.#journal = new JournalCounts(this.counts, clock);
    const mono = () => clock.mono();
    this.taps = { scanner: new DeviceTap(mono), printer: new DeviceTap(mono), terminal: new DeviceTap(mono) };
    this.readings = new HealthReadings({
      clock,
      counts: this.counts,
      taps: this.taps,
      began: this.#began,
      memory: () => outside?.memory() ?? 0,
      rooms: () => this.#parts,
      pulse: () => this.#liveness?.pulse,
      offlineMs: () => this.#offlineFor(),
    });
  }

  // --- what it is told

  timed(files: JournalFiles): JournalFiles {
    return this.#outside ? this.#journal.timed(files) : files;
  }

  kept(entry: Entry): void {
    if (this.#outside) this.#journal.kept(entry);
  }

  refused(reason: string): void {
    this.counts.add('scansRejected', { reason });
  }

  /** The gun's own events, counted on their way. */
  gunEvents(events: ScannerEvents): ScannerEvents {
    const of = () => this.counts.of('scanner');
    return {
      ...events,
      onScan: (scan) => {
        of().good += 1;
        this.#pulled(true);
        for (const tell of this.#scanWatchers) tell(scan.text.length);
        events.onScan(scan);
      },
      onDuplicate: (at) => {
        of().duplicate += 1;
        events.onDuplicate(at);
      },
      onNoRead: (at) => {
        of().noRead += 1;
        this.#pulled(false);
        events.onNoRead(at);
      },
      onNoise: (report) => {
        of().noiseBytes += report.bytes;
        of().checksumErrors += report.causes['bad-check'] ?? 0;
        events.onNoise(report);
      },
    };
  }

  #pulled(read: boolean): void {
    const before = this.#gun.isDirty;
    this.#gun.pulled(read);
    if (this.#gun.isDirty === before) return;
    if (this.#gun.isDirty) this.#parts?.log.warn({}, explain('SCANNER_WINDOW_DIRTY'));
    this.#parts?.states.remark('scanner', this.#gun.isDirty ? 'SCANNER_WINDOW_DIRTY' : undefined);
  }

  /** The length of the next code that the gun reads; `undefined`: none within `ms`. */
  nextScan(ms: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const done = (length?: number) => {
        callOff();
        this.#scanWatchers.delete(done);
        resolve(length);
      };
      const callOff = this.#clock.after(ms, () => done());
      this.#scanWatchers.add(done);
    });
  }

  /** Something about a device, the link or the clock changed. */
  look(): void {
    for (const { dev, avail, reason } of this.#parts?.states.all ?? []) this.#device(dev, avail === 'online', reason);
    this.#lookAtAlerts();
  }

  #device(dev: Device, isUp: boolean, reason: string | undefined): void {
    if (this.#up.has(dev) === isUp) return;
    if (!isUp) {
      this.#up.delete(dev);
      this.counts.add('reconnects', { dev, reason: reason ?? 'unknown' });
      this.counts.of(dev).reconnects += 1;
      return;
    }
    this.#up.add(dev);
    void this.#identify(dev);
  }

  /** Which one of its kind is connected now: its counters are its own. */
  async #identify(dev: Device): Promise<void> {
    const path = this.#config[dev]?.path;
    const devices = (await this.#outside?.devices().catch(() => [])) ?? [];
    const serial = path === undefined ? '' : ((await deviceOf(devices, path))?.serialNumber ?? '');
    if (dev === 'scanner' && this.counts.of(dev).serial !== serial) this.#gun.reset();
    this.counts.connected(dev, serial);
  }

  // --- what it says

  /** Begins to watch: counters are told once a minute, trouble at once. */
  begin(parts: HealthParts): void {
    this.#parts = parts;
    if (!this.#outside) return;
    this.#alerts = new Alerts(parts);
    this.#liveness = new Liveness(this.#clock, () => parts.book.written());
    this.#liveness.onBeat = ({ ok }) => this.#beat(ok);
    parts.link.listen({
      up: () => this.#linkUp(),
      down: () => this.#linkDown(),
      problem: ({ code }) => this.#linkProblem(code),
    });
    void this.#tellManager(this.#outside);
    this.#again();
  }

  stop(): void {
    this.#callOff();
    this.#liveness?.stop();
    this.#manager?.stopping();
  }

  async #tellManager({ env, pid }: HealthOutside): Promise<void> {
    this.#manager = await serviceManagerOf(env, pid).catch(() => undefined);
    this.#manager?.ready('ready for the clerk');
  }

  #beat(isAlive: boolean): void {
    const { watchdogMs } = this.#manager ?? {};
    const now = this.#clock.mono();
    if (!isAlive || watchdogMs === undefined || now - this.#aliveAt < watchdogMs - 1_000) return;
    this.#aliveAt = now;
    this.#manager?.alive();
  }

  #linkUp(): void {
    this.#offlineMs = this.#offlineFor();
    this.#offlineSince = undefined;
    this.#alerts?.up();
    this.#publish();
  }

  #linkDown(): void {
    this.#offlineSince ??= this.#clock.mono();
  }

  /** Told when the next session stands: the one that fell cannot tell it. */
  #linkProblem(code: string): void {
    if (code === 'AGENT_TWICE') this.#twiceAt = this.#clock.mono();
    this.#lookAtAlerts();
  }

  #again(): void {
    this.#callOff = this.#clock.after(EVERY_MS, () => {
      // who can answer is asked, so that "it is there" is never older than this
      this.#parts?.printer?.lookAhead();
      this.#lookAtAlerts();
      this.#publish();
      this.#again();
    });
  }

  #publish(): void {
    const { link, till } = this.#parts ?? {};
    if (link?.online && till)
      link.publish({ topic: topicsOf(till).health, body: this.readings.health, qos: 0, retain: true });
  }

  #lookAtAlerts(): void {
    const { book, states, skew } = this.#parts ?? {};
    if (!this.#alerts || !book || !states || !skew) return;
    const open = new Map<ErrorCode, Device | undefined>();
    for (const { dev, avail, reason } of states.all) {
      if (avail === 'offline' && isAlertCode(reason)) open.set(reason, dev);
      const remark = states.remarkOn(dev)?.code;
      if (isAlertCode(remark)) open.set(remark, dev);
    }
    if (book.trouble) open.set(book.trouble.code, undefined);
    if (!skew.trusted && this.#clock.mono() - this.#began > SETTLING_MS) open.set('CLOCK_UNTRUSTED', undefined);
    if (this.readings.oldestEventMs > STUCK_MS) open.set('OUTBOX_STUCK', undefined);
    if (this.#clock.mono() - this.#twiceAt < TWICE_MS) open.set('AGENT_TWICE', undefined);
    if (this.#parts?.renewal.isRefused) open.set('CERTIFICATE_REFUSED', undefined);
    this.#alerts.set(open);
  }

  #offlineFor(): number {
    return this.#offlineMs + (this.#offlineSince === undefined ? 0 : this.#clock.mono() - this.#offlineSince);
  }

  get alerts(): Alerts['open'] {
    return this.#alerts?.open ?? [];
  }
}
