import { useLayoutEffect, useRef } from 'preact/hooks';
import Plot from 'uplot';
import { yuan } from './amount.ts';
import { language } from './language.ts';
import { r } from './report-words.ts';
import { isDark } from './theme.ts';
import type { Report } from './types.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const HEIGHT = 220;

/** What was sold in each hour of the shop's day. Who cannot see it has the same numbers in a list. */
export function HourChart({ report: { byHour } }: { readonly report: Report }) {
  const place = useRef<HTMLDivElement>(null);
  const sums = HOURS.map((hour) => (byHour.find((row) => row.hour === hour)?.salesFen ?? 0) / 100);
  useLayoutEffect(() => {
    const into = place.current;
    if (!into) return undefined;
    const plot = new Plot(optionsFor(into), [HOURS, sums], into);
    const resized = new ResizeObserver(() => plot.setSize({ width: into.clientWidth, height: HEIGHT }));
    resized.observe(into);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [sums.join(), isDark.value, language.value]);
  return (
    <figure class="hour-chart">
      <figcaption>{r('byHour')}</figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <ul class="unseen">
        {byHour.map(({ hour, salesFen, count }) => (
          <li key={hour}>{r('hour', hour, yuan(salesFen), count)}</li>
        ))}
      </ul>
    </figure>
  );
}

function optionsFor(into: HTMLElement): Plot.Options {
  const { bars } = Plot.paths;
  const colours = getComputedStyle(into);
  const [ink, line, accent] = ['--ink-soft', '--line', '--accent'].map((name) => colours.getPropertyValue(name).trim());
  const axis = { stroke: ink ?? '', grid: { stroke: line ?? '', width: 1 }, ticks: { show: false } };
  return {
    width: into.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => [-0.6, 23.6] }, y: { range: (_, __, most) => [0, Math.max(most, 1)] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, marks) => marks.map((hour) => `${hour}:00`) },
      { ...axis, size: 70 },
    ],
    series: [
      {},
      {
        fill: accent ?? '',
        stroke: accent ?? '',
        points: { show: false },
        ...(bars && { paths: bars({ size: [0.7, 48] }) }),
      },
    ],
  };
}
