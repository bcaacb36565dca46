import { createRoute } from '@hono/zod-openapi';
import { CompletionBody, HoldList, PreAuthBody } from './hold-schemas.ts';
import { OrderParams } from './order-schemas.ts';
import { body, json, needs, no, operation, wish } from './route-parts.ts';

/** Holds on customers' cards (预授权): to ask for one, to charge it, to give it up, and which stand. */
export const HOLD_ROUTES = {
  holds: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/pre-authorisations',
    summary: 'The holds that stand, or of which nobody knows, oldest first: money of customers, none of the shop’s',
    responses: { 200: json(HoldList, 'The holds'), ...no },
  }),
  preAuth: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/pre-authorisations',
    summary: 'Hold an amount on the customer’s card for an order (预授权), now; nothing is charged',
    request: { ...wish, body: body(PreAuthBody) },
    responses: operation,
  }),
  completePreAuth: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/pre-authorisation/complete',
    summary: 'Charge the order’s hold (预授权完成): the order is paid with this amount, the rest is free again',
    request: { ...wish, params: OrderParams, body: body(CompletionBody) },
    responses: operation,
  }),
  cancelPreAuth: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/pre-authorisation/cancel',
    summary: 'Give the order’s hold up (预授权撤销), all of it',
    request: { ...wish, params: OrderParams },
    responses: operation,
  }),
} as const;
