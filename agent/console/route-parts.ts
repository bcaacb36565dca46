import type { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ApprovalHeader, KeyHeader, OperationBody, ProblemBody, WaitQuery } from './call-schemas.ts';
import type { ConsoleEnv } from './guard.ts';
import { problem } from './problems.ts';
import { Refusal } from './refusal.ts';
import { SCOPES, type Scope } from './scopes.ts';

// What the tables of calls are written with.

export const json = <S extends z.ZodType>(schema: S, description: string) =>
  ({ content: { 'application/json': { schema } }, description }) as const;
export const body = <S extends z.ZodType>(schema: S) =>
  ({ required: true, content: { 'application/json': { schema } } }) as const;
export const no = {
  default: { content: { 'application/problem+json': { schema: ProblemBody } }, description: 'No, and why' },
};

/** The right that a call needs, enforced and documented in one place. */
export function needs(scope: Scope) {
  const check: MiddlewareHandler<ConsoleEnv> = (c, next) => {
    const { scopes, session } = c.get('caller');
    if (scopes.includes(scope)) return next();
    throw new Refusal(
      session !== undefined && scopes.length === 0 ? problem('PIN_UNSET') : problem('SCOPE_MISSING', `scope ${scope}`),
    );
  };
  return { security: [{ token: [scope] }], middleware: check, 'x-scope': `${scope}: ${SCOPES[scope].en}` };
}

/** Anybody on this machine, from our own page or from none. */
export const open = { security: [] };

/**
 * A person at the page without the right may ask, and a second person's approval gives it; everybody else needs the right
 * itself.
 */
export function needsOrApproval(scope: Scope) {
  const right = needs(scope);
  const check: MiddlewareHandler<ConsoleEnv> = (c, next) =>
    c.get('caller').session !== undefined && c.get('caller').scopes.includes('collect')
      ? next()
      : right.middleware(c, next);
  return { ...right, middleware: check };
}

/** Answers of a call that changes something: on disk, or over. */
export const operation = {
  200: json(OperationBody, 'The final result'),
  202: json(OperationBody, 'Accepted: on disk, and being carried out'),
  ...no,
};
export const wish = { headers: KeyHeader, query: WaitQuery };
export const approvedWish = { headers: ApprovalHeader, query: WaitQuery };
