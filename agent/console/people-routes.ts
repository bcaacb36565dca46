import { createRoute } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { ConsoleEnv } from './guard.ts';
import { ApprovalBody, ApprovalWish, PinChangeBody, SessionBody, SignInBody, WelcomeBody } from './people-schemas.ts';
import { problem } from './problems.ts';
import { Refusal } from './refusal.ts';
import { body, json, no, open } from './route-parts.ts';

/** A person who is signed in at the page. */
const signedIn = {
  security: [{ token: [] }],
  middleware: ((c, next) => {
    if (c.get('caller').session === undefined) throw new Refusal(problem('PERSON_REQUIRED'));
    return next();
  }) satisfies MiddlewareHandler<ConsoleEnv>,
};

/** Who is at the counter. */
export const PEOPLE_ROUTES = {
  welcome: createRoute({
    ...open,
    method: 'get',
    path: '/v1/welcome',
    summary: 'What the sign-in screen needs',
    responses: { 200: json(WelcomeBody, 'Nothing secret'), ...no },
  }),
  signIn: createRoute({
    ...open,
    method: 'post',
    path: '/v1/sessions',
    summary: 'Sign in with a PIN or a one-time code',
    request: { body: body(SignInBody) },
    responses: { 201: json(SessionBody, 'Signed in'), ...no },
  }),
  signOut: createRoute({
    ...signedIn,
    method: 'delete',
    path: '/v1/sessions',
    summary: 'Sign out: the token of this call is dead',
    responses: { 204: { description: 'Signed out' }, ...no },
  }),
  changePin: createRoute({
    ...open,
    method: 'post',
    path: '/v1/sessions/pin',
    summary:
      'Choose a new PIN, with the old one or in the session of a one-time code; other sessions of that person end',
    request: { body: body(PinChangeBody) },
    responses: { 201: json(SessionBody, 'Signed in with it'), ...no },
  }),
  approve: createRoute({
    ...signedIn,
    method: 'post',
    path: '/v1/approvals',
    summary: 'A second person says yes with a PIN: for one refund or one order, within a minute, once',
    request: { body: body(ApprovalWish) },
    responses: { 201: json(ApprovalBody, 'Approved'), ...no },
  }),
} as const;
