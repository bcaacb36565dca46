import { createRoute } from '@hono/zod-openapi';
import { body, json, needs, no } from './route-parts.ts';
import { ReportBody, ReportWish, RuleSheetBody } from './rule-schemas.ts';
import { NoticeBody, NoticeParams } from './state-schemas.ts';

/** What the till holds to, what its people must read and what they report. */
export const RULE_ROUTES = {
  rules: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/rules',
    summary: 'What the till holds to now, and how far it is used',
    responses: { 200: json(RuleSheetBody, 'The rules'), ...no },
  }),
  acknowledgeNotice: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/notices/{noticeId}/acknowledge',
    summary: "The caller's person has read a notice; the first one counts, and the backend hears of it",
    request: { params: NoticeParams },
    responses: { 200: json(NoticeBody, 'The notice as it is now'), ...no },
  }),
  report: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/reports',
    summary: 'Report something unusual; the backend hears of it, no payment is touched',
    request: { body: body(ReportWish) },
    responses: { 201: json(ReportBody, 'On disk, and with the backend as soon as it listens'), ...no },
  }),
} as const;
