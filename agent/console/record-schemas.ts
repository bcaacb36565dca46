import { z } from '@hono/zod-openapi';
import { ATTEMPT_STATES, type AttemptStateName } from '../../protocols/backend/attempt-events.ts';
import { attemptId, fen, millis, orderId, PAY_CHANNELS, payChannel } from '../../protocols/backend/fields.ts';
import type { IntentStateName } from '../../protocols/backend/intents.ts';
import { HOLD_ENDS } from '../payment/hold.ts';
import { number } from './schema-parts.ts';

// What is looked up in the journal, and followed as it grows.

const RECORD_STATES = [...ATTEMPT_STATES, 'WAITING', 'EXPIRED', 'CLOSED', 'DISPUTED'] as const satisfies readonly (
  | AttemptStateName
  | IntentStateName
)[];

/** A payment's own state, or that of a code that customers scan: both stand among the records. */
const recordState = z.enum(RECORD_STATES);
/** What one searches for. */
const soughtState = z
  .enum([...RECORD_STATES, ...HOLD_ENDS])
  .describe(
    'HELD, RELEASED: an amount was held on a card, or given up; REVERSED: a payment that was taken back, and neither',
  );

export const RecordBody = z
  .strictObject({
    attemptId,
    orderId,
    day: z.string().describe('Chinese time, YYYY-MM-DD'),
    startedAt: millis.describe('wall clock of the till'),
    amountFen: fen,
    channel: z.enum([...PAY_CHANNELS, 'INTENT']).describe('INTENT: a code that customers scan, and nobody has paid'),
    state: recordState,
    category: z.string().describe('of REVERSED attempts of a hold: HELD, RELEASED'),
    transactionId: z.string().optional(),
    personId: z.string().optional().describe('who asked for it to be collected'),
    seq: z.int(),
    hash: z.string().describe('of its newest journal entry'),
  })
  .meta({ id: 'Record' });

export const RecordPage = z
  .strictObject({
    records: z.array(RecordBody),
    next: z.string().optional().describe('give it as `cursor` for the next page'),
  })
  .meta({ id: 'RecordPage' });

export const RecordQuery = z.strictObject({
  day: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .describe('Chinese time'),
  orderId: orderId.optional(),
  amountFen: number(1, 10_000_000_000).optional(),
  channel: payChannel.optional(),
  state: soughtState.optional(),
  limit: number(1, 500).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,16}-\d{1,16}$/)
    .optional(),
});

export const HistoryBody = z
  .strictObject({
    entries: z.array(
      z.strictObject({
        seq: z.int(),
        ts: z.string(),
        type: z.string(),
        data: z.record(z.string(), z.unknown()),
        hash: z.string(),
      }),
    ),
  })
  .meta({ id: 'History', description: 'Everything the journal says of one order, oldest first.' });

/** Number of a journal entry. */
const place = number(0, Number.MAX_SAFE_INTEGER);
export const LastEventHeader = z.object({ 'last-event-id': place.optional().describe('the last event that was seen') });
export const AfterQuery = z.strictObject({ after: place.optional().describe('the same, for who cannot set a header') });
export const EventText = z.string().meta({ description: 'id, event, data (JSON), an empty line' });
