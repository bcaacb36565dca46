import type { OpenAPIHono } from '@hono/zod-openapi';
import { redact } from '../../protocols/paycode/redact.ts';
import { StatementFault } from '../../protocols/statements/row.ts';
import { type Carried, isOverdue, wantedDay } from '../statements/carry.ts';
import { MEANINGS } from '../statements/differences.ts';
import { AGAIN, FAULTS } from '../statements/fault-words.ts';
import { beijingTime } from '../statements/local-records.ts';
import { daysBetween } from '../statements/reconcile.ts';
import { NotCarried, ReconcileBusy } from '../statements/reconcile-room.ts';
import type { ShownFinding, UploadReport } from '../statements/upload.ts';
import { personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { problem } from './problems.ts';
import { Refusal } from './refusal.ts';
import { STATEMENT_ROUTES } from './statement-routes.ts';

/** Statements that people choose on the page, and what waits from one day to the next. */
export function statementCalls(app: OpenAPIHono<ConsoleEnv>, { reconciliations, clock }: AppParts): void {
  app.openapi(STATEMENT_ROUTES.reconciled, (c) => {
    const { carried, days } = reconciliations;
    const today = beijingTime(clock.now()).slice(0, 10);
    return c.json({ carried: carried.map((one) => carriedBody(one, today)), days: [...days] }, 200);
  });
  app.openapi(STATEMENT_ROUTES.reconcile, async (c) => {
    const { name } = c.req.valid('query');
    const person = personOf(c);
    const file = async () => new Uint8Array(await c.req.arrayBuffer());
    return c.json(bodyOf(await refusing(reconciliations.reconcile(name, file, person))), 200);
  });
  app.openapi(STATEMENT_ROUTES.clearCarried, async (c) => {
    const { key, note } = c.req.valid('json');
    const ended = await refusing(reconciliations.clear(key, personOf(c), redact(note)));
    return c.json(carriedBody(ended, beijingTime(clock.now()).slice(0, 10)), 200);
  });
}

function bodyOf({ ok, statement, counts, totals, otherTerminals, findings, more, unnamed }: UploadReport) {
  const { channel, day, file, sha256, rows } = statement;
  const sums = totals[0] ?? { localFen: 0, channelFen: 0, feeFen: 0, netFen: 0 };
  const { localFen, channelFen, feeFen, netFen } = sums;
  const { MATCHED = 0, MATCHED_ABSENT = 0, MATCHED_PENDING = 0 } = counts;
  return {
    ok,
    channel,
    ...(day === undefined ? {} : { day }),
    file,
    sha256,
    rows,
    otherTerminals,
    matched: MATCHED + MATCHED_ABSENT + MATCHED_PENDING,
    localFen,
    channelFen,
    feeFen,
    netFen,
    findings: findings.map(findingBody),
    more: more + unnamed,
  };
}

function findingBody({ severity: _severity, ...finding }: ShownFinding) {
  const { urgency, zh, en } = MEANINGS[finding.type];
  return { ...finding, urgency, what: { zh, en } };
}

function carriedBody({ channel, lookedIn, end, ...carried }: Carried, today: string) {
  const overdue = end === undefined && isOverdue({ ...carried, lookedIn });
  const wanted = end === undefined ? wantedDay({ ...carried, lookedIn }) : undefined;
  const ageDays = Math.max(0, daysBetween(carried.timeLocal.slice(0, 10), today));
  return {
    ...carried,
    of: channel,
    lookedIn: [...lookedIn],
    ageDays,
    overdue,
    ...(wanted === undefined ? {} : { wanted }),
    ...(end ? { end: { ...end } } : {}),
  };
}

/** A file that is not to be trusted is told in the words of whoever downloaded it. */
async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ReconcileBusy) throw new Refusal(problem('STATEMENT_BUSY'));
    if (error instanceof NotCarried) throw new Refusal(problem('NOT_FOUND'));
    if (!(error instanceof StatementFault)) throw error;
    const { cause, remedy = AGAIN } = FAULTS[error.code];
    throw new Refusal({ ...problem('STATEMENT_REFUSED', `${error.code}: ${error.message}`), cause, remedy });
  }
}
