import { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { VERSION } from '../version.ts';
import { type ConsoleEnv, guards, pageGuards, refusalLog, sayNo } from './guard.ts';
import { PAGE_ADDRESSES, PAGE_FOLDER, pageFiles, pageHeaders } from './page-files.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { problem } from './problems.ts';
import { FIRST_RUN } from './setup-steps.ts';

/** The same page and the same guards, and nothing behind them: what is left to do. No device is touched, nobody can sign in. */
export function firstRunApp(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  port: () => number,
): OpenAPIHono<ConsoleEnv> {
  const app = new OpenAPIHono<ConsoleEnv>();
  const tokens = { callerOf: () => undefined };
  app.use(refusalLog({ clock, log }));
  for (const address of PAGE_ADDRESSES) app.use(address, pageHeaders, ...pageGuards(port));
  app.use('/assets/*', pageHeaders, ...pageGuards(port));
  pageFiles(app, PAGE_FOLDER);
  app.use(...guards({ tokens, clock, log, port }));
  app.openapi(PEOPLE_ROUTES.welcome, (c) => c.json(welcome(clock), 200));
  app.notFound(() => sayNo(problem('NOT_SET_UP')));
  return app;
}

function welcome(clock: Clock) {
  return {
    till: { name: '' },
    version: VERSION,
    mode: 'first-run' as const,
    setup: { steps: [...FIRST_RUN] },
    people: [],
    clock: { nowMs: clock.now(), trusted: false },
  };
}
