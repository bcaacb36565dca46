import { type Bitmap, setDot } from '../escpos/image.ts';

/** What a pen did: the truth of a signature, from which every picture is made. */
export interface PenPoint {
  /** monotonic ms since the signing began */
  readonly t: number;
  /** dots of the pad */
  readonly x: number;
  readonly y: number;
  /** pressure, 0 to 1 */
  readonly p: number;
  /** the pen touches; false: it hovers, or was lifted */
  readonly down: boolean;
}

/** A hand gives a few thousand; more is a fault of the pad. */
export const MAX_POINTS = 20_000;
/** Dots; a pen wider than that writes blots. */
const MAX_PEN_WIDTH = 9;

/** Dots that a pen may travel; a signature takes some thousands. */
const MAX_TRAVEL = 500_000;

export type StrokeRefusal = 'too-many-points' | 'not-a-point' | 'pen-width' | 'too-long';

/**
 * Draws the strokes over what is there (the feature code lies under the ink). Outside the picture nothing is drawn. Returns
 * why not, before the first dot.
 */
export function drawStrokes(bitmap: Bitmap, points: readonly PenPoint[], penWidth: number): StrokeRefusal | undefined {
  if (points.length > MAX_POINTS) return 'too-many-points';
  if (!Number.isInteger(penWidth) || penWidth < 1 || penWidth > MAX_PEN_WIDTH) return 'pen-width';
  if (!points.every(({ x, y }) => isNear(x) && isNear(y))) return 'not-a-point';
  if (travel(points) > MAX_TRAVEL) return 'too-long';
  const nib = nibOf(penWidth);
  let before: PenPoint | undefined;
  for (const point of points) {
    if (point.down) drawLine(bitmap, before ?? point, point, nib);
    before = point.down ? point : undefined;
  }
  return undefined;
}

/** No pad is larger. */
function isNear(value: number): boolean {
  return Math.abs(value) <= 65_535;
}

function travel(points: readonly PenPoint[]): number {
  return points.reduce(
    (sum, { x, y }, n) => sum + Math.hypot(x - (points[n - 1]?.x ?? x), y - (points[n - 1]?.y ?? y)),
    0,
  );
}

type Nib = readonly (readonly [dx: number, dy: number])[];

/** A round nib of so many dots across. */
function nibOf(width: number): Nib {
  const radius = width / 2;
  const side = Array.from({ length: width }, (_, k) => k - Math.floor((width - 1) / 2));
  const centre = width % 2 === 0 ? 0.5 : 0;
  return side.flatMap((dy) =>
    side.filter((dx) => Math.hypot(dx - centre, dy - centre) <= radius).map((dx) => [dx, dy] as const),
  );
}

/** Dot by dot along the longer axis. */
function drawLine(bitmap: Bitmap, from: PenPoint, to: PenPoint, nib: Nib): void {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
  for (let step = 0; step <= steps; step++) {
    const x = Math.round(from.x + (dx * step) / steps);
    const y = Math.round(from.y + (dy * step) / steps);
    for (const [ox, oy] of nib) setDot(bitmap, x + ox, y + oy);
  }
}

/** Whether nobody signed: what the pad's "accept blank" is about. */
export function isBlank(points: readonly PenPoint[]): boolean {
  return !points.some(({ down }) => down);
}
