/** Days and hours of the shop, wherever its clock hangs: also where summer time makes a day of 23 or 25 hours. */
export class ShopTime {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  }

  /** `2026-11-22 23:59` */
  text(unixMs: number): string {
    const parts = new Map(this.#format.formatToParts(unixMs).map(({ type, value }) => [type, value]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
  }

  /** `2026-11-22` */
  day(unixMs: number): string {
    return this.text(unixMs).slice(0, 10);
  }

  hour(unixMs: number): number {
    return Number(this.text(unixMs).slice(11, 13));
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
