import { createRoute } from '@hono/zod-openapi';
import {
  AliveBody,
  DiagnosisBody,
  DiagnosisSlipWish,
  LevelBody,
  LevelWish,
  PlainText,
  PrintedBody,
  ReadyBody,
  SelfTestBody,
  SelfTestWish,
  TraceParams,
  TraceQuery,
  TraceText,
} from './diagnosis-schemas.ts';
import { body, json, needs, no, open } from './route-parts.ts';

const text = (description: string) => ({ content: { 'text/plain': { schema: PlainText } }, description }) as const;

/** Calls of technicians and of watchers. */
export const DIAGNOSIS_ROUTES = {
  alive: createRoute({
    ...open,
    method: 'get',
    path: '/livez',
    summary: 'Does the work go on: the loop turns, the journal answers',
    responses: { 200: json(AliveBody, 'Yes'), 503: json(AliveBody, 'No: start it again'), ...no },
  }),
  ready: createRoute({
    ...open,
    method: 'get',
    path: '/readyz',
    summary: 'Can it sell: the journal takes entries and the devices answered lately',
    responses: { 200: json(ReadyBody, 'Yes'), 503: json(ReadyBody, 'Not now, and why'), ...no },
  }),
  metrics: createRoute({
    ...needs('diagnose'),
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics',
    responses: { 200: text('Text format 0.0.4'), ...no },
  }),
  diagnosis: createRoute({
    ...needs('diagnose'),
    method: 'get',
    path: '/v1/diagnosis',
    summary: 'How the till is, as it tells the backend, and what waits for the backend',
    responses: { 200: json(DiagnosisBody, 'How it is'), ...no },
  }),
  trace: createRoute({
    ...needs('diagnose'),
    method: 'get',
    path: '/v1/devices/{dev}/trace',
    summary: 'What passes on the line of a device, both ways, live: decoded and masked',
    request: { params: TraceParams, query: TraceQuery },
    responses: { 200: { description: 'The stream', content: { 'text/event-stream': { schema: TraceText } } }, ...no },
  }),
  logLevel: createRoute({
    ...needs('diagnose'),
    method: 'post',
    path: '/v1/log-level',
    summary: 'The log says more for a while; it falls back by itself',
    request: { body: body(LevelWish) },
    responses: { 200: json(LevelBody, 'As it is now'), ...no },
  }),
  log: createRoute({
    ...needs('diagnose'),
    method: 'get',
    path: '/v1/log',
    summary: 'The last lines of the log, masked as they were written',
    responses: { 200: text('JSON lines'), ...no },
  }),
  selfTest: createRoute({
    ...needs('diagnose'),
    method: 'post',
    path: '/v1/selftests',
    summary: 'Scan, sign, print, drawer; prints a slip with the result as QR code',
    request: { body: body(SelfTestWish) },
    responses: { 200: json(SelfTestBody, 'What came of it'), ...no },
  }),
  diagnosisSlip: createRoute({
    ...needs('diagnose'),
    method: 'post',
    path: '/v1/diagnosis/slips',
    summary: 'What `tillwire doctor` found, on paper',
    request: { body: body(DiagnosisSlipWish) },
    responses: { 202: json(PrintedBody, 'It waits for the printer'), ...no },
  }),
} as const;
