import { z } from 'zod';
import { id, millis, text, version } from './fields.ts';
import { DEVICES } from './topics.ts';

// How a till is, and what somebody must see to.

const count = z.int().nonnegative();

/** `health`, retained, once a minute. Counters begin with the boot. */
export const Health = z.strictObject({
  v: version,
  boot: id,
  ts: millis,
  version: text(32),
  uptimeS: count,
  /** it can sell: the journal takes entries and the devices answer */
  ready: z.boolean(),
  /** how late the event loop came at worst, within the last minute, ms */
  lagMs: count,
  rssMb: count,
  devices: z
    .array(z.strictObject({ dev: z.enum(DEVICES), up: z.boolean(), serial: text(64).optional(), reconnects: count }))
    .max(16),
  scans: z.strictObject({ good: count, duplicate: count, rejected: count, noRead: count }),
  outbox: z.strictObject({ waiting: count, oldestS: count }),
  journalSeq: count,
  /** attempts whose end is not known yet */
  unknown: count,
  /** this PC's clock ahead (+) or behind (-) of the backend, ms */
  clockErrorMs: z.int().optional(),
});
export type Health = z.infer<typeof Health>;

/** `alert/{code}`, retained while it is so; an empty message takes it away. The code in the topic is in small letters. */
export const Alert = z.strictObject({
  v: version,
  /** a code of the agent's error table */
  code: text(32).min(1),
  dev: z.enum(DEVICES).optional(),
  since: millis,
  cause: z.strictObject({ zh: text(256), en: text(256) }),
  remedy: z.strictObject({ zh: text(512), en: text(512) }),
});
export type Alert = z.infer<typeof Alert>;
