import { createRoute } from '@hono/zod-openapi';
import { RefundBody, RefundParams } from './order-schemas.ts';
import { approvedWish, body, json, needs, no, operation, wish } from './route-parts.ts';
import { RefundWish } from './wish-schemas.ts';

/** Money that goes back. */
export const REFUND_ROUTES = {
  askRefund: createRoute({
    ...needs('refund'),
    method: 'post',
    path: '/v1/refunds',
    summary: 'Ask for a refund; a second person approves it with a token of their own',
    request: { ...wish, body: body(RefundWish) },
    responses: operation,
  }),
  refund: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/refunds/{refundId}',
    summary: 'A refund as it stands',
    request: { params: RefundParams },
    responses: { 200: json(RefundBody, 'The refund'), ...no },
  }),
  approveRefund: createRoute({
    ...needs('refund'),
    method: 'post',
    path: '/v1/refunds/{refundId}/approve',
    summary: 'Approve a refund that another person asked for: now it is carried out; from the page with an approval',
    request: { ...approvedWish, params: RefundParams },
    responses: operation,
  }),
} as const;
