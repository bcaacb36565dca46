import { createRoute } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ApprovalHeader, KeyHeader, OperationBody, WaitQuery } from './call-schemas.ts';
import { DIAGNOSIS_ROUTES } from './diagnosis-routes.ts';
import type { ConsoleEnv } from './guard.ts';
import {
  AttemptParams,
  AttemptWithSlips,
  IntentBody,
  IntentParams,
  OrderParams,
  OrderWithAttempt,
  PrintJobBody,
  RefundBody,
  RefundParams,
  SlipBody,
  SlipParams,
} from './order-schemas.ts';
import { ApprovalBody, ApprovalWish, PinChangeBody, SessionBody, SignInBody, WelcomeBody } from './people-schemas.ts';
import { problem } from './problems.ts';
import { AfterQuery, EventText, HistoryBody, LastEventHeader, RecordPage, RecordQuery } from './record-schemas.ts';
import { Refusal } from './refusal.ts';
import { body, json, needs, no, open } from './route-parts.ts';
import { ReportBody, ReportWish, RuleSheetBody } from './rule-schemas.ts';
import type { Scope } from './scopes.ts';
import { DeviceList, NoticeBody, NoticeParams, StateBody, TerminalStateBody, TerminalVisit } from './state-schemas.ts';
import {
  CarriedBody,
  ClearWish,
  ReconcileSlipWish,
  ReconciliationBody,
  ReconciliationsBody,
  StatementFile,
  StatementQuery,
} from './statement-schemas.ts';
import { PeriodParams, TakingsBody, TakingsParams } from './takings-schemas.ts';
import {
  BegunBody,
  CardSaleBody,
  CollectBody,
  IntentPaper,
  IntentWish,
  PaycodeBody,
  PrintWish,
  RefundWish,
  ResolveWish,
  ScanAnswer,
  ScanBody,
  SlipAnswerBody,
} from './wish-schemas.ts';

// Every call of the local API: its address, what it takes, what it gives, and which right it needs. Handlers stand in
// app.ts, the document is made from this table.

/**
 * A person at the page without the right may ask, and a second person's approval gives it; everybody else needs the right
 * itself.
 */
function needsOrApproval(scope: Scope) {
  const right = needs(scope);
  const check: MiddlewareHandler<ConsoleEnv> = (c, next) =>
    c.get('caller').session !== undefined && c.get('caller').scopes.includes('collect')
      ? next()
      : right.middleware(c, next);
  return { ...right, middleware: check };
}

/** A person who is signed in at the page. */
const signedIn = {
  security: [{ token: [] }],
  middleware: ((c, next) => {
    if (c.get('caller').session === undefined) throw new Refusal(problem('PERSON_REQUIRED'));
    return next();
  }) satisfies MiddlewareHandler<ConsoleEnv>,
};

/** Answers of a call that changes something: on disk, or over. */
const operation = {
  200: json(OperationBody, 'The final result'),
  202: json(OperationBody, 'Accepted: on disk, and being carried out'),
  ...no,
};
const wish = { headers: KeyHeader, query: WaitQuery };
const approvedWish = { headers: ApprovalHeader, query: WaitQuery };

const EVENTS = `Each event has the number of its journal entry as id, the same after a restart. Whoever comes back with
Last-Event-ID gets what was missed, once, in order. Without it the stream begins now. Types: order, attempt, intent, refund,
resolution, slip, notice, notice-ack, period, settings, command; without a number, for whoever watches now: scan (a code began no payment), devices
(a light changed: look at the state); hello (where it begins), gap (entries between \`after\` and \`next\` are not on this till: look
at the state anew), end (reason STOPPING, SLOW_READER or SESSION_OVER; come back with the last number). A line with only a colon is a heartbeat, every 15 s.`;

const STATEMENT_FILE = `The file as it was downloaded, packed or not (WeChat, Alipay, UnionPay), at most 16 MiB; its name in \`name\`,
because UnionPay's says the day. A file whose own sums do not hold is refused whole (STATEMENT_REFUSED, the fault in \`detail\`).`;

