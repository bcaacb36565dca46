import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Metrics } from '../health/metrics.ts';
import type { HealthRoom } from '../health/room.ts';
import type { TillBook } from '../journal/book.ts';
import type { LogDial, LogTail } from '../log-dial.ts';
import { agentBench } from '../selftest/agent-bench.ts';
import { selfTest } from '../selftest/self-test.ts';
import type { SignatureRoom } from '../signatures/signature-room.ts';
import { PrintRefused } from '../slips/document-jobs.ts';
import type { SlipSpool } from '../slips/spool.ts';
import { traceStream } from '../trace/trace-stream.ts';
import { VERSION } from '../version.ts';
import { DIAGNOSIS_ROUTES } from './diagnosis-routes.ts';
import type { ConsoleEnv } from './guard.ts';
import { problem } from './problems.ts';
import { Refusal } from './refusal.ts';

/** What the diagnosis calls look at. */
export interface Diagnosis {
  readonly health: HealthRoom;
  readonly dial: LogDial;
  readonly tail: LogTail;
  readonly config: Config;
  readonly signatures: SignatureRoom | undefined;
}

interface Parts {
  readonly diagnosis: Diagnosis;
  readonly book: Pick<TillBook, 'orders'>;
  readonly spool: SlipSpool;
  readonly clock: Clock;
}

export function diagnosisCalls(app: OpenAPIHono<ConsoleEnv>, parts: Parts): void {
  const { health, dial, tail } = parts.diagnosis;
  const metrics = new Metrics(health);
  app.openapi(DIAGNOSIS_ROUTES.alive, (c) => c.json(health.readings.alive, health.readings.alive.ok ? 200 : 503));
  app.openapi(DIAGNOSIS_ROUTES.ready, (c) => {
    const why = [...health.readings.hindrances];
    return c.json({ ok: why.length === 0, why }, why.length === 0 ? 200 : 503);
  });
  app.openapi(DIAGNOSIS_ROUTES.metrics, async (c) =>
    c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
  app.openapi(DIAGNOSIS_ROUTES.diagnosis, (c) => c.json({ ...told(health), log: dial.state }, 200));
  app.openapi(DIAGNOSIS_ROUTES.log, (c) => c.text(tail.text, 200));
  app.openapi(DIAGNOSIS_ROUTES.logLevel, (c) => {
    const { level, minutes } = c.req.valid('json');
    return c.json(dial.set(level, minutes * 60_000), 200);
  });
  tracing(app, parts);
  trying(app, parts);
}

function told(health: HealthRoom) {
  const { oldest, ...outbox } = health.readings.outbox ?? {
    waiting: 0,
    oldest: undefined,
    bytes: 0,
    drops: {},
    acked: 0,
    lastSeq: 0,
  };
  return {
    health: health.readings.health,
    hindrances: [...health.readings.hindrances],
    alerts: health.alerts.map(({ v: _v, ...alert }) => alert),
    outbox: {
      ...outbox,
      drops: Object.fromEntries(Object.entries(outbox.drops)),
      ...(oldest === undefined ? {} : { oldest }),
    },
  };
}

function tracing(app: OpenAPIHono<ConsoleEnv>, { diagnosis: { health, config }, clock }: Parts): void {
  app.openapi(DIAGNOSIS_ROUTES.trace, (c) => {
    const { dev } = c.req.valid('param');
    const forMs = c.req.valid('query').seconds * 1_000;
    const stream = traceStream({ tap: health.taps[dev], dev, config, clock, forMs });
    if (!stream) throw new Refusal(problem('TOO_MANY_STREAMS'));
    return c.body(stream, 200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  });
}

function trying(
  app: OpenAPIHono<ConsoleEnv>,
  { diagnosis: { health, config, signatures }, book, spool, clock }: Parts,
): void {
  const { tenant, store, agent } = config.address;
  const till = `${tenant}/${store}/${agent}`;
  let running = false;
  app.openapi(DIAGNOSIS_ROUTES.selfTest, async (c) => {
    const { steps, withinSeconds } = c.req.valid('json');
    if (running) throw new Refusal(problem('TOO_MANY_REQUESTS'));
    running = true;
    try {
      const bench = agentBench({ book, spool, health, signatures, hasPrinter: config.printer !== undefined, clock });
      const report = await selfTest(
        { bench, till, version: VERSION, now: () => clock.now(), withinMs: withinSeconds * 1_000 },
        steps,
      );
      return c.json({ ...report, steps: [...report.steps] }, 200);
    } finally {
      running = false;
    }
  });
  app.openapi(DIAGNOSIS_ROUTES.diagnosisSlip, async (c) => {
    const about = { merchantName: config.merchant.name, till, version: VERSION, time: clock.now() };
    const slip = { ...about, ...c.req.valid('json') };
    try {
      const job = await spool.print({ kind: 'diagnosis', slip }, { by: c.get('caller').program });
      return c.json({ jobId: job.jobId }, 202);
    } catch (error) {
      if (error instanceof PrintRefused) throw new Refusal(problem('DEVICE_OFFLINE', error.code));
      throw error;
    }
  });
}
