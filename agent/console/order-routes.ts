import { createRoute } from '@hono/zod-openapi';
import { OrderParams, SlipBody, SlipParams } from './order-schemas.ts';
import { approvedWish, body, json, needs, needsOrApproval, no, operation, wish } from './route-parts.ts';
import {
  BegunBody,
  CardSaleBody,
  CollectBody,
  PaycodeBody,
  PrintWish,
  ResolveWish,
  ScanAnswer,
  ScanBody,
  SlipAnswerBody,
} from './wish-schemas.ts';

/** What is done with an order: collect it, take it by card, give it up, ask, print, and say what became of it. */
export const ORDER_ROUTES = {
  collect: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders',
    summary: 'Collect an order: the next scanned code pays it',
    request: { ...wish, body: body(CollectBody) },
    responses: operation,
  }),
  cardSale: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/card-sales',
    summary:
      'Take an order on the card terminal now; the final result comes when the terminal has said what became of it',
    request: { ...wish, body: body(CardSaleBody) },
    responses: operation,
  }),
  cardSettle: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/card-terminal/settle',
    summary: 'The end of day of the card terminal: its batch goes to the host',
    request: wish,
    responses: operation,
  }),
  cardReprint: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/card-terminal/reprint',
    summary: 'The card terminal’s own receipt of its last transaction, once more, marked',
    request: wish,
    responses: operation,
  }),
  scan: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/scans',
    summary: 'A keyboard gun typed into the page: judged as strictly as any scan',
    request: { body: body(ScanBody) },
    responses: { 200: json(ScanAnswer, 'Left out'), 201: json(ScanAnswer, 'An attempt was begun with it'), ...no },
  }),
  paycode: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/paycode',
    summary: 'A paycode typed by hand for the order at the counter: judged as strictly as a scan',
    request: { params: OrderParams, body: body(PaycodeBody) },
    responses: { 201: json(BegunBody, 'An attempt was begun with it'), ...no },
  }),
  cancel: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/cancel',
    summary: 'Give up on an order that is not paid: one last question, then the reversal; it may still turn out paid',
    request: { ...wish, params: OrderParams },
    responses: operation,
  }),
  query: createRoute({
    ...needs('read'),
    method: 'post',
    path: '/v1/orders/{orderId}/query',
    summary:
      'What the till knows of an order: its attempts, its refunds, what is left. What is open it asks after by itself',
    request: { ...wish, params: OrderParams },
    responses: operation,
  }),
  print: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/print',
    summary: 'Print its slip again, marked 重打印',
    request: { ...wish, params: OrderParams, body: body(PrintWish) },
    responses: operation,
  }),
  slipSeen: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/slips/{slipId}/seen',
    summary: 'Somebody looked: the slip is on paper, or it is missing and a marked one is printed',
    request: { params: SlipParams, body: body(SlipAnswerBody) },
    responses: { 200: json(SlipBody, 'The slip as it is now'), ...no },
  }),
  resolve: createRoute({
    ...needsOrApproval('resolve'),
    method: 'post',
    path: '/v1/orders/{orderId}/resolve',
    summary: 'A manager says what became of money that the till could not account for; from the page with an approval',
    request: { ...approvedWish, params: OrderParams, body: body(ResolveWish) },
    responses: operation,
  }),
} as const;
