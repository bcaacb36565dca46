import { createRoute } from '@hono/zod-openapi';
import { PrintJobBody } from './order-schemas.ts';
import { body, json, needs, no } from './route-parts.ts';
import { ReconcileSlipWish } from './statement-schemas.ts';
import { PeriodParams, TakingsBody, TakingsParams } from './takings-schemas.ts';

/** What shifts and business days came to, where they end, and what goes on paper of it. */
export const REPORT_ROUTES = {
  takings: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/takings/{kind}',
    summary: 'What the running shift or business day came to so far, by channel (X)',
    request: { params: TakingsParams },
    responses: { 200: json(TakingsBody, 'The report'), ...no },
  }),
  printTakings: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/takings/{kind}/print',
    summary: 'The same on paper',
    request: { params: TakingsParams },
    responses: { 202: json(PrintJobBody, 'On disk, and waiting for the printer'), ...no },
  }),
  reconcileSlip: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/reconciliations/slips',
    summary: 'What `tillwire reconcile` found, on paper',
    request: { body: body(ReconcileSlipWish) },
    responses: { 202: json(PrintJobBody, 'On disk, and waiting for the printer'), ...no },
  }),
  openShift: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/shifts',
    summary: "The caller's person begins a shift",
    responses: { 201: json(TakingsBody, 'The empty report of the shift'), ...no },
  }),
  closeShift: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/shifts/{number}/close',
    summary: "The caller's person ends the shift that runs: what it came to is journaled and printed",
    request: { params: PeriodParams },
    responses: { 200: json(TakingsBody, 'Its report'), ...no },
  }),
  closeDay: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/days/{number}/close',
    summary: "The caller's person ends the business day (Z), when no shift is open: journaled and printed",
    request: { params: PeriodParams },
    responses: { 200: json(TakingsBody, 'Its report'), ...no },
  }),
} as const;
