import type { OpenAPIHono } from '@hono/zod-openapi';
import { found, personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { RULE_ROUTES } from './rule-routes.ts';

/** What the people at the counter must read: the caller's person says that it was. Saying it twice is saying it once. */
export function noticeCalls(app: OpenAPIHono<ConsoleEnv>, { notices }: AppParts): void {
  app.openapi(RULE_ROUTES.acknowledgeNotice, async (c) => {
    const { noticeId } = c.req.valid('param');
    return c.json(found(await notices.acknowledge(noticeId, personOf(c))), 200);
  });
}
