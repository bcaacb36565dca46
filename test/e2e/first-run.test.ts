import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { TILLWIRE } from './agent-process.ts';
import { REHEARSAL } from './rehearsal.ts';

let child: ChildProcess | undefined;
afterEach(async () => {
  if (child?.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
});

/** Starts a program and waits until it has said something; it is listened to for as long as it lives. */
function said(args: readonly string[], what: RegExp): Promise<RegExpExecArray> {
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  let text = '';
  return new Promise((resolve, reject) => {
    started.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = what.exec(text);
      if (found) resolve(found);
    });
    started.once('close', () => reject(new Error(`never said: ${what.source}\n${text}`)));
  });
}

describe('an agent without a configuration', () => {
  it('serves a page that says what to do next, touches nothing, and ends when it is told', async () => {
    const [, url = ''] = await said([TILLWIRE, 'agent'], /"url":"(http:\/\/127\.0\.0\.1:\d+)"/);
    const welcome = (await (await fetch(`${url}/v1/welcome`)).json()) as Record<string, unknown>;
    expect(welcome).toMatchObject({ mode: 'first-run', people: [] });
    const { steps } = welcome['setup'] as { steps: { title: object; text: object; command?: string }[] };
    expect(steps.map(({ command }) => command)).toEqual([
      'tillwire devices',
      'tillwire provision --code <code>',
      'tillwire agent --config till.json',
      expect.stringContaining('tillwire person add'),
    ]);
    expect((await fetch(`${url}/`)).headers.get('content-security-policy')).toContain("default-src 'none'");
    const signIn = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ personId: 'li', pin: '802746' }),
    });
    expect(signIn.status).toBe(503);
    expect(await signIn.json()).toMatchObject({ code: 'NOT_SET_UP' });
    const hostile = await fetch(`${url}/v1/welcome`, { headers: { origin: 'https://evil.example' } });
    expect(hostile.status).toBe(403);
    child?.kill('SIGTERM');
    const [code] = (await once(child as ChildProcess, 'exit')) as [number];
    expect(code).toBe(0);
  }, 40_000);

  it('a port that is none is wrong usage', async () => {
    const started = spawn(process.execPath, [TILLWIRE, 'agent', '--port', '70000'], { stdio: 'ignore' });
    const [code] = (await once(started, 'exit')) as [number];
    expect(code).toBe(2);
  });
});

describe('npm start', () => {
  it('gives an address that signs the clerk in, once, and PINs that are drawn anew', async () => {
    const [, url = '', code = '', clerk = '', manager = ''] = await said(
      [REHEARSAL, '--terminal', 'maintenance'],
      /(http:\/\/127\.0\.0\.1:\d+)\/#code=([0-9A-Z-]{19})\n[^]*clerk .* PIN (\d{6})\n[^]*manager .* PIN (\d{6})\n[^]*maintenance: \w+\n/,
    );
    const ask = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
    };
    const signedIn = await ask('/v1/sessions', { code });
    expect(signedIn).toMatchObject({ status: 201, json: { person: { role: 'clerk' }, mustChoosePin: false } });
    expect(await ask('/v1/sessions', { code })).toMatchObject({ status: 403, json: { code: 'CODE_WRONG' } });
    expect((await ask('/v1/sessions', { personId: 'shouyin', pin: clerk })).status).toBe(201);
    expect((await ask('/v1/sessions', { personId: 'dianzhang', pin: manager })).status).toBe(201);
    const headers = { authorization: `Bearer ${String(signedIn.json['token'])}` };
    const state = (await (await fetch(`${url}/v1/state`, { headers })).json()) as Record<string, unknown>;
    expect(state['terminalState']).toMatchObject({
      state: 'maintenance',
      canCollect: false,
      untilMs: expect.any(Number),
    });
  }, 90_000);
});
