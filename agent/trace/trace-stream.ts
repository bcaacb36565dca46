import type { Device } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { DeviceTap } from './tap.ts';
import { type TraceLine, TraceLines } from './trace-lines.ts';

/** Lines that wait for a slow reader; what comes beyond is counted. */
const MOST_WAITING = 200;
const HEARTBEAT_MS = 15_000;

export interface TraceParts {
  readonly tap: DeviceTap;
  readonly dev: Device;
  readonly config: Pick<Config, 'scanner' | 'terminal'>;
  readonly clock: Clock;
  readonly forMs: number;
}

/**
 * What passes on a device's line, live, as server-sent events: `line`, at last `end`. `undefined`: too many watch already. Nothing is
 * kept behind it.
 */
export function traceStream(parts: TraceParts): ReadableStream<Uint8Array> | undefined {
  const { tap, clock, dev, config, forMs } = parts;
  const encoder = new TextEncoder();
  const lines = new TraceLines(dev, config, clock.mono());
  const waiting: TraceLine[] = [];
  let left = 0;
  let over: string | undefined;
  let wake = () => {};
  let callOffDue = () => {};
  const add = (more: readonly TraceLine[]) => {
    for (const line of more) {
      if (waiting.length < MOST_WAITING) waiting.push(line);
      else left += 1;
    }
    callOffDue();
    const { deadline } = lines;
    if (deadline !== undefined)
      callOffDue = clock.after(Math.max(1, deadline - clock.mono()), () => add(lines.due(clock.mono())));
    if (more.length > 0) wake();
  };
  const unwatch = tap.watch((passed) => add(lines.push(passed)));
  if (!unwatch) return undefined;
  const callOffEnd = clock.after(forMs, () => {
    over = 'TIME';
    wake();
  });
  const finish = () => {
    callOffEnd();
    callOffDue();
    unwatch();
  };
  const news = () =>
    new Promise<void>((resolve) => {
      const stop = clock.after(HEARTBEAT_MS, resolve);
      wake = () => {
        stop();
        resolve();
      };
    });
  const said = (event: string, data: object) => encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (waiting.length === 0 && over === undefined) await news();
        const line = waiting.shift();
        if (line) return controller.enqueue(said('line', line));
        if (over === undefined) return controller.enqueue(encoder.encode(':\n\n'));
        controller.enqueue(said('end', { reason: over, leftOut: left }));
        controller.close();
        finish();
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  );
}
