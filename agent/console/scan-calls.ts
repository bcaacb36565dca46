import type { OpenAPIHono } from '@hono/zod-openapi';
import { SecretText } from '../../protocols/paycode/secret.ts';
import type { ScanOutcome } from '../payment/scan-offers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { problem, problemOf } from './problems.ts';
import { Refusal } from './refusal.ts';
import type { Caller } from './scopes.ts';

/** Codes that come through the page: typed by a gun, or by hand and marked so. A code is kept nowhere. */
export function scanCalls(app: OpenAPIHono<ConsoleEnv>, { desk, scans, clock, people }: AppParts): void {
  const typed = ({ personId }: Caller, attemptId: string) => {
    if (personId !== undefined) people.journal({ kind: 'PAYCODE_TYPED', personId, attemptId });
  };
  app.openapi(ORDER_ROUTES.scan, async (c) => {
    const reading = scans.read(c.req.valid('json'));
    if (reading.kind === 'repeated') return c.json({ outcome: 'repeated' as const }, 200);
    if (reading.kind === 'no-code') throw new Refusal(problem('BAD_REQUEST', 'text: no code'));
    const { attemptId } = begunBy(await desk.read(reading.scan));
    if (reading.scan.source === 'manual') typed(c.get('caller'), attemptId);
    return c.json({ outcome: 'begun' as const, attemptId }, 201);
  });
  app.openapi(ORDER_ROUTES.paycode, async (c) => {
    const { orderId } = c.req.valid('param');
    const text = new SecretText(c.req.valid('json').paycode);
    const now = clock.mono();
    const scan = { text, source: 'manual', startedAt: now, endedAt: now, suspect: [] } as const;
    const { attemptId } = begunBy(await desk.typed(orderId, scan));
    typed(c.get('caller'), attemptId);
    return c.json({ attemptId }, 201);
  });
}

function begunBy(outcome: ScanOutcome): { readonly attemptId: string } {
  if ('attemptId' in outcome) return outcome;
  throw new Refusal({ ...problemOf(outcome.refusal), cause: outcome.advice });
}
