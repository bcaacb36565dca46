import type { OpenAPIHono } from '@hono/zod-openapi';
import { carry } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { HOLD_ROUTES } from './hold-routes.ts';

/** Holds on customers' cards: each wish becomes the backend's own command. */
export function holdCalls(app: OpenAPIHono<ConsoleEnv>, { calls, view }: AppParts): void {
  app.openapi(HOLD_ROUTES.holds, (c) => c.json({ holds: [...view.holds()] }, 200));
  app.openapi(HOLD_ROUTES.preAuth, (c) => carry(calls, c, 'card-preauth', c.req.valid('json')));
  app.openapi(HOLD_ROUTES.completePreAuth, (c) =>
    carry(calls, c, 'card-preauth-complete', { ...c.req.valid('param'), ...c.req.valid('json') }),
  );
  app.openapi(HOLD_ROUTES.cancelPreAuth, (c) => carry(calls, c, 'card-preauth-cancel', c.req.valid('param')));
}
