import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { PAGE_HEADERS } from '../../protocols/page/door.ts';
import type { ConsoleEnv } from './guard.ts';

// The clerk's page as it was built (dist/web): a document, and assets whose names change with their contents. Nothing of it
// is secret; everything behind it needs a token.

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};
/** Where the page can be: its own router tells them apart, and a reload finds it. */
export const PAGE_ADDRESSES = ['/', '/records', '/records/:orderId', '/report', '/statements'] as const;
/** As the build leaves them beside each file; the first that the browser takes. */
const PACKED = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
] as const;
const YEAR = 'public, max-age=31536000, immutable';
const NOT_BUILT =
  'The clerk’s page is not built: run `npm run build` and reload.\n收银页面尚未生成：请运行 npm run build 后刷新。\n';

/** Where the build leaves the page: beside the compiled floors. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../web', import.meta.url));

interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly packed: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** Headers of everything that a browser shows or runs. */
export const pageHeaders: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.res.headers.set(name, value);
};

/** Serves the page in `folder`. Only names that were there are ever looked up: no path leads out. */
export function pageFiles(app: OpenAPIHono<ConsoleEnv>, folder: string): void {
  const assets = new Map<string, PageFile>();
  const assetFolder = join(folder, 'assets');
  const document = readPage(folder, 'index.html');
  for (const name of existsSync(assetFolder) ? readdirSync(assetFolder) : []) {
    const file = readPage(assetFolder, name);
    if (file) assets.set(`/assets/${name}`, file);
  }
  for (const address of PAGE_ADDRESSES)
    app.get(address, (c) => (document ? send(c, document, 'no-cache') : c.text(NOT_BUILT, 503)));
  app.get('/assets/:name', (c) => {
    const file = assets.get(c.req.path);
    return file ? send(c, file, YEAR) : c.notFound();
  });
}

function send(c: Context<ConsoleEnv>, { type, plain, packed }: PageFile, caching: string): Response {
  const taken = c.req.header('accept-encoding') ?? '';
  const coding = PACKED.find((one) => packed.has(one.coding) && new RegExp(`\\b${one.coding}\\b`).test(taken))?.coding;
  const bytes = coding === undefined ? plain : (packed.get(coding) ?? plain);
  return c.body(bytes, 200, {
    'Content-Type': type,
    'Cache-Control': caching,
    Vary: 'Accept-Encoding',
    ...(coding === undefined ? {} : { 'Content-Encoding': coding }),
  });
}

function readPage(folder: string, name: string): PageFile | undefined {
  const path = join(folder, name);
  const type = TYPES[extname(name)];
  if (type === undefined || !existsSync(path)) return undefined;
  const packed = PACKED.filter(({ suffix }) => existsSync(path + suffix)).map(
    ({ coding, suffix }) => [coding, bytesOf(path + suffix)] as const,
  );
  return { type, plain: bytesOf(path), packed: new Map(packed) };
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(path));
}
