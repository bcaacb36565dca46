import type { OpenAPIHono } from '@hono/zod-openapi';
import { found } from './answers.ts';
import type { AppParts } from './app.ts';
import { eventStream } from './event-stream.ts';
import type { ConsoleEnv } from './guard.ts';
import { LOOKING_ROUTES } from './looking-routes.ts';
import { problem } from './problems.ts';
import { Refusal } from './refusal.ts';
import { entryView } from './views.ts';

/** Watchers of events: a page, a cashier program, a technician's terminal, and some to spare. */
const MOST_STREAMS = 16;

/** What can be seen, and nothing is changed by seeing it. */
export function looking(app: OpenAPIHono<ConsoleEnv>, parts: AppParts): void {
  const { view } = parts;
  app.openapi(LOOKING_ROUTES.state, (c) => c.json(view.state(), 200));
  app.openapi(LOOKING_ROUTES.devices, (c) => c.json({ devices: view.devices() }, 200));
  app.openapi(LOOKING_ROUTES.order, (c) => c.json(found(view.order(c.req.valid('param').orderId)), 200));
  app.openapi(LOOKING_ROUTES.attempt, (c) => c.json(found(view.attempt(c.req.valid('param').attemptId)), 200));
  searching(app, parts);
  watching(app, parts);
}

function searching(app: OpenAPIHono<ConsoleEnv>, { search }: AppParts): void {
  app.openapi(LOOKING_ROUTES.history, async (c) => {
    const entries = await search.history(c.req.valid('param').orderId);
    if (entries.length === 0) throw new Refusal(problem('NOT_FOUND'));
    return c.json({ entries: entries.map(entryView) }, 200);
  });
  app.openapi(LOOKING_ROUTES.records, async (c) => {
    const { cursor, ...wanted } = c.req.valid('query');
    const [startedAt, seq] = cursor?.split('-').map(Number) ?? [];
    const before = startedAt === undefined || seq === undefined ? undefined : { startedAt, seq };
    const rows = await search.find({ ...wanted, before });
    const last = rows.length === wanted.limit ? rows.at(-1) : undefined;
    const records = rows.map(({ transactionId, personId, ...row }) => ({
      ...row,
      ...(personId === null ? {} : { personId }),
      ...(transactionId === null ? {} : { transactionId }),
    }));
    return c.json({ records, ...(last === undefined ? {} : { next: `${last.startedAt}-${last.seq}` }) }, 200);
  });
}

function watching(app: OpenAPIHono<ConsoleEnv>, { feed, clock, people }: AppParts): void {
  let open = 0;
  app.openapi(LOOKING_ROUTES.events, (c) => {
    if (open >= MOST_STREAMS) throw new Refusal(problem('TOO_MANY_STREAMS'));
    open += 1;
    const { outgoing } = c.env as { outgoing?: { destroy(): void } };
    const body = eventStream({
      feed,
      clock,
      after: c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after,
      cut: () => outgoing?.destroy(),
      whenOver: (run) => people.whenOver(c.get('caller'), run),
      onEnd: () => {
        open -= 1;
      },
    });
    return c.body(body, 200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  });
}
