import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { VERSION } from '../version.ts';
import type { DeviceCounts, Duration } from './counts.ts';
import type { HealthRoom } from './room.ts';

// The names of field-lessons.md 5.4. A registry of its own: nothing of the process's default metrics, no globals.

const MS_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const WAIT_BUCKETS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45, 60, 120];

/** duration -> its histogram */
const HISTOGRAMS = {
  fsync: ['pos_journal_fsync_seconds', 'a sync of the journal', MS_BUCKETS],
  command: ['pos_cmd_seconds', 'from the acceptance of a command to its final result', WAIT_BUCKETS],
  scanToPublish: ['pos_scan_to_publish_seconds', 'from the last byte of a code to the request on the wire', MS_BUCKETS],
  scanToPaid: ['pos_scan_to_paid_seconds', 'from a code to PAID on disk', WAIT_BUCKETS],
  paidToPrinted: ['pos_paid_to_printed_seconds', 'from PAID to the proof of the slip', WAIT_BUCKETS],
} as const satisfies Record<Duration, readonly [name: string, help: string, buckets: readonly number[]]>;

/** Paper as a number: 2 enough, 1 near the end, 0 none. */
const PAPER: Readonly<Record<string, number>> = { PRINTER_PAPER_OUT: 0, PRINTER_PAPER_LOW: 1 };

/** Prometheus metrics of one till: counters are read when somebody scrapes, durations are kept as they come. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #room: HealthRoom;

  constructor(room: HealthRoom) {
    this.#room = room;
    this.#durations();
    this.#devices();
    this.#work();
    this.#backend();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #durations(): void {
    const all = Object.fromEntries(
      Object.entries(HISTOGRAMS).map(([duration, [name, help, buckets]]) => [
        duration,
        new Histogram({ name, help, buckets: [...buckets], registers: [this.#registry] }),
      ]),
    );
    this.#room.counts.keepDurations((duration, seconds) => all[duration]?.observe(seconds));
  }

  #devices(): void {
    const room = this.#room;
    const { readings } = room;
    const each = (name: string, help: string, of: (counts: DeviceCounts) => number, dev?: string) =>
      this.#counter(name, help, ['dev', 'serial'], () =>
        room.counts.devices
          .filter((counts) => dev === undefined || counts.dev === dev)
          .map((counts) => ({ labels: { dev: counts.dev, serial: counts.serial }, value: of(counts) })),
      );
    each('pos_scan_good_total', 'codes that were read', ({ good }) => good, 'scanner');
    each('pos_scan_duplicate_total', 'codes that came twice', ({ duplicate }) => duplicate, 'scanner');
    each('pos_scan_no_read_total', 'pulls of the trigger without a code', ({ noRead }) => noRead, 'scanner');
    each(
      'pos_serial_crc_errors_total',
      'frames with a wrong checksum',
      ({ checksumErrors }) => checksumErrors,
      'scanner',
    );
    each('pos_serial_resync_bytes_total', 'bytes that were no frame', ({ noiseBytes }) => noiseBytes, 'scanner');
    this.#counter('pos_scan_rejected_total', 'codes that began no payment', ['reason'], () =>
      room.counts.series('scansRejected'),
    );
    this.#counter('pos_device_reconnects_total', 'times that a device went away', ['dev', 'reason'], () =>
      room.counts.series('reconnects'),
    );
    this.#gauge('pos_device_up', 'the device can be used', ['dev'], () =>
      readings.devices.map(({ dev, up }) => ({ labels: { dev }, value: up ? 1 : 0 })),
    );
    this.#gauge('pos_print_paper', '2 enough, 1 near the end, 0 none', [], () =>
      readings.devices
        .filter(({ dev }) => dev === 'printer')
        .map(({ reason = '', remark = '' }) => ({ labels: {}, value: PAPER[reason] ?? PAPER[remark] ?? 2 })),
    );
  }

  #work(): void {
    const { counts } = this.#room;
    this.#counter('pos_cmd_total', 'commands by their end', ['type', 'status'], () => counts.series('commands'));
    this.#counter('pos_inquiry_total', 'questions after an attempt', ['outcome'], () => counts.series('inquiries'));
    this.#counter('pos_print_jobs_total', 'print jobs by their end', ['status'], () => counts.series('printJobs'));
    this.#one('pos_unknown_open', 'attempts of which nobody knows the end', () => this.#room.readings.unknown);
    this.#gauge('pos_agent_info', 'what runs here', ['version'], () => [{ labels: { version: VERSION }, value: 1 }]);
    this.#one('pos_ready', 'it can sell', () => (this.#room.readings.hindrances.length === 0 ? 1 : 0));
    this.#one('pos_loop_lag_seconds', 'the worst of the last minute', () => this.#room.readings.alive.lagMs / 1000);
  }

  #backend(): void {
    const { readings, counts } = this.#room;
    this.#one('pos_mqtt_connected', 'a session with the broker stands', () => (readings.online ? 1 : 0));
    this.#counter('pos_mqtt_offline_seconds_total', 'time without a session', [], () => [
      { labels: {}, value: readings.offlineMs / 1000 },
    ]);
    this.#one(
      'pos_outbox_entries',
      'events that the backend has not acknowledged',
      () => readings.outbox?.waiting ?? 0,
    );
    this.#one('pos_outbox_oldest_seconds', 'how long the oldest of them waits', () => readings.oldestEventMs / 1000);
    this.#counter('pos_outbox_dropped_total', 'events given up, never results', ['class'], () =>
      counts.series('outboxDropped'),
    );
    this.#gauge('pos_clock_skew_seconds', "this PC's clock ahead (+) or behind (-) of the backend", [], () =>
      readings.clockErrorMs === undefined ? [] : [{ labels: {}, value: readings.clockErrorMs / 1000 }],
    );
  }

  #counter(name: string, help: string, labelNames: readonly string[], read: Read): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        for (const { labels, value } of read()) counter.inc(labels, value);
      },
    });
  }

  #gauge(name: string, help: string, labelNames: readonly string[], read: Read): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        for (const { labels, value } of read()) gauge.set(labels, value);
      },
    });
  }

  #one(name: string, help: string, read: () => number): void {
    this.#gauge(name, help, [], () => [{ labels: {}, value: read() }]);
  }
}

type Read = () => readonly { readonly labels: Record<string, string>; readonly value: number }[];
