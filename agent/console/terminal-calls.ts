import type { OpenAPIHono } from '@hono/zod-openapi';
import { PrintRefused } from '../slips/document-jobs.ts';
import { personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { problemOf } from './problems.ts';
import { Refusal } from './refusal.ts';
import { TERMINAL_ROUTES } from './terminal-routes.ts';

/** The paper that says why this terminal may not collect, or that it may. */
export function terminalCalls(app: OpenAPIHono<ConsoleEnv>, { spool, view, rules }: AppParts): void {
  const { room } = rules;
  const done = async (work: Promise<void>) => {
    await work;
    return view.terminalState();
  };
  app.openapi(TERMINAL_ROUTES.lockTerminal, async (c) => c.json(await done(room.lock(personOf(c))), 200));
  app.openapi(TERMINAL_ROUTES.unlockTerminal, async (c) => c.json(await done(room.unlock(personOf(c))), 200));
  app.openapi(TERMINAL_ROUTES.visitTerminal, async (c) => {
    const personId = personOf(c);
    const acts = {
      lock: () => room.lock(personId),
      unlock: () => room.unlock(personId),
      'place-checked': () => room.placeChecked(personId),
    };
    return c.json(await done(acts[c.req.valid('json').act]()), 200);
  });
  app.openapi(TERMINAL_ROUTES.printTerminal, async (c) => {
    const { program, personId = program } = c.get('caller');
    const printing = spool.print({ kind: 'terminal', slip: view.terminalSlip() }, { by: personId });
    const { jobId } = await printing.catch((error: unknown) => {
      throw error instanceof PrintRefused ? new Refusal(problemOf(error.code, error.message)) : error;
    });
    return c.json({ jobId }, 202);
  });
}
