import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeToken, tokenFile } from '../../../agent/console/tokens.ts';
import { locate } from '../../components.ts';
import { needs } from '../../needs.ts';
import { type Asking, TillWithApi } from './till-with-api.ts';

const ORDER = { orderId: 'EVIL-1', amountFen: 100 };

describe('who has no business at the till gets nothing', () => {
  let till: TillWithApi;
  let token: string;
  beforeAll(async () => {
    till = await TillWithApi.open();
    token = till.token({ scopes: ['read', 'collect'] });
  }, 40_000);
  afterAll(() => till.close());

  const port = () => new URL(till.url).port;
  const nothing = async () => expect((await till.ask('/v1/orders/EVIL-1', { token })).status).toBe(404);

  it.each<[string, (own: string) => Asking & { readonly path?: string }, number, string]>([
    [
      'a name that was made to point here (DNS rebinding)',
      () => ({ token, headers: { host: `shop.evil.example:${port()}` } }),
      421,
      'HOST_REFUSED',
    ],
    ['our address without our port', () => ({ token, headers: { host: '127.0.0.1' } }), 421, 'HOST_REFUSED'],
    [
      'a name that only begins like ours',
      () => ({ token, headers: { host: `127.0.0.1.evil.example:${port()}` } }),
      421,
      'HOST_REFUSED',
    ],
    [
      'a page of another site, even with a stolen token',
      () => ({ token, headers: { origin: 'https://evil.example' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a page of another port of this machine',
      () => ({ token, headers: { origin: 'http://127.0.0.1:1' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    ['a page in a sandbox', () => ({ token, headers: { origin: 'null' } }), 403, 'ORIGIN_REFUSED'],
    [
      'a page that asks without saying who it is (no-cors)',
      () => ({ token, headers: { 'sec-fetch-site': 'cross-site' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a form post',
      () => ({ token, raw: 'orderId=EVIL-1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      'MEDIA_TYPE',
    ],
    [
      'JSON dressed as text, as a simple request can',
      () => ({ token, raw: JSON.stringify(ORDER), headers: { 'content-type': 'text/plain' } }),
      415,
      'MEDIA_TYPE',
    ],
    ['another user of the machine: no token', () => ({ body: ORDER }), 401, 'UNAUTHENTICATED'],
    ['a guessed token', () => ({ token: `tw_${'A'.repeat(43)}`, body: ORDER }), 401, 'UNAUTHENTICATED'],
    ['a token in the address', () => ({ path: `/v1/state?token=${token}` }), 401, 'UNAUTHENTICATED'],
    [
      'a program that may look and not collect',
      () => ({ token: till.token({ program: 'stock', scopes: ['read'] }), key: 'x', body: ORDER }),
      403,
      'SCOPE_MISSING',
    ],
    ['a body of a megabyte', () => ({ token, key: 'x', raw: `"${'x'.repeat(1_000_000)}"` }), 413, 'BODY_TOO_LARGE'],
    [
      'a body in pieces of untold length',
      () => ({ token, key: 'x', headers: { 'transfer-encoding': 'chunked' } }),
      411,
      'LENGTH_REQUIRED',
    ],
    ['a call to nowhere', () => ({ token, path: '/admin' }), 404, 'NOT_FOUND'],
  ])('%s', async (_who, asking, status, code) => {
    const { path = '/v1/orders', ...rest } = asking(till.url);
    const answer = await till.ask(path, { method: path === '/v1/orders' ? 'POST' : 'GET', ...rest });
    expect(answer).toMatchObject({
      status,
      json: { code, remedy: { zh: expect.any(String), en: expect.any(String) } },
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.headers['set-cookie']).toBeUndefined();
    await nothing();
  });

  it('a preflight is not answered with a permission', async () => {
    const { status, headers } = await till.ask('/v1/orders', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('nothing listens but loopback', () => {
    const open = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .filter((line) =>
        line.includes(`:${Number(port()).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`),
      );
    expect(open.map((line) => line.trim().split(/\s+/)[1]?.split(':')[0])).toEqual(['0100007F']);
    expect(readFileSync('/proc/net/tcp6', 'utf8')).not.toContain(
      `:${Number(port()).toString(16).toUpperCase().padStart(4, '0')} 0000`,
    );
  });

  it('files with tokens and addresses are their owner’s alone, and hold no token of a program', () => {
    const files = [tokenFile(till.dataDir), till.addressFile];
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(till.dataDir, 'console')).mode & 0o777).toBe(0o700);
    expect(readFileSync(tokenFile(till.dataDir), 'utf8')).not.toContain(token);
    expect(till.agent.text.join('\n')).not.toMatch(/tw_[\w-]{20}/);
    if (process.getuid?.() !== 0) return;
    const other = spawnSync('cat', files, { uid: 65_534, encoding: 'utf8' });
    expect(other.stdout).toBe('');
  });

  it('a token file that others may read is not believed', async () => {
    const file = tokenFile(till.dataDir);
    const text = readFileSync(file, 'utf8');
    spawnSync('chmod', ['644', file]);
    expect((await till.ask('/v1/state', { token })).status).toBe(401);
    spawnSync('chmod', ['600', file]);
    writeFileSync(file, text);
    expect((await till.ask('/v1/state', { token })).status).toBe(200);
  });

  it('a revoked token is dead at once', async () => {
    const spare = till.token({ program: 'spare', scopes: ['read'] });
    expect((await till.ask('/v1/state', { token: spare })).status).toBe(200);
    const { tokens } = JSON.parse(readFileSync(tokenFile(till.dataDir), 'utf8')) as {
      tokens: { id: string; program: string }[];
    };
    revokeToken(tokenFile(till.dataDir), tokens.find(({ program }) => program === 'spare')?.id ?? '');
    expect((await till.ask('/v1/state', { token: spare })).status).toBe(401);
    expect((await till.ask('/v1/state', { token })).status).toBe(200);
  });

  needs('chromium')('a hostile page in the same browser (Chromium)', () => {
    let site: Server;
    beforeAll(async () => {
      site = createServer((_request, response) => {
        response.setHeader('Content-Type', 'text/html').end(hostilePage(till.url, token));
      });
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => new Promise((resolve) => site.close(resolve)));

    it('tries fetch, no-cors, beacon, form, image, script, event stream: reads nothing and changes nothing', async () => {
      const { port: sitePort } = site.address() as AddressInfo;
      const profile = join(till.dataDir, '..', 'chromium');
      const seen = await new Promise<string>((resolve, reject) => {
        const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=5000', '--dump-dom'];
        const args = [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${sitePort}/`];
        execFile(locate('chromium') ?? '', args, { timeout: 60_000 }, (error, stdout) => {
          if (error) reject(error);
          else resolve(stdout);
        });
      });
      const said = seen.slice(0, seen.indexOf('</pre>'));
      expect(said).toContain('tried everything');
      expect(said).toContain('write refused');
      expect(said).not.toContain('GOT');
      await nothing();
    }, 90_000);
  });
});

/** Everything a page can try against another origin, with the token as if it had been stolen. */
function hostilePage(url: string, token: string): string {
  const order = JSON.stringify(ORDER);
  return `<!doctype html><body><pre id=out></pre><iframe name=frame></iframe>
<form id=form method=post enctype=text/plain target=frame action="${url}/v1/orders"><input name='{"orderId":"EVIL-1","amountFen":100,"x":"' value='"}'></form>
<script>
const out = document.getElementById('out');
const say = (what) => { out.textContent += what + '\\n'; };
const head = { Authorization: 'Bearer ${token}', 'Idempotency-Key': 'evil', 'Content-Type': 'application/json' };
const tries = {
  read: () => fetch('${url}/v1/state'),
  readWithToken: () => fetch('${url}/v1/state', { headers: head }),
  write: () => fetch('${url}/v1/orders', { method: 'POST', headers: head, body: '${order}' }),
  simple: () => fetch('${url}/v1/orders', { method: 'POST', body: '${order}' }),
  noCors: () => fetch('${url}/v1/orders', { method: 'POST', mode: 'no-cors', body: '${order}' }).then((r) => { if (r.status) say('GOT ' + r.status); }),
  beacon: async () => { navigator.sendBeacon('${url}/v1/orders', new Blob(['${order}'], { type: 'text/plain' })); },
  form: async () => { document.getElementById('form').submit(); },
  image: () => new Promise((resolve) => { const i = new Image(); i.onload = () => { say('GOT image'); resolve(); }; i.onerror = resolve; i.src = '${url}/v1/state'; }),
  script: () => new Promise((resolve) => { const s = document.createElement('script'); s.onload = () => { say('GOT script'); resolve(); }; s.onerror = resolve; s.src = '${url}/v1/state'; document.body.append(s); }),
  events: () => new Promise((resolve) => { const e = new EventSource('${url}/v1/events'); e.onmessage = () => say('GOT event'); e.onopen = () => say('GOT stream'); e.onerror = () => { e.close(); resolve(); }; }),
};
(async () => {
  for (const [name, go] of Object.entries(tries)) {
    try { const r = await go(); if (r && r.text) say('GOT ' + name + ' ' + (await r.text())); } catch (error) { say(name + ' refused'); }
  }
  say('tried everything');
})();
</script>`;
}
