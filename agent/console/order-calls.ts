import type { OpenAPIHono } from '@hono/zod-openapi';
import { redact } from '../../protocols/paycode/redact.ts';
import { approverOf, carry, found } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { slipView } from './views.ts';

/** Collecting, giving up, printing again, and what a manager says of money in doubt. */
export function orderCalls(app: OpenAPIHono<ConsoleEnv>, { calls, spool, book, people }: AppParts): void {
  app.openapi(ORDER_ROUTES.collect, (c) => carry(calls, c, 'collect', c.req.valid('json')));
  app.openapi(ORDER_ROUTES.cardSale, (c) => carry(calls, c, 'card-sale', c.req.valid('json')));
  app.openapi(ORDER_ROUTES.cardSettle, (c) => carry(calls, c, 'card-settle', {}));
  app.openapi(ORDER_ROUTES.cardReprint, (c) => carry(calls, c, 'card-reprint', {}));
  app.openapi(ORDER_ROUTES.cancel, (c) => carry(calls, c, 'cancel', c.req.valid('param')));
  app.openapi(ORDER_ROUTES.query, (c) => carry(calls, c, 'query', c.req.valid('param')));
  app.openapi(ORDER_ROUTES.print, (c) => carry(calls, c, 'print', { ...c.req.valid('param'), ...c.req.valid('json') }));
  app.openapi(ORDER_ROUTES.resolve, (c) =>
    carry(calls, c, 'resolve', {
      ...c.req.valid('param'),
      ...c.req.valid('json'),
      reason: redact(c.req.valid('json').reason),
      personId: approverOf(people, c, 'resolve', c.req.valid('param').orderId),
    }),
  );
  app.openapi(ORDER_ROUTES.slipSeen, async (c) => {
    const { slipId } = c.req.valid('param');
    const { attemptId } = found(book.slips.get(slipId));
    const { personId } = c.get('caller');
    if (personId !== undefined) people.journal({ kind: 'SLIP_SEEN', personId, slipId, attemptId });
    await spool.answer(slipId, c.req.valid('json').seen);
    return c.json(slipView(found(book.slips.get(slipId))), 200);
  });
}
