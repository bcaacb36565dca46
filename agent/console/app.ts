import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { reasonOf } from '../backend/message-border.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import type { PaymentDesk } from '../payment/desk.ts';
import type { SignIn } from '../people/sign-in.ts';
import type { PeriodDesk } from '../reports/period-desk.ts';
import type { NoticeRoom } from '../rules/notice-room.ts';
import type { Rules } from '../rules/rules.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { ReconcileRoom } from '../statements/reconcile-room.ts';
import type { LocalCalls } from './calls.ts';
import { type Diagnosis, diagnosisCalls } from './diagnosis-calls.ts';
import type { EventFeed } from './event-feed.ts';
import { type ConsoleEnv, type GuardParts, guards, pageGuards, refusalLog, sayNo } from './guard.ts';
import { holdCalls } from './hold-calls.ts';
import { intentCalls } from './intent-calls.ts';
import { looking } from './looking.ts';
import { noticeCalls } from './notice-calls.ts';
import { orderCalls } from './order-calls.ts';
import { PAGE_ADDRESSES, PAGE_FOLDER, pageFiles, pageHeaders } from './page-files.ts';
import type { PageScans } from './page-scans.ts';
import { peopleCalls } from './people-calls.ts';
import { type ProblemCode, problem } from './problems.ts';
import type { RecordSearch } from './record-search.ts';
import { refundCalls } from './refund-calls.ts';
import { Refusal } from './refusal.ts';
import { reportCalls } from './report-calls.ts';
import { ruleCalls } from './rule-calls.ts';
import { scanCalls } from './scan-calls.ts';
import { statementCalls } from './statement-calls.ts';
import { terminalCalls } from './terminal-calls.ts';
import type { TillView } from './till-view.ts';

/** The rooms behind the calls. */
export interface AppParts extends Omit<GuardParts, 'port'> {
  readonly calls: LocalCalls;
  readonly desk: Pick<PaymentDesk, 'typed' | 'read'>;
  readonly spool: SlipSpool;
  readonly diagnosis: Diagnosis;
  readonly reports: PeriodDesk;
  readonly reconciliations: ReconcileRoom;
  readonly notices: Pick<NoticeRoom, 'acknowledge'>;
  readonly rules: Pick<Rules, 'sheet' | 'reports' | 'room'>;
  readonly book: Pick<TillBook, 'slips' | 'refunds' | 'orders'>;
  readonly people: SignIn;
  readonly scans: PageScans;
  readonly view: TillView;
  readonly search: RecordSearch;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly log: Log;
}

/** The local API as a function from request to response. */
export function consoleApp(parts: AppParts, port: () => number): OpenAPIHono<ConsoleEnv> {
  const app = new OpenAPIHono<ConsoleEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new Refusal(problem('BAD_REQUEST', `${result.target}: ${reasonOf(result.error)}`));
    },
  });
  app.use(refusalLog(parts));
  for (const address of PAGE_ADDRESSES) app.use(address, pageHeaders, ...pageGuards(port));
  app.use('/assets/*', pageHeaders, ...pageGuards(port));
  pageFiles(app, PAGE_FOLDER);
  app.use(...guards({ ...parts, port }));
  peopleCalls(app, parts);
  scanCalls(app, parts);
  looking(app, parts);
  orderCalls(app, parts);
  holdCalls(app, parts);
  intentCalls(app, parts);
  refundCalls(app, parts);
  noticeCalls(app, parts);
  reportCalls(app, parts);
  statementCalls(app, parts);
  diagnosisCalls(app, parts);
  ruleCalls(app, parts);
  terminalCalls(app, parts);
  app.notFound(() => sayNo(problem('NOT_FOUND')));
  app.onError((error, c) => {
    const no = answerTo(error, parts.log);
    c.set('refusal', no);
    return sayNo(no);
  });
  return app;
}

function answerTo(error: Error, log: Log) {
  if (error instanceof Refusal) return error.problem;
  // the framework's own: a body that is not JSON
  if (error instanceof HTTPException) return problem('BAD_REQUEST', error.message);
  const code: ProblemCode = 'code' in error && error.code === 'JOURNAL_UNAVAILABLE' ? error.code : 'INTERNAL';
  log.error({ detail: String(error) }, 'a call of the local API failed');
  return problem(code);
}
