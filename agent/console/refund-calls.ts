import type { OpenAPIHono } from '@hono/zod-openapi';
import { redact } from '../../protocols/paycode/redact.ts';
import { approverOf, carry, found, personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { REFUND_ROUTES } from './refund-routes.ts';

/** One person asks, another approves: each with the token that names them, or at the page with a PIN. Nobody is named in a body. */
export function refundCalls(app: OpenAPIHono<ConsoleEnv>, { calls, book, view, people }: AppParts): void {
  app.openapi(REFUND_ROUTES.refund, (c) => c.json(found(view.refund(c.req.valid('param').refundId)), 200));
  app.openapi(REFUND_ROUTES.askRefund, (c) => {
    const { reason, ...wish } = c.req.valid('json');
    // somebody in a hurry types what is in front of him: codes and card numbers go no further
    return carry(calls, c, 'refund', { ...wish, reason: redact(reason), currency: 'CNY', requestedBy: personOf(c) });
  });
  app.openapi(REFUND_ROUTES.approveRefund, (c) => {
    const { refundId, orderId, refundFen, reason, requestedBy } = found(
      book.refunds.get(c.req.valid('param').refundId),
    );
    const terms = { refundId, orderId, refundFen, currency: 'CNY', reason, requestedBy };
    return carry(calls, c, 'refund', { ...terms, approvedBy: approverOf(people, c, 'refund', refundId) });
  });
}
