import type { LabFeed, News } from './feed.ts';

/** Silence longer than this looks like a dead connection. */
const HEARTBEAT_MS = 10_000;

/**
 * Server-sent events at the reader's own pace: the next piece is made when the last one was taken. The first piece is
 * everything as it is now, or since the piece that a reader comes back with.
 */
export function eventStream(feed: LabFeed, after: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  // a number of another run of the simulator
  let seen = after > feed.head ? 0 : after;
  let isFirst = true;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isFirst && feed.head === seen) await feed.news(HEARTBEAT_MS);
        if (feed.isClosed) return controller.close();
        const head = feed.head;
        const text = isFirst || head > seen ? told(feed.since(seen), head, seen === 0) : ':\n\n';
        isFirst = false;
        seen = head;
        controller.enqueue(encoder.encode(text));
      },
    },
    { highWaterMark: 0 },
  );
}

/** One message: what is different, by name. `fresh`: whoever reads forgets what it knew. */
function told({ sections, lines, happenings }: News, head: number, fresh: boolean): string {
  const state = `{${sections.map(({ name, json }) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
  const rest = JSON.stringify({ fresh, lines, happenings });
  return `id: ${head}\nevent: news\ndata: ${rest.slice(0, -1)},"sections":${state}}\n\n`;
}
