import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleEnv } from '../../../agent/console/guard.ts';
import { pageFiles, pageHeaders } from '../../../agent/console/page-files.ts';

const SCRIPT = 'export const hello = 1;\n'.repeat(50);

describe('the built page', () => {
  let folder: string;
  let app: OpenAPIHono<ConsoleEnv>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-page-'));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'secret.json'), '{}');
    for (const [suffix, bytes] of [
      ['', SCRIPT],
      ['.br', brotliCompressSync(SCRIPT)],
      ['.gz', gzipSync(SCRIPT)],
    ] as const)
      writeFileSync(join(folder, 'assets', `main-1a2b.js${suffix}`), bytes);
    app = new OpenAPIHono<ConsoleEnv>();
    app.use(pageHeaders);
    pageFiles(app, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const get = (path: string, coding?: string) =>
    app.request(path, coding === undefined ? {} : { headers: { 'accept-encoding': coding } });

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    [undefined, null],
    ['identity', null],
  ])('is sent packed as the browser takes it: %s', async (taken, coding) => {
    const answer = await get('/assets/main-1a2b.js', taken);
    expect(answer.headers.get('content-encoding')).toBe(coding);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect((await answer.arrayBuffer()).byteLength).toBe(
      coding === 'br' ? brotliCompressSync(SCRIPT).length : coding === 'gzip' ? gzipSync(SCRIPT).length : SCRIPT.length,
    );
  });

  it('its document is asked for anew each time: the names in it change with a new version', async () => {
    const answer = await get('/');
    expect(await answer.text()).toBe('<!doctype html>');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    '/secret.json',
    '/assets/',
    '/assets/../secret.json',
    '/assets/%2e%2e%2fsecret.json',
    '/assets/main-1a2b.js.br',
  ])('%s is not there', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('where nobody built it, a sentence says what to do', async () => {
    const bare = new OpenAPIHono<ConsoleEnv>();
    pageFiles(bare, join(folder, 'nothing'));
    const answer = await bare.request('/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
  });
});
