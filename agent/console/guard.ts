import type { Context, MiddlewareHandler } from 'hono';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import { isNavigation, isOwnName, isOwnPage, mediaTypeOf } from '../../protocols/page/door.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { MOST_UPLOADED_BYTES } from '../statements/upload-limit.ts';
import { PAGE_ADDRESSES } from './page-files.ts';
import { type Problem, problem } from './problems.ts';
import { type Rate, RateLimit } from './rate.ts';
import type { Caller } from './scopes.ts';

// Who may speak to the till at all. A page of another site in the same browser, a name that was made to point at this
// machine, a program without a token: each gets a refusal and learns nothing. There are no cookies, so a browser carries no
// right of its own, and no CORS header, so no page reads an answer.

export interface ConsoleEnv {
  readonly Variables: { readonly caller: Caller; readonly refusal?: Problem };
}

/** Who stands behind a token. */
export interface Register {
  callerOf(token: string): Caller | undefined;
  /** a token of somebody who was signed in at the page */
  isSessionToken?(token: string): boolean;
  /** they did something, and did not only look */
  acted?(caller: Caller): void;
}

export interface GuardParts {
  readonly tokens: Register;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
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

/** Signing in: a person mistypes, a thief guesses. */
const SIGN_IN = { burst: 20, perSecond: 1 } as const;
/** What the sign-in screen needs: it holds no secret. */
const WELCOME = { burst: 30, perSecond: 5 } as const;

/** Calls that anybody beside this machine may make, and how often all of them together. */
const OPEN = new Map<string, Rate>([
  ['GET /v1/welcome', WELCOME],
  ['POST /v1/sessions', SIGN_IN],
  ['POST /v1/sessions/pin', SIGN_IN],
  ['GET /livez', WELCOME],
  ['GET /readyz', WELCOME],
]);

/** In this order, before any call: names, size, right, rate. */
export function guards(parts: GuardParts): MiddlewareHandler<ConsoleEnv>[] {
  return [headers, onlyThisHost(parts.port), onlyOwnPages(parts.port), small, admit(parts), onlyJson];
}

/** Before everything: whoever is turned away leaves a line in the log, and a flood of them does not fill it. */
export function refusalLog({ log, clock }: Pick<GuardParts, 'log' | 'clock'>): MiddlewareHandler<ConsoleEnv> {
  const lines = new RateLimit(LINES, clock);
  let untold = 0;
  return async (c, next) => {
    await next();
    const no: Problem | undefined = c.get('refusal');
    if (!no || !SUSPICIOUS.has(no.status)) return;
    if (lines.take() > 0) {
      untold += 1;
      return;
    }
    const { method, path } = c.req;
    const named = (name: string) => c.req.header(name)?.slice(0, 100);
    const caller: Caller | undefined = c.get('caller');
    const who = { origin: named('origin'), host: named('host'), program: caller?.program, personId: caller?.personId };
    log.warn(
      { code: no.code, method, path: path.slice(0, 100), ...who, ...(untold > 0 ? { untold } : {}) },
      'call refused',
    );
    untold = 0;
  };
}

const LINES = { burst: 20, perSecond: 1 } as const;
/** Without the right, or from somewhere else. What was only asked wrongly is the caller's business. */
const SUSPICIOUS: ReadonlySet<number> = new Set([401, 403, 415, 421, 429]);

/** Before the page itself, which has no secret: names. A link may lead to it, a frame or a script tag may not. */
export function pageGuards(port: () => number): MiddlewareHandler<ConsoleEnv>[] {
  return [onlyThisHost(port), onlyOwnPages(port, isVisit)];
}

/** Somebody goes to the page itself, from wherever. */
function isVisit(c: Context<ConsoleEnv>): boolean {
  return isNavigation(c.req.method, (name) => c.req.header(name)) && PAGES.some((page) => page.test(c.req.path));
}

const PAGES = PAGE_ADDRESSES.map((address) => new RegExp(`^${address.replace(/:\w+/, '[^/]+')}$`));

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

function onlyThisHost(port: () => number): MiddlewareHandler<ConsoleEnv> {
  return (c, next) => (isOwnName((name) => c.req.header(name), port()) ? next() : refused(c, problem('HOST_REFUSED')));
}

function onlyOwnPages(
  port: () => number,
  allowed: (c: Context<ConsoleEnv>) => boolean = () => false,
): MiddlewareHandler<ConsoleEnv> {
  return (c, next) =>
    isOwnPage((name) => c.req.header(name), port(), allowed(c)) ? next() : refused(c, problem('ORIGIN_REFUSED'));
}

/** HTTP itself holds a body to the length that was told; one of untold length is not begun. */
const small: MiddlewareHandler<ConsoleEnv> = (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return refused(c, problem('LENGTH_REQUIRED'));
  const bytes = Number(c.req.header('content-length') ?? 0);
  if (isFile(c)) return bytes > MOST_UPLOADED_BYTES ? refused(c, problem('STATEMENT_TOO_LARGE')) : next();
  return bytes > MAX_MESSAGE_BYTES ? refused(c, problem('BODY_TOO_LARGE')) : next();
};

/** The one call whose body is a file as it was downloaded. */
function isFile({ req }: Context<ConsoleEnv>): boolean {
  return req.method === 'POST' && req.path === '/v1/reconciliations';
}

/** The token, and how often it may be used. */
function admit({ tokens, clock }: GuardParts): MiddlewareHandler<ConsoleEnv> {
  const strangers = new RateLimit(STRANGERS, clock);
  const open = new Map([...OPEN].map(([call, rate]) => [call, new RateLimit(rate, clock)]));
  const programs = new Map<string, RateLimit>();
  const sessions = new WeakMap<Caller, RateLimit>();
  const limitOf = (caller: Caller) => {
    if (caller.session !== undefined) return kept(sessions, caller, () => new RateLimit(PER_PROGRAM, clock));
    return kept(programs, caller.program, () => new RateLimit(PER_PROGRAM, clock));
  };
  return (c, next) => {
    const token = /^Bearer ([\x21-\x7e]{20,200})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const caller = token === undefined ? undefined : tokens.callerOf(token);
    const isOpen = open.get(`${c.req.method} ${c.req.path}`);
    const waitMs = (isOpen ?? (caller ? limitOf(caller) : strangers)).take();
    if (waitMs > 0) return refused(c, problem('TOO_MANY_REQUESTS'), waitMs);
    if (caller) c.set('caller', caller);
    if (caller && c.req.method !== 'GET') tokens.acted?.(caller);
    if (caller || isOpen) return next();
    const wasSession = token !== undefined && tokens.isSessionToken?.(token) === true;
    return refused(c, problem(wasSession ? 'SESSION_OVER' : 'UNAUTHENTICATED'));
  };
}

interface Keeping<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function kept<K, V>(map: Keeping<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/** Forms and plain text are what pages of other sites can send without asking; neither JSON nor bytes are. */
const onlyJson: MiddlewareHandler<ConsoleEnv> = (c, next) => {
  const length = c.req.header('content-length');
  const carries = length !== undefined && length !== '0';
  const type = mediaTypeOf((name) => c.req.header(name));
  const wanted = isFile(c) ? 'application/octet-stream' : 'application/json';
  return carries && type !== wanted ? refused(c, problem('MEDIA_TYPE')) : next();
};

function refused(c: Context<ConsoleEnv>, no: Problem, retryAfterMs?: number): Promise<Response> {
  c.set('refusal', no);
  return Promise.resolve(sayNo(no, retryAfterMs));
}
