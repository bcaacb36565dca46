import { z } from '@hono/zod-openapi';
import { attemptId, id, millis } from '../../protocols/backend/fields.ts';
import { ClerkBody } from './order-schemas.ts';
import { number, words } from './schema-parts.ts';

// What calls have in common: the "no", the answer of one that changes something, and the headers of it.

export const ProblemBody = z
  .strictObject({
    type: z.string().describe('urn:tillwire:problem:CODE'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; the table stands below'),
    detail: z.string().optional(),
    cause: words,
    remedy: words.describe('what to do now'),
    retryable: z.boolean().describe('the same call may be repeated as it is'),
    triesLeft: z.int().optional().describe('PIN_WRONG: guesses before a lock'),
    until: millis.optional().describe('PIN_LOCKED: nobody may guess before that'),
  })
  .meta({ id: 'Problem', description: 'Every "no" has this form (RFC 9457).' });

export const OperationBody = z
  .strictObject({
    commandId: id,
    phase: z.enum(['accepted', 'final']).describe('accepted: it is on disk and will be carried out'),
    status: z
      .enum(['ok', 'declined', 'cancelled', 'failed', 'unknown'])
      .describe('failed: certainly nothing was done; unknown: look again'),
    code: z.string(),
    message: z.string().optional(),
    clerk: ClerkBody.optional(),
    why: z.strictObject({ cause: words, remedy: words }).optional().describe('failed: for the person at the counter'),
    data: z.record(z.string(), z.unknown()).optional(),
    attemptId: attemptId.optional(),
    replayed: z.boolean().optional().describe('this call was answered before'),
    at: millis,
  })
  .meta({
    id: 'Operation',
    description: 'What became of a call that changes something. Repeat it with the same key to ask again.',
  });

/** Header of every call that changes something. */
export const KeyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, 'one to 64 printable characters')
    .describe('your name for this wish: the same key is the same wish, for seven days, across restarts'),
});

export const ApprovalHeader = KeyHeader.extend({
  approval: z
    .string()
    .regex(/^twa_[\w-]{43}$/)
    .optional()
    .describe('of POST /v1/approvals; a person at the page needs one'),
});

export const WaitQuery = z.strictObject({
  wait: number(0, 100)
    .default(0)
    .describe('seconds to wait for the final result; 0 answers as soon as the call is on disk'),
});
