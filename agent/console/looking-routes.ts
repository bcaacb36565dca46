import { createRoute } from '@hono/zod-openapi';
import { AttemptParams, AttemptWithSlips, OrderParams, OrderWithAttempt } from './order-schemas.ts';
import { AfterQuery, EventText, HistoryBody, LastEventHeader, RecordPage, RecordQuery } from './record-schemas.ts';
import { json, needs, no } from './route-parts.ts';
import { DeviceList, StateBody } from './state-schemas.ts';

const EVENTS = `Each event has the number of its journal entry as id, the same after a restart. Whoever comes back with
Last-Event-ID gets what was missed, once, in order. Without it the stream begins now. Types: order, attempt, intent, refund,
resolution, slip, notice, notice-ack, period, settings, command; without a number, for whoever watches now: scan (a code began no payment), devices
(a light changed: look at the state); hello (where it begins), gap (entries between \`after\` and \`next\` are not on this till: look
at the state anew), end (reason STOPPING, SLOW_READER or SESSION_OVER; come back with the last number). A line with only a colon is a heartbeat, every 15 s.`;

/** What can be seen, and nothing is changed by seeing it. */
export const LOOKING_ROUTES = {
  state: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/state',
    summary: 'What is to be seen at the till now',
    responses: { 200: json(StateBody, 'The state'), ...no },
  }),
  devices: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/devices',
    summary: 'Gun and printer: connected or not, since when, why',
    responses: { 200: json(DeviceList, 'The devices'), ...no },
  }),
  order: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/orders/{orderId}',
    summary: 'An order with its newest attempt',
    request: { params: OrderParams },
    responses: { 200: json(OrderWithAttempt, 'The order'), ...no },
  }),
  attempt: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/attempts/{attemptId}',
    summary: 'One try to be paid, and its slips',
    request: { params: AttemptParams },
    responses: { 200: json(AttemptWithSlips, 'The attempt'), ...no },
  }),
  history: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/orders/{orderId}/history',
    summary: 'Everything the journal says of an order',
    request: { params: OrderParams },
    responses: { 200: json(HistoryBody, 'The entries'), ...no },
  }),
  records: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/records',
    summary: 'Search payments, newest first',
    request: { query: RecordQuery },
    responses: { 200: json(RecordPage, 'One page'), ...no },
  }),
  events: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/events',
    summary: 'What happens, as it happens: server-sent events, numbered by the journal',
    description: EVENTS,
    request: { headers: LastEventHeader, query: AfterQuery },
    responses: {
      200: { description: 'The stream', content: { 'text/event-stream': { schema: EventText } } },
      ...no,
    },
  }),
} as const;
