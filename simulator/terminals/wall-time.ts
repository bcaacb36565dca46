/** How far the simulated shop's clocks are ahead of UTC, minutes: it stands in China, as its channels' statements do. */
export const SHOP_ZONE_MINUTES = 480;

/** What a clock on the wall shows, in the digits that terminals say. */
export interface WallTime {
  /** YYYYMMDD */
  readonly date: string;
  /** HHMMSS */
  readonly time: string;
}

export function wallTime(unixMs: number, zoneMinutes: number): WallTime {
  const digits = new Date(unixMs + zoneMinutes * 60_000).toISOString().replace(/\D/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(8, 14) };
}
