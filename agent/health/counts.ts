import type { Device } from '../../protocols/backend/topics.ts';

/** What a till counted since it began; of a device for each that was plugged in, by its serial number. */
export interface DeviceCounts {
  readonly dev: Device;
  /** empty: it says none */
  readonly serial: string;
  good: number;
  duplicate: number;
  noRead: number;
  noiseBytes: number;
  checksumErrors: number;
  reconnects: number;
}

/** Durations that are kept as histograms, seconds. */
const DURATIONS = ['fsync', 'command', 'scanToPublish', 'scanToPaid', 'paidToPrinted'] as const;
export type Duration = (typeof DURATIONS)[number];

/** More devices than any counter sees in a day; a loose plug gives no new serial numbers. */
const MOST_DEVICES = 64;
/** Reasons and codes come from tables; a bug must not make a series of each id. */
const MOST_LABELS = 256;
/** Before somebody keeps the durations: a start, not an hour. */
const MOST_HELD = 512;

/** Counters, without a framework: a scan counts in nanoseconds, whoever asks pays for the rest. */
export class Counts {
  readonly #devices = new Map<string, DeviceCounts>();
  readonly #current = new Map<Device, DeviceCounts>();
  readonly #labelled = new Map<string, Map<string, number>>();
  #held: [Duration, number][] = [];
  #keep: ((duration: Duration, seconds: number) => void) | undefined;

  /** The device that is connected now has this serial number. */
  connected(dev: Device, serial: string): void {
    const key = `${dev} ${serial}`;
    const isNew = !this.#devices.has(key) && this.#devices.size >= MOST_DEVICES;
    this.#current.set(dev, isNew ? this.of(dev) : this.#device(dev, serial));
  }

  /** Counts for the device that is connected now. */
  of(dev: Device): DeviceCounts {
    const current = this.#current.get(dev);
    if (current) return current;
    const unnamed = this.#device(dev, '');
    this.#current.set(dev, unnamed);
    return unnamed;
  }

  #device(dev: Device, serial: string): DeviceCounts {
    const key = `${dev} ${serial}`;
    const known = this.#devices.get(key) ?? {
      dev,
      serial,
      good: 0,
      duplicate: 0,
      noRead: 0,
      noiseBytes: 0,
      checksumErrors: 0,
      reconnects: 0,
    };
    this.#devices.set(key, known);
    return known;
  }

  get devices(): readonly DeviceCounts[] {
    return [...this.#devices.values()];
  }

  /** One more of `name` with these labels, as JSON text with sorted names. */
  add(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const series = this.#labelled.get(name) ?? new Map<string, number>();
    this.#labelled.set(name, series);
    const key = JSON.stringify(labels);
    if (series.has(key) || series.size < MOST_LABELS) series.set(key, (series.get(key) ?? 0) + by);
  }

  /** Every series of `name`. */
  series(name: string): readonly { readonly labels: Record<string, string>; readonly value: number }[] {
    return [...(this.#labelled.get(name) ?? [])].map(([key, value]) => ({
      labels: JSON.parse(key) as Record<string, string>,
      value,
    }));
  }

  total(name: string): number {
    return this.series(name).reduce((sum, { value }) => sum + value, 0);
  }

  took(duration: Duration, seconds: number): void {
    if (this.#keep) this.#keep(duration, seconds);
    else if (this.#held.length < MOST_HELD) this.#held.push([duration, seconds]);
  }

  /** From now on durations go there, first those that were held. */
  keepDurations(keep: (duration: Duration, seconds: number) => void): void {
    this.#keep = keep;
    for (const [duration, seconds] of this.#held.splice(0)) keep(duration, seconds);
  }
}
