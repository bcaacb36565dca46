import { createRoute } from '@hono/zod-openapi';
import { body, json, needs, no } from './route-parts.ts';
import {
  CarriedBody,
  ClearWish,
  ReconciliationBody,
  ReconciliationsBody,
  StatementFile,
  StatementQuery,
} from './statement-schemas.ts';

const STATEMENT_FILE = `The file as it was downloaded, packed or not (WeChat, Alipay, UnionPay), at most 16 MiB; its name in \`name\`,
because UnionPay's says the day. A file whose own sums do not hold is refused whole (STATEMENT_REFUSED, the fault in \`detail\`).`;

/** The channels' statements, held against the journal. */
export const STATEMENT_ROUTES = {
  reconciled: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/reconciliations',
    summary: 'Statements that were held against the journal, and what is carried from one day to the next',
    responses: { 200: json(ReconciliationsBody, 'Newest statements last, what waits oldest first'), ...no },
  }),
  reconcile: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/reconciliations',
    summary: "Hold a channel's statement of one day against the journal; what comes of it is journaled",
    description: STATEMENT_FILE,
    request: {
      query: StatementQuery,
      body: { required: true, content: { 'application/octet-stream': { schema: StatementFile } } },
    },
    responses: { 200: json(ReconciliationBody, 'What agrees, and every difference with what to do'), ...no },
  }),
  clearCarried: createRoute({
    ...needs('resolve'),
    method: 'post',
    path: '/v1/reconciliations/cleared',
    summary: 'A person says what became of a payment that waits for its statement; journaled',
    request: { body: body(ClearWish) },
    responses: { 200: json(CarriedBody, 'It waits no more'), ...no },
  }),
} as const;
