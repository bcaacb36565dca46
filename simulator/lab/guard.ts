import type { MiddlewareHandler } from 'hono';
import { isNavigation, isOwnName, isOwnPage, mediaTypeOf, PAGE_HEADERS } from '../../protocols/page/door.ts';
import { type ProblemCode, problem } from './problems.ts';

// The lab holds no money and no secret, but it commands a simulated shop, and a browser that shows foreign pages runs beside it:
// names, origins, sizes and forms are checked as at the agent's door. There is no token: whoever may open a socket on this
// machine's loopback may play shop.

const MOST_BODY = 65_536;

/** In this order, before any call. */
export function guards(port: () => number): MiddlewareHandler[] {
  return [headers, onlyThisHost(port), onlyOwnPages(port), small, onlyJson];
}

export function sayNo(code: ProblemCode, detail?: string): Response {
  return answerNo(problem(code, detail));
}

export function answerNo(no: ReturnType<typeof problem>): Response {
  return new Response(JSON.stringify(no), {
    status: no.status,
    headers: { ...PAGE_HEADERS, 'Cache-Control': 'no-store', 'Content-Type': 'application/problem+json' },
  });
}

const headers: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.res.headers.set(name, value);
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};

function onlyThisHost(port: () => number): MiddlewareHandler {
  return (c, next) => (isOwnName((name) => c.req.header(name), port()) ? next() : refused('HOST_REFUSED'));
}

function onlyOwnPages(port: () => number): MiddlewareHandler {
  return (c, next) => {
    const header = (name: string) => c.req.header(name);
    const isVisit = c.req.path === '/' && isNavigation(c.req.method, header);
    return isOwnPage(header, port(), isVisit) ? next() : refused('ORIGIN_REFUSED');
  };
}

const small: MiddlewareHandler = (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return refused('LENGTH_REQUIRED');
  return Number(c.req.header('content-length') ?? 0) > MOST_BODY ? refused('BODY_TOO_LARGE') : next();
};

/** Forms and plain text are what pages of other sites can send without asking. */
const onlyJson: MiddlewareHandler = (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  return mediaTypeOf((name) => c.req.header(name)) === 'application/json' ? next() : refused('MEDIA_TYPE');
};

function refused(code: ProblemCode): Promise<Response> {
  return Promise.resolve(sayNo(code));
}
