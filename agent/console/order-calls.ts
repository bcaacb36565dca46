import type { OpenAPIHono } from '@hono/zod-openapi';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { carry, found, personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { problemOf } from './problems.ts';
import { Refusal } from './refusal.ts';
import { ROUTES } from './routes.ts';
import { slipView } from './views.ts';

/** Collecting, giving up, printing again, and what a manager says of money in doubt. */
export function orderCalls(app: OpenAPIHono<ConsoleEnv>, { calls, desk, spool, book, clock }: AppParts): void {
  app.openapi(ROUTES.collect, (c) => carry(calls, c, 'collect', c.req.valid('json')));
  app.openapi(ROUTES.cancel, (c) => carry(calls, c, 'cancel', c.req.valid('param')));
  app.openapi(ROUTES.query, (c) => carry(calls, c, 'query', c.req.valid('param')));
  app.openapi(ROUTES.print, (c) => carry(calls, c, 'print', { ...c.req.valid('param'), ...c.req.valid('json') }));
  app.openapi(ROUTES.resolve, (c) =>
    carry(calls, c, 'resolve', { ...c.req.valid('param'), ...c.req.valid('json'), personId: personOf(c) }),
  );
  app.openapi(ROUTES.paycode, async (c) => {
    const text = new SecretText(c.req.valid('json').paycode);
    const now = clock.mono();
    const scan = { text, source: 'manual', startedAt: now, endedAt: now, suspect: [] } as const;
    const outcome = await desk.typed(c.req.valid('param').orderId, scan);
    if ('attemptId' in outcome) return c.json(outcome, 201);
    throw new Refusal({ ...problemOf(outcome.refusal), cause: outcome.advice });
  });
  app.openapi(ROUTES.slipSeen, async (c) => {
    const { slipId } = c.req.valid('param');
    found(book.slips.get(slipId));
    await spool.answer(slipId, c.req.valid('json').seen);
    return c.json(slipView(found(book.slips.get(slipId))), 200);
  });
}
