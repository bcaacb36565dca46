import type { Clock } from '../clock.ts';
import type { EventFeed } from './event-feed.ts';
import type { Happening } from './journal-events.ts';

/** Silence longer than this looks like a dead connection to proxies and readers. */
const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for so long is gone or stuck. */
const STALL_MS = 30_000;
/** How long the last words may take to leave. */
const LAST_WORDS_MS = 2_000;

export interface StreamParts {
  readonly feed: EventFeed;
  readonly clock: Clock;
  /** the last event that the reader has seen; undefined: it wants what comes from now on */
  readonly after: number | undefined;
  /** cuts the connection of a reader that does not even take the last words */
  readonly cut: () => void;
  readonly onEnd: () => void;
  /** tells when the reader has no right any more; returns what calls that off */
  readonly whenOver?: (run: () => void) => () => void;
}

/**
 * Server-sent events (text/event-stream) at the reader's own pace: the next piece is made when the last one was taken, so
 * nothing piles up here. Whoever is slow falls back on the log; whoever takes nothing is let go, with the number to go on from.
 */
export function eventStream(parts: StreamParts): ReadableStream<Uint8Array> {
  const { feed, clock, cut, onEnd } = parts;
  const from = parts.after ?? feed.head;
  const reader = feed.reader(from);
  const encoder = new TextEncoder();
  let last = from;
  let over = false;
  let stopWatch = () => {};
  let opened = false;
  let isOut = false;
  const callOff = parts.whenOver?.(() => {
    isOut = true;
    feed.wake();
  });

  const end = (controller: ReadableStreamDefaultController<Uint8Array>, reason: string) => {
    if (over) return;
    over = true;
    stopWatch();
    callOff?.();
    controller.enqueue(encoder.encode(lines(undefined, 'end', { reason, after: last })));
    controller.close();
    clock.after(LAST_WORDS_MS, cut);
    onEnd();
  };
  const next = async (): Promise<string> => {
    // what happens while the log is read wakes nobody who waits yet
    const { wakes } = feed;
    const events = await reader.next();
    if (events.length > 0) {
      last = numberOf(events) ?? last;
      return events.map(told).join('');
    }
    await feed.news(HEARTBEAT_MS, wakes);
    const fresh = await reader.next();
    last = numberOf(fresh) ?? last;
    return fresh.length > 0 ? fresh.map(told).join('') : ':\n\n';
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        stopWatch();
        const text = opened ? await next() : lines(from, 'hello', { after: from });
        opened = true;
        if (over) return;
        if (feed.stopped) return end(controller, 'STOPPING');
        if (isOut) return end(controller, 'SESSION_OVER');
        controller.enqueue(encoder.encode(text));
        stopWatch = clock.after(STALL_MS, () => end(controller, 'SLOW_READER'));
      },
      cancel() {
        if (over) return;
        over = true;
        stopWatch();
        callOff?.();
        onEnd();
      },
    },
    { highWaterMark: 0 },
  );
}

function numberOf(events: readonly Happening[]): number | undefined {
  return events.findLast(({ seq }) => seq !== undefined)?.seq;
}

function told({ seq, type, data }: Happening): string {
  return lines(seq, type, data);
}

/** One event of the stream; its number is what the reader sends as Last-Event-ID. */
function lines(id: number | undefined, event: string, data: object): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
