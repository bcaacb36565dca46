import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { TILLWIRE } from './agent-process.ts';
import { endSaid, said } from './said.ts';

afterEach(endSaid);

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
    expect(await endSaid()).toBe(0);
  }, 40_000);

  it('a port that is none is wrong usage', async () => {
    const started = spawn(process.execPath, [TILLWIRE, 'agent', '--port', '70000'], { stdio: 'ignore' });
    const [code] = (await once(started, 'exit')) as [number];
    expect(code).toBe(2);
  });
});
