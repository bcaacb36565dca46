import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenAPIHono } from '@hono/zod-openapi';

// The lab page as it was built (dist/lab): a document, and assets whose names change with their contents.

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const YEAR = 'public, max-age=31536000, immutable';
const NOT_BUILT =
  'The lab page is not built: run `npm run build` and reload.\n模拟门店页面尚未生成：请运行 npm run build 后刷新。\n';

/** Where the build leaves the page: beside the compiled floors, also for sources that run as they are. */
const PAGE_FOLDER = ['../../lab', '../../dist/lab']
  .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  .find((folder) => existsSync(join(folder, 'index.html')));

/** Serves the page. Only names that were there are ever looked up: no path leads out. */
export function pageFiles(app: OpenAPIHono): void {
  const page = PAGE_FOLDER === undefined ? undefined : bytesOf(join(PAGE_FOLDER, 'index.html'));
  const assets = new Map<string, { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }>();
  const folder = join(PAGE_FOLDER ?? '', 'assets');
  for (const name of PAGE_FOLDER !== undefined && existsSync(folder) ? readdirSync(folder) : []) {
    const type = TYPES[extname(name)];
    if (type !== undefined) assets.set(`/assets/${name}`, { type, bytes: bytesOf(join(folder, name)) });
  }
  app.get('/', (c) =>
    page
      ? c.body(page, 200, { 'Content-Type': TYPES['.html'] ?? '', 'Cache-Control': 'no-cache' })
      : c.text(NOT_BUILT, 503),
  );
  app.get('/assets/:name', (c) => {
    const file = assets.get(c.req.path);
    return file ? c.body(file.bytes, 200, { 'Content-Type': file.type, 'Cache-Control': YEAR }) : c.notFound();
  });
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(path));
}
