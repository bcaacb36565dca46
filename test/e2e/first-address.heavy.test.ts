import { afterEach, describe, expect, it } from 'vitest';
import { REHEARSAL } from './rehearsal.ts';
import { endSaid, said } from './said.ts';

afterEach(endSaid);

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
