import { expect, it } from 'vitest';
import { EventFeed } from '../../../agent/console/event-feed.ts';
import { eventStream } from '../../../agent/console/event-stream.ts';
import type { LogFiles } from '../../../agent/journal/files.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';
import { settled } from '../../world/pass.ts';

it('what passes by while a new reader is still at the log is told at once, not with the next heartbeat', async () => {
  const clock = new VirtualClock(0);
  let listed = () => {};
  // the disk takes its time
  const files = {
    list: () => new Promise<string[]>((resolve) => (listed = () => resolve([]))),
    read: () => Promise.reject(new Error('there is no segment')),
  } as unknown as LogFiles;
  const feed = new EventFeed({ files, head: () => 1, clock });
  const stream = eventStream({ feed, clock, after: 0, cut: () => undefined, onEnd: () => undefined }).getReader();
  await stream.read(); // hello
  const told = stream.read().then(({ value }) => new TextDecoder().decode(value));
  await settled();
  feed.pass('scan', { reason: 'NO_OPEN_ORDER' });
  clock.advance(1);
  listed();
  await settled();
  await settled();
  expect(await Promise.race([told, settled().then(() => 'nothing yet')])).toContain('NO_OPEN_ORDER');
});
