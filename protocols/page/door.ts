// The door of a page that a program of this machine serves on loopback, by the headers of a call alone. There are no cookies, so
// a browser carries no right of its own; but it also shows foreign pages, and a foreign name can be made to point here.

/** Headers of everything that a browser shows or runs: no word of another origin, no inline script or style, no frame, no form. */
export const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** A header of a call, by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined;

/** DNS rebinding: a foreign name that points here is still a foreign name. */
export function isOwnName(header: HeaderOf, port: number): boolean {
  const host = header('host')?.toLowerCase();
  return host !== undefined && namesOf(port).includes(host);
}

/** Browsers say from which page a call comes; programs say nothing. `isVisit`: somebody goes to the page, from wherever. */
export function isOwnPage(header: HeaderOf, port: number, isVisit = false): boolean {
  const origin = header('origin');
  const site = header('sec-fetch-site');
  const own = origin === undefined || namesOf(port).some((name) => origin === `http://${name}`);
  return own && (site === undefined || site === 'same-origin' || site === 'none' || isVisit);
}

/** A link may lead to a page; a frame or a script tag may not. */
export function isNavigation(method: string, header: HeaderOf): boolean {
  return method === 'GET' && header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document';
}

/** `application/json` of `application/json; charset=utf-8`. */
export function mediaTypeOf(header: HeaderOf): string | undefined {
  return header('content-type')?.split(';')[0]?.trim().toLowerCase();
}

function namesOf(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}
