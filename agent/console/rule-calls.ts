import type { OpenAPIHono } from '@hono/zod-openapi';
import { personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { RULE_ROUTES } from './rule-routes.ts';

/** What the till holds to, and a word of the person at the counter about something unusual. */
export function ruleCalls(app: OpenAPIHono<ConsoleEnv>, { rules }: AppParts): void {
  app.openapi(RULE_ROUTES.rules, (c) => c.json(rules.sheet(), 200));
  app.openapi(RULE_ROUTES.report, async (c) => {
    const { note, orderId } = c.req.valid('json');
    return c.json(await rules.reports.report(personOf(c), note, orderId), 201);
  });
}
