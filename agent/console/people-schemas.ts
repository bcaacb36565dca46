import { z } from '@hono/zod-openapi';
import { millis, personId } from '../../protocols/backend/fields.ts';
import { APPROVALS, ROLE_NAMES } from '../people/roles.ts';
import { words } from './schema-parts.ts';
import { SCOPE_NAMES } from './scopes.ts';

// Who is at the counter: the sign-in screen, sessions, a second person's approval.

export const PersonBody = z
  .strictObject({ personId, name: z.string(), role: z.enum(ROLE_NAMES) })
  .meta({ id: 'Person' });

const Step = z.strictObject({
  title: words,
  text: words,
  command: z.string().optional().describe('to be typed by the technician'),
});

export const WelcomeBody = z
  .strictObject({
    till: z.strictObject({ name: z.string(), placeName: z.string().optional() }),
    training: z.boolean().optional().describe('practice: nothing here is real'),
    version: z.string(),
    mode: z.enum(['ready', 'first-run']),
    setup: z
      .strictObject({ steps: z.array(Step) })
      .optional()
      .describe('what is left to do before anybody can sell'),
    people: z.array(PersonBody).describe('who may sign in'),
    contact: z.strictObject({ phone: z.string() }).optional(),
    clock: z.strictObject({ nowMs: millis, trusted: z.boolean() }),
  })
  .meta({ id: 'Welcome', description: 'What the sign-in screen needs; nothing in it is secret.' });

const pin = z.string().min(1).max(32);

export const SignInBody = z
  .union([
    z.strictObject({ personId, pin }),
    z.strictObject({ code: z.string().min(1).max(64).describe('one-time code, used up by this') }),
  ])
  .meta({ id: 'SignIn' });

export const PinChangeBody = z
  .union([
    z.strictObject({ personId, pin, newPin: pin }),
    z.strictObject({ newPin: pin }).describe('in the session that a one-time code opened'),
  ])
  .meta({ id: 'PinChange' });

export const SessionBody = z
  .strictObject({
    token: z.string().describe('for `Authorization: Bearer`; a page keeps it in sessionStorage'),
    person: PersonBody,
    scopes: z.array(z.enum(SCOPE_NAMES)),
    mustChoosePin: z.boolean().describe('nothing else is allowed before'),
    idleMs: z.int().describe('without a call that changes something the session is over after this'),
    expiresAt: millis,
  })
  .meta({ id: 'Session' });

export const ApprovalWish = z
  .strictObject({
    personId: personId.describe('the second person'),
    pin,
    kind: z.enum(APPROVALS),
    subject: z.string().min(1).max(64).describe('refund: its refundId; resolve: the orderId'),
  })
  .meta({ id: 'ApprovalWish' });

export const ApprovalBody = z
  .strictObject({
    approval: z.string().describe('for the header `Approval` of one call'),
    approver: PersonBody,
    expiresAt: millis,
  })
  .meta({ id: 'Approval' });
