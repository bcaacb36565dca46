import type { Context, MiddlewareHandler } from 'hono';
import { type ProblemCode, problem } from './problems.ts';

// The lab holds no money and no secret, but it commands a simulated shop, and a browser that shows foreign pages runs beside it:
// names, origins, sizes and forms are checked as at the agent's door. There is no token: whoever may open a socket on this
// machine's loopback may play shop.

const MOST_BODY = 65_536;
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const HEADERS = {
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

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
    headers: { ...HEADERS, 'Cache-Control': 'no-store', 'Content-Type': 'application/problem+json' },
  });
}

const headers: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};

/** DNS rebinding: a foreign name that points here is still a foreign name. */
function onlyThisHost(port: () => number): MiddlewareHandler {
  return (c, next) => {
    const host = c.req.header('host')?.toLowerCase();
    return host !== undefined && namesOf(port()).includes(host) ? next() : refused('HOST_REFUSED');
  };
}

/** Browsers say from which page a call comes; programs say nothing. A link may lead to the page, a frame or a script may not. */
function onlyOwnPages(port: () => number): MiddlewareHandler {
  return (c, next) => {
    const origin = c.req.header('origin');
    const site = c.req.header('sec-fetch-site');
    const own = origin === undefined || namesOf(port()).some((name) => origin === `http://${name}`);
    const near = site === undefined || site === 'same-origin' || site === 'none' || isVisit(c);
    return own && near ? next() : refused('ORIGIN_REFUSED');
  };
}

function isVisit(c: Context): boolean {
  const top = c.req.header('sec-fetch-mode') === 'navigate' && c.req.header('sec-fetch-dest') === 'document';
  return c.req.method === 'GET' && c.req.path === '/' && top;
}

function namesOf(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

const small: MiddlewareHandler = (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return refused('LENGTH_REQUIRED');
  return Number(c.req.header('content-length') ?? 0) > MOST_BODY ? refused('BODY_TOO_LARGE') : next();
};

/** Forms and plain text are what pages of other sites can send without asking. */
const onlyJson: MiddlewareHandler = (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? next() : refused('MEDIA_TYPE');
};

function refused(code: ProblemCode): Promise<Response> {
  return Promise.resolve(sayNo(code));
}
