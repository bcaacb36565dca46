import { createRoute } from '@hono/zod-openapi';
import { IntentBody, IntentParams } from './order-schemas.ts';
import { body, json, needs, no, operation, wish } from './route-parts.ts';
import { IntentPaper, IntentWish } from './wish-schemas.ts';

/** Codes and links that customers scan. */
export const INTENT_ROUTES = {
  createIntent: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/intents',
    summary: 'Ask for an exact amount with a code on screen, a slip, a delivery document or a link',
    request: { ...wish, body: body(IntentWish) },
    responses: operation,
  }),
  intent: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/intents/{intentId}',
    summary: 'An intent as it stands',
    request: { params: IntentParams },
    responses: { 200: json(IntentBody, 'The intent'), ...no },
  }),
  cancelIntent: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/intents/{intentId}/cancel',
    summary: 'Close an intent; the answer comes when it is certain, and it may be that it was paid',
    request: { ...wish, params: IntentParams },
    responses: operation,
  }),
  queryIntent: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/intents/{intentId}/query',
    summary: 'Ask the backend about an intent now',
    request: { ...wish, params: IntentParams },
    responses: operation,
  }),
  printIntent: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/intents/{intentId}/print',
    summary: 'Its code on paper; a second print is marked and makes no second intent',
    request: { ...wish, params: IntentParams, body: body(IntentPaper) },
    responses: operation,
  }),
} as const;
