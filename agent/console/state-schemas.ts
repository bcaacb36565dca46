import { z } from '@hono/zod-openapi';
import { ATTEMPT_STATES } from '../../protocols/backend/attempt-events.ts';
import { attemptId, fen, id, millis, orderId, personId } from '../../protocols/backend/fields.ts';
import { DEVICES } from '../../protocols/backend/topics.ts';
import { NoticeArgs } from '../../protocols/backend/verbs.ts';
import { TERMINAL_STATES, type TerminalState } from '../payment/terminal-state.ts';
import { ClerkBody, LateMoneyBody, OrderWithAttempt, SlipBody } from './order-schemas.ts';
import { names, words } from './schema-parts.ts';

// What is to be seen at the till now.

export const DeviceBody = z
  .strictObject({
    device: z.enum(DEVICES),
    state: z.enum(['online', 'offline']),
    reason: z.string().optional().describe('an error code'),
    since: millis,
  })
  .meta({ id: 'Device' });

export const DeviceList = z.strictObject({ devices: z.array(DeviceBody) }).meta({ id: 'DeviceList' });

/** States of the strip: `warn` goes on, `bad` does not, `absent` is not there and not wanted. */
export const DEVICE_LIGHTS = ['ok', 'warn', 'bad', 'absent'] as const;

export const StripBody = z
  .strictObject({
    device: z.enum(['gun', 'printer', 'terminal', 'network', 'clock']),
    state: z.enum(DEVICE_LIGHTS),
    code: z.string().optional().describe('an error code'),
    problem: words.optional(),
    remedy: words.optional().describe('what to do now'),
    sinceMs: millis,
  })
  .meta({ id: 'DeviceLight', description: 'One light of the device strip.' });

export const TerminalVisit = z
  .strictObject({
    act: z
      .enum(['lock', 'unlock', 'place-checked'])
      .describe(
        '`place-checked` ends LOCATION_MISMATCH where the terminal measures itself to be at its registered place again',
      ),
  })
  .meta({ id: 'TerminalVisit' });

export const TerminalStateBody = z
  .strictObject({
    state: z.enum(['ready', 'suspended', 'maintenance', 'unregistered']),
    canCollect: z.boolean(),
    canRefund: z.boolean(),
    locked: z.boolean().optional().describe('by a person at the till, until a manager or a technician unlocks it'),
    unconfirmed: z
      .boolean()
      .optional()
      .describe('the backend was not heard for longer than its word is good; it collects all the same'),
    reasonCode: z.string().optional(),
    reason: words.optional(),
    sinceMs: millis.optional(),
    untilMs: millis.optional(),
    reference: z.string().optional(),
    phone: z.string().optional(),
    requiredAction: words.optional().describe('what to do now'),
  })
  .meta({
    id: 'TerminalState',
    description:
      'Whether this terminal may collect, and else everything that is needed to ask for help. `ready` with a reason is a banner.',
  });

export const OpenAttemptBody = z
  .strictObject({
    attemptId,
    orderId,
    amountFen: fen,
    state: z.enum(ATTEMPT_STATES),
    category: z.string(),
    clerk: ClerkBody,
    nowMs: millis.describe('the same clock, now: count from here'),
    startedMs: millis,
    deadlineMs: millis.describe('then the till gives up and reverses, or, while it reverses, frees the counter'),
    isCard: z.boolean().describe('on the card terminal'),
    terminalSays: z.string().optional().describe('what the terminal shows or wants'),
    warnAtMs: z.array(millis).describe('the person at the counter is told that it takes long'),
  })
  .meta({ id: 'OpenAttempt', description: 'The payment under way, for a countdown.' });

export const NoticeBody = NoticeArgs.extend({
  acknowledged: z.strictObject({ personId, at: millis }).optional().describe('who said that it was read, and when'),
}).meta({ id: 'Notice', description: 'Something the people at the counter must read.' });

export const StateBody = z
  .strictObject({
    till: z.strictObject({ tenant: z.string(), store: z.string(), agent: z.string() }),
    training: z.boolean().describe('practice: nothing here is real'),
    version: z.string(),
    boot: id,
    terminal: z.strictObject({
      state: names<TerminalState>(TERMINAL_STATES),
      canCollect: z.boolean(),
      canHold: z.boolean().describe('an amount can be held on a card here (预授权)'),
      canRefund: z.boolean(),
      why: words.optional(),
      reasonCode: z.string().optional(),
      referenceNo: z.string().optional(),
      servicePhone: z.string().optional(),
      since: millis.optional(),
      until: millis.optional(),
    }),
    terminalState: TerminalStateBody,
    strip: z.array(StripBody),
    open: OpenAttemptBody.optional(),
    counter: OrderWithAttempt.optional().describe('the order that the next code pays'),
    blocked: z
      .array(
        z.strictObject({
          orderId,
          amountFen: fen,
          why: z.enum(['REVERSE_PENDING', 'RESULT_UNKNOWN', 'NEEDS_MANUAL_CHECK', 'INTENT_OPEN']),
          late: z.array(LateMoneyBody).optional().describe('money that nobody expected'),
          todo: words.optional().describe('what to do about it'),
        }),
      )
      .describe('orders that take no payment until somebody knows what became of their last one'),
    questions: z.array(SlipBody).describe('slips of which nobody knows whether they are on paper: look, and answer'),
    clock: z.strictObject({ backendNow: millis, trusted: z.boolean(), errorMs: z.int().optional() }),
    network: z.strictObject({ online: z.boolean(), waitingEvents: z.int() }),
    journal: z.strictObject({
      head: z.int().describe('number of the newest entry: where events go on'),
      trouble: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
    }),
    limits: z.strictObject({ maxFen: fen }),
    notices: z.array(NoticeBody).describe('what the people at the counter must read'),
    unreadNotices: z.int().describe('of these, how many somebody must still acknowledge'),
  })
  .meta({ id: 'State', description: 'What is to be seen at the till now.' });

export const NoticeParams = z.object({ noticeId: id });
