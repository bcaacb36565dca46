import type { PenPoint } from '../../protocols/signature/strokes.ts';

/** Somebody before a pad, asked to sign on so many dots. */
export interface PadCustomer {
  /** answered once; `undefined`: the red key */
  signs(
    size: { readonly width: number; readonly height: number },
    answer: (points: readonly PenPoint[] | undefined) => void,
  ): void;
  /** the page is gone: nobody is asked any more */
  rests(): void;
}

/** 0 <= x < 1 */
export type Random = () => number;

const POINTS = 40;
const POINT_MS = 8;

/** Somebody's signature on a pad of this size: loops from left to right, another one each time. */
export function signs(width: number, height: number, random: Random): PenPoint[] {
  const points: PenPoint[] = [];
  const strokes = 2 + Math.floor(random() * 3);
  for (let stroke = 0; stroke < strokes; stroke++) {
    const left = width * (0.1 + (0.6 * stroke) / strokes);
    const [turns, lean, swing] = [1 + random() * 3, random() * 0.4, height * (0.15 + random() * 0.2)];
    for (let n = 0; n <= POINTS; n++) {
      const angle = (2 * Math.PI * turns * n) / POINTS;
      const x = left + (width * 0.35 * n) / POINTS + swing * 0.5 * Math.cos(angle);
      const y = height * (0.4 + lean * (n / POINTS - 0.5)) + swing * Math.sin(angle);
      points.push({ t: points.length * POINT_MS, x, y, p: 0.4 + 0.4 * random(), down: n > 0 });
    }
  }
  return points;
}
