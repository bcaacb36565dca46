import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Report } from '../reports/report.ts';
import { OtherPeriod } from '../reports/report-room.ts';
import { PrintRefused } from '../slips/document-jobs.ts';
import { found, personOf } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { problem } from './problems.ts';
import { Refusal } from './refusal.ts';
import { REPORT_ROUTES } from './report-routes.ts';

/**
 * Reports, and who opens and closes what. No `Idempotency-Key`: a closing names the shift or day that it closes, so that
 * saying it twice closes nothing else.
 */
export function reportCalls(app: OpenAPIHono<ConsoleEnv>, { reports }: AppParts): void {
  app.openapi(REPORT_ROUTES.takings, async (c) => {
    return c.json(bodyOf(found(await reports.room.report(c.req.valid('param').kind))), 200);
  });
  app.openapi(REPORT_ROUTES.printTakings, async (c) => {
    const report = found(await reports.room.report(c.req.valid('param').kind));
    const { program, personId } = c.get('caller');
    const { jobId } = await refusing(reports.print(report, personId ?? program));
    return c.json({ jobId }, 202);
  });
  app.openapi(REPORT_ROUTES.reconcileSlip, async (c) => {
    const { program, personId } = c.get('caller');
    const { jobId } = await refusing(reports.printReconciliation(c.req.valid('json'), personId ?? program));
    return c.json({ jobId }, 202);
  });
  app.openapi(REPORT_ROUTES.openShift, async (c) =>
    c.json(bodyOf(await refusing(reports.room.openShift(personOf(c)))), 201),
  );
  app.openapi(REPORT_ROUTES.closeShift, async (c) => {
    return c.json(bodyOf(await refusing(reports.closeShift(c.req.valid('param').number, personOf(c)))), 200);
  });
  app.openapi(REPORT_ROUTES.closeDay, async (c) => {
    return c.json(bodyOf(await refusing(reports.closeDay(c.req.valid('param').number, personOf(c)))), 200);
  });
}

/** The schema's lists are its own. */
function bodyOf({ holds, ...report }: Report) {
  const standing = holds && { holds: { ...holds, named: [...holds.named] } };
  return { ...report, rows: [...report.rows], byHour: [...report.byHour], ...standing };
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OtherPeriod) throw new Refusal(problem('PERIOD_OTHER', error.message));
    if (error instanceof PrintRefused)
      throw new Refusal(problem(error.code === 'NO_PRINTER' ? 'DEVICE_OFFLINE' : 'DEVICE_BUSY', error.message));
    throw error;
  }
}
