import type { OpenAPIHono } from '@hono/zod-openapi';
import { carry, found } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { INTENT_ROUTES } from './intent-routes.ts';

/** Codes and links for an exact amount. */
export function intentCalls(app: OpenAPIHono<ConsoleEnv>, { calls, view }: AppParts): void {
  app.openapi(INTENT_ROUTES.intent, (c) => c.json(found(view.intent(c.req.valid('param').intentId)), 200));
  app.openapi(INTENT_ROUTES.createIntent, (c) => carry(calls, c, 'intent', c.req.valid('json')));
  app.openapi(INTENT_ROUTES.cancelIntent, (c) => carry(calls, c, 'intent-cancel', c.req.valid('param')));
  app.openapi(INTENT_ROUTES.queryIntent, (c) => carry(calls, c, 'intent-query', c.req.valid('param')));
  app.openapi(INTENT_ROUTES.printIntent, (c) =>
    carry(calls, c, 'intent-print', { ...c.req.valid('param'), ...c.req.valid('json') }),
  );
}