export const ROUTES = {
  welcome: createRoute({
    ...open,
    method: 'get',
    path: '/v1/welcome',
    summary: 'What the sign-in screen needs',
    responses: { 200: json(WelcomeBody, 'Nothing secret'), ...no },
  }),
  signIn: createRoute({
    ...open,
    method: 'post',
    path: '/v1/sessions',
    summary: 'Sign in with a PIN or a one-time code',
    request: { body: body(SignInBody) },
    responses: { 201: json(SessionBody, 'Signed in'), ...no },
  }),
  signOut: createRoute({
    ...signedIn,
    method: 'delete',
    path: '/v1/sessions',
    summary: 'Sign out: the token of this call is dead',
    responses: { 204: { description: 'Signed out' }, ...no },
  }),
  changePin: createRoute({
    ...open,
    method: 'post',
    path: '/v1/sessions/pin',
    summary:
      'Choose a new PIN, with the old one or in the session of a one-time code; other sessions of that person end',
    request: { body: body(PinChangeBody) },
    responses: { 201: json(SessionBody, 'Signed in with it'), ...no },
  }),
  approve: createRoute({
    ...signedIn,
    method: 'post',
    path: '/v1/approvals',
    summary: 'A second person says yes with a PIN: for one refund or one order, within a minute, once',
    request: { body: body(ApprovalWish) },
    responses: { 201: json(ApprovalBody, 'Approved'), ...no },
  }),
  scan: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/scans',
    summary: 'A keyboard gun typed into the page: judged as strictly as any scan',
    request: { body: body(ScanBody) },
    responses: { 200: json(ScanAnswer, 'Left out'), 201: json(ScanAnswer, 'An attempt was begun with it'), ...no },
  }),
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
  order: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/orders/{orderId}',
    summary: 'An order with its newest attempt',
    request: { params: OrderParams },
    responses: { 200: json(OrderWithAttempt, 'The order'), ...no },
  }),
  history: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/orders/{orderId}/history',
    summary: 'Everything the journal says of an order',
    request: { params: OrderParams },
    responses: { 200: json(HistoryBody, 'The entries'), ...no },
  }),
  cancel: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/cancel',
    summary: 'Give up on an order that is not paid: one last question, then the reversal; it may still turn out paid',
    request: { ...wish, params: OrderParams },
    responses: operation,
  }),
  paycode: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/orders/{orderId}/paycode',
    summary: 'A paycode typed by hand for the order at the counter: judged as strictly as a scan',
    request: { params: OrderParams, body: body(PaycodeBody) },
    responses: { 201: json(BegunBody, 'An attempt was begun with it'), ...no },
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
  resolve: createRoute({
    ...needsOrApproval('resolve'),
    method: 'post',
    path: '/v1/orders/{orderId}/resolve',
    summary: 'A manager says what became of money that the till could not account for; from the page with an approval',
    request: { ...approvedWish, params: OrderParams, body: body(ResolveWish) },
    responses: operation,
  }),
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
  acknowledgeNotice: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/notices/{noticeId}/acknowledge',
    summary: "The caller's person has read a notice; the first one counts, and the backend hears of it",
    request: { params: NoticeParams },
    responses: { 200: json(NoticeBody, 'The notice as it is now'), ...no },
  }),
  rules: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/rules',
    summary: 'What the till holds to now, and how far it is used',
    responses: { 200: json(RuleSheetBody, 'The rules'), ...no },
  }),
  report: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/reports',
    summary: 'Report something unusual; the backend hears of it, no payment is touched',
    request: { body: body(ReportWish) },
    responses: { 201: json(ReportBody, 'On disk, and with the backend as soon as it listens'), ...no },
  }),
  attempt: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/attempts/{attemptId}',
    summary: 'One try to be paid, and its slips',
    request: { params: AttemptParams },
    responses: { 200: json(AttemptWithSlips, 'The attempt'), ...no },
  }),
  slipSeen: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/slips/{slipId}/seen',
    summary: 'Somebody looked: the slip is on paper, or it is missing and a marked one is printed',
    request: { params: SlipParams, body: body(SlipAnswerBody) },
    responses: { 200: json(SlipBody, 'The slip as it is now'), ...no },
  }),
  printTerminal: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/terminal/print',
    summary: 'Print what the screen says of the terminal: state, reason, times, reference, phone and what to do',
    responses: { 202: json(PrintJobBody, 'The job is on disk and will be printed'), ...no },
  }),
  lockTerminal: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/terminal/lock',
    summary:
      "The caller's person locks this till: it takes and gives back no money, across restarts; what is open is finished",
    responses: { 200: json(TerminalStateBody, 'As it is now'), ...no },
  }),
  unlockTerminal: createRoute({
    ...needs('resolve'),
    method: 'post',
    path: '/v1/terminal/unlock',
    summary: 'A manager unlocks it',
    responses: { 200: json(TerminalStateBody, 'As it is now'), ...no },
  }),
  visitTerminal: createRoute({
    ...needs('diagnose'),
    method: 'post',
    path: '/v1/terminal/visits',
    summary: 'A technician at the till locks or unlocks it, or has checked its place on site',
    request: { body: body(TerminalVisit) },
    responses: { 200: json(TerminalStateBody, 'As it is now'), ...no },
  }),
  records: createRoute({
    ...needs('read'),
    method: 'get',
    path: '/v1/records',
    summary: 'Search payments, newest first',
    request: { query: RecordQuery },
    responses: { 200: json(RecordPage, 'One page'), ...no },
  }),
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
  ...DIAGNOSIS_ROUTES,
} as const;
