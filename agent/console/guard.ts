import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import type { Clock } from '../clock.ts';
import { type Problem, problem } from './problems.ts';
import { RateLimit } from './rate.ts';
import type { Caller } from './scopes.ts';
import type { TokenRegister } from './tokens.ts';

// Who may speak to the till at all. A page of another site in the same browser, a name that was made to point at this
// machine, a program without a token: each gets a refusal and learns nothing. There are no cookies, so a browser carries no
// right of its own, and no CORS header, so no page reads an answer.

export interface ConsoleEnv {
  readonly Variables: { readonly caller: Caller };
}

export interface GuardParts {
  readonly tokens: Pick<TokenRegister, 'callerOf'>;
  readonly clock: Clock;
  /** the port that is listened on */
  readonly port: () => number;
}

/** A cashier program makes a few calls a second; twenty is a loop. */
const PER_PROGRAM = { burst: 60, perSecond: 20 } as const;
/** Wrong tokens are not worth the work of answering many. */
const STRANGERS = { burst: 10, perSecond: 2 } as const;
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** In this order, before any route: names, size, right, rate. */
export function guards(parts: GuardParts): MiddlewareHandler<ConsoleEnv>[] {
  return [headers, onlyThisHost(parts.port), onlyOwnPages(parts.port), small, admit(parts), onlyJson];
}

export function sayNo(no: Problem, retryAfterMs?: number): Response {
  return new Response(JSON.stringify(no), {
    status: no.status,
    headers: {
      ...HEADERS,
      'Content-Type': 'application/problem+json',
      ...(no.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) }),
    },
  });
}

const headers: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
};

/** DNS rebinding: a foreign name that points here is still a foreign name. */
function onlyThisHost(port: () => number): MiddlewareHandler<ConsoleEnv> {
  return (c, next) => {
    const host = c.req.header('host')?.toLowerCase();
    return host !== undefined && namesOf(port()).includes(host) ? next() : refused(problem('HOST_REFUSED'));
  };
}

/** Browsers say from which page a call comes; programs say nothing. */
function onlyOwnPages(port: () => number): MiddlewareHandler<ConsoleEnv> {
  return (c, next) => {
    const origin = c.req.header('origin');
    const site = c.req.header('sec-fetch-site');
    const own = origin === undefined || namesOf(port()).some((name) => origin === `http://${name}`);
    const near = site === undefined || site === 'same-origin' || site === 'none';
    return own && near ? next() : refused(problem('ORIGIN_REFUSED'));
  };
}

function namesOf(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

const small: MiddlewareHandler<ConsoleEnv> = bodyLimit({
  maxSize: MAX_MESSAGE_BYTES,
  onError: () => sayNo(problem('BODY_TOO_LARGE')),
});

/** The token, and how often it may be used. */
function admit({ tokens, clock }: GuardParts): MiddlewareHandler<ConsoleEnv> {
  const strangers = new RateLimit(STRANGERS, clock);
  const programs = new Map<string, RateLimit>();
  const limitOf = (program: string) => {
    const known = programs.get(program) ?? new RateLimit(PER_PROGRAM, clock);
    programs.set(program, known);
    return known;
  };
  return (c, next) => {
    const token = /^Bearer ([\x21-\x7e]{20,200})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const caller = token === undefined ? undefined : tokens.callerOf(token);
    const waitMs = (caller ? limitOf(caller.program) : strangers).take();
    if (waitMs > 0) return refused(problem('TOO_MANY_REQUESTS'), waitMs);
    if (!caller) return refused(problem('UNAUTHENTICATED'));
    c.set('caller', caller);
    return next();
  };
}

/** Forms and plain text are what pages of other sites can send without asking. */
const onlyJson: MiddlewareHandler<ConsoleEnv> = (c, next) => {
  const length = c.req.header('content-length');
  const carries = c.req.header('transfer-encoding') !== undefined || (length !== undefined && length !== '0');
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return carries && type !== 'application/json' ? refused(problem('MEDIA_TYPE')) : next();
};

function refused(no: Problem, retryAfterMs?: number): Promise<Response> {
  return Promise.resolve(sayNo(no, retryAfterMs));
}
