import { z } from '@hono/zod-openapi';
import { Health } from '../../protocols/backend/health.ts';
import { DEVICES } from '../../protocols/backend/topics.ts';
import { STEPS } from '../selftest/self-test.ts';
import { words } from './schema-parts.ts';

// What the diagnosis calls take and give.

const level = z.enum(['debug', 'info', 'warn', 'error']);
const seconds = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).openapi({ type: 'integer', minimum: 1, maximum: most });

export const AliveBody = z
  .strictObject({
    ok: z.boolean(),
    lagMs: z.int().describe('how late the event loop came at worst, within the last minute'),
    journalMs: z.int().describe('how long the journal has been owing an answer'),
  })
  .meta({ id: 'Alive' });

export const ReadyBody = z
  .strictObject({ ok: z.boolean(), why: z.array(z.string()).describe('what is in the way') })
  .meta({ id: 'Ready' });

export const LevelBody = z
  .strictObject({ level, usual: level, fallsBackInMs: z.int().optional() })
  .meta({ id: 'LogLevel', description: 'How much the log says. It falls back by itself, and at a restart.' });

export const LevelWish = z
  .strictObject({ level, minutes: z.int().min(1).max(60).default(15) })
  .meta({ id: 'LogLevelWish' });

export const DiagnosisBody = z
  .strictObject({
    health: Health,
    hindrances: z.array(z.string()),
    alerts: z.array(
      z.strictObject({
        code: z.string(),
        dev: z.enum(DEVICES).optional(),
        since: z.int(),
        cause: words,
        remedy: words,
      }),
    ),
    outbox: z.strictObject({
      waiting: z.int(),
      oldest: z.int().optional(),
      bytes: z.int(),
      drops: z.record(z.string(), z.int()),
      acked: z.int(),
      lastSeq: z.int(),
    }),
    log: LevelBody,
  })
  .meta({ id: 'Diagnosis' });

export const TraceParams = z.strictObject({ dev: z.enum(DEVICES) });
export const TraceQuery = z.strictObject({ seconds: seconds(3_600, 60) });
export const TraceText = z
  .string()
  .meta({ id: 'Trace', description: 'Server-sent events: `line` (what was said, decoded, masked), at last `end`.' });
export const PlainText = z.string().meta({ id: 'PlainText' });

export const SelfTestWish = z
  .strictObject({
    steps: z
      .array(z.enum(STEPS))
      .min(1)
      .max(STEPS.length)
      .default([...STEPS]),
    withinSeconds: z.int().min(1).max(60).default(20).describe('for a scan, and for a signature'),
  })
  .meta({ id: 'SelfTestWish' });

export const SelfTestBody = z
  .strictObject({
    ok: z.boolean(),
    till: z.string(),
    version: z.string(),
    at: z.int(),
    steps: z.array(z.strictObject({ step: z.enum(STEPS), status: z.enum(['ok', 'fail', 'skipped']), cause: words })),
  })
  .meta({ id: 'SelfTest' });

export const DiagnosisSlipWish = z
  .strictObject({
    checks: z
      .array(
        z.strictObject({
          title: z.string().max(64),
          status: z.enum(['ok', 'warn', 'fail', 'not-run']),
          remedy: z.string().max(512),
        }),
      )
      .max(64),
    locale: z.enum(['zh-CN', 'en']).default('zh-CN'),
  })
  .meta({ id: 'DiagnosisSlip', description: 'What `tillwire doctor` found, for the paper.' });

export const PrintedBody = z.strictObject({ jobId: z.string() }).meta({ id: 'Printed' });
