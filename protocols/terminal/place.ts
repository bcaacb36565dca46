import type { Location } from './terminal-info.ts';

/** mean radius, m */
const EARTH_M = 6_371_000;
const RADIANS = Math.PI / 180;

/** Along a great circle, m. */
export function distanceM(from: Location, to: Location): number {
  const [north, east] = [(to.latitude - from.latitude) * RADIANS, (to.longitude - from.longitude) * RADIANS];
  const across = Math.cos(from.latitude * RADIANS) * Math.cos(to.latitude * RADIANS);
  const half = Math.sin(north / 2) ** 2 + across * Math.sin(east / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
}
