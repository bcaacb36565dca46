import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_ADDRESSES } from '../../../agent/console/page-files.ts';
import { hire, PINS, person, signIn } from './people-at-the-page.ts';
import { type Asking, TillWithApi } from './till-with-api.ts';

const SIGN_IN = { personId: 'li', pin: PINS.li };

describe('whoever comes to the page with bad intentions is refused, with a line in the log', () => {
  let till: TillWithApi;
  beforeAll(async () => {
    till = await TillWithApi.open();
    await hire(till, 'li', 'clerk');
    await hire(till, 'wang', 'manager');
    await hire(till, 'chen', 'technician');
  }, 60_000);
  afterAll(() => till.close());

  const port = () => new URL(till.url).port;
  const refusedLines = () => till.agent.lines.filter(({ msg }) => msg === 'call refused').length;

  it.each<[string, string, () => Asking, number, string]>([
    [
      'a page of another site signs in with a PIN it knows',
      '/v1/sessions',
      () => ({ body: SIGN_IN, headers: { origin: 'https://evil.example' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a page of another port of this machine signs in',
      '/v1/sessions',
      () => ({ body: SIGN_IN, headers: { origin: 'http://127.0.0.1:1' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a page of another port, that hides where it is',
      '/v1/sessions',
      () => ({ body: SIGN_IN, headers: { 'sec-fetch-site': 'same-site' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a rebound name signs in',
      '/v1/sessions',
      () => ({ body: SIGN_IN, headers: { host: `evil.example:${port()}` } }),
      421,
      'HOST_REFUSED',
    ],
    [
      'a form signs in',
      '/v1/sessions',
      () => ({ raw: 'personId=li', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      'MEDIA_TYPE',
    ],
    [
      'a page of another site asks who works here',
      '/v1/welcome',
      () => ({ headers: { 'sec-fetch-site': 'cross-site' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a frame of another site shows the page',
      '/',
      () => ({ headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a script tag of another site',
      '/assets/x.js',
      () => ({ headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' } }),
      403,
      'ORIGIN_REFUSED',
    ],
    [
      'a token of another till on this machine',
      '/v1/state',
      () => ({ token: `tws_${'A'.repeat(43)}` }),
      401,
      'SESSION_OVER',
    ],
    [
      'an approval without a session',
      '/v1/approvals',
      () => ({ body: { ...SIGN_IN, kind: 'refund', subject: 'R' } }),
      401,
      'UNAUTHENTICATED',
    ],
    ['a code that was guessed', '/v1/sessions', () => ({ body: { code: 'AAAA-AAAA-AAAA-AAAA' } }), 403, 'CODE_WRONG'],
    [
      'a new PIN without the old one',
      '/v1/sessions/pin',
      () => ({ body: { newPin: '802746' } }),
      401,
      'UNAUTHENTICATED',
    ],
    ['more than a PIN', '/v1/sessions', () => ({ body: { ...SIGN_IN, role: 'manager' } }), 400, 'BAD_REQUEST'],
  ])('%s', async (_who, path, asking, status, code) => {
    const before = refusedLines();
    const answer = await till.ask(path, asking());
    expect(answer).toMatchObject({ status, json: { code } });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    if (status !== 400) await till.agent.line(code, () => refusedLines() > before);
  });

  it('a link from elsewhere may lead to the page, which says what may be loaded: nothing from anywhere else', async () => {
    const { headers } = await till.ask('/', {
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    });
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http|eval/);
  });

  it.each(PAGE_ADDRESSES)(
    'a link from elsewhere may lead to every address of the page, a frame to none: %s',
    async (address) => {
      const path = address.replace(':orderId', 'P1');
      const from = (dest: string) =>
        till.ask(path, {
          headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest },
        });
      expect(await from('document')).toMatchObject({ status: 200, text: expect.stringContaining('<!doctype html>') });
      expect(await from('iframe')).toMatchObject({ status: 403, json: { code: 'ORIGIN_REFUSED' } });
    },
  );

  it.each([
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/people.json',
    '/.built.json',
  ])('no path leads out of the page: %s', async (path) => {
    const { status, text } = await till.ask(path);
    expect([401, 404]).toContain(status);
    expect(text).not.toContain('tillwire"');
  });

  it('a technician sees, and touches no money', async () => {
    const token = await signIn(till, 'chen');
    expect((await till.ask('/v1/devices', { token })).status).toBe(200);
    const order = { orderId: 'T-1', amountFen: 100 };
    expect(await till.ask('/v1/orders', { token, key: 'T-1', body: order })).toMatchObject({
      status: 403,
      json: { code: 'SCOPE_MISSING' },
    });
    const doubt = { outcome: 'paid', reason: 'x' };
    const resolve = await till.ask('/v1/orders/T-1/resolve', { token, key: 'T-2', body: doubt });
    expect(resolve).toMatchObject({ status: 403, json: { code: 'SCOPE_MISSING' } });
  });

  it('a token is dead after signing out, a new PIN, being disabled', async () => {
    const [first, second] = [await signIn(till, 'li'), await signIn(till, 'li')];
    await till.ask('/v1/sessions', { method: 'DELETE', token: first });
    expect((await till.ask('/v1/state', { token: first })).json).toMatchObject({ code: 'SESSION_OVER' });
    expect((await till.ask('/v1/state', { token: second })).status).toBe(200);
    const changed = await till.ask('/v1/sessions/pin', { body: { ...SIGN_IN, newPin: '603815' } });
    expect(changed.status).toBe(201);
    expect((await till.ask('/v1/state', { token: second })).json).toMatchObject({ code: 'SESSION_OVER' });
    const third = String(changed.json['token']);
    await person(till, 'disable', 'li');
    expect((await till.ask('/v1/state', { token: third })).json).toMatchObject({ code: 'SESSION_OVER' });
    expect((await till.ask('/v1/sessions', { body: { personId: 'li', pin: '603815' } })).json).toMatchObject({
      code: 'PIN_WRONG',
    });
    await person(till, 'enable', 'li');
    await till.ask('/v1/sessions/pin', { body: { personId: 'li', pin: '603815', newPin: PINS.li } });
    const fourth = await signIn(till, 'li');
    const { code } = await person(till, 'pin', 'li');
    expect((await till.ask('/v1/state', { token: fourth })).json).toMatchObject({ code: 'SESSION_OVER' });
    const again = await till.ask('/v1/sessions', { body: { code } });
    expect(again.json).toMatchObject({ mustChoosePin: true, scopes: [] });
    const unset = String(again.json['token']);
    expect((await till.ask('/v1/state', { token: unset })).json).toMatchObject({ code: 'PIN_UNSET' });
    await till.ask('/v1/sessions/pin', { token: unset, body: { newPin: PINS.li } });
    expect((await till.ask('/v1/state', { token: unset })).json).toMatchObject({ code: 'SESSION_OVER' });
  });

  it('guessing locks, says until when, is journaled, outlives the agent; a technician unlocks', async () => {
    const guess = () => till.ask('/v1/sessions', { body: { personId: 'wang', pin: '111111' } });
    for (const triesLeft of [4, 3, 2, 1]) expect((await guess()).json).toMatchObject({ code: 'PIN_WRONG', triesLeft });
    const locked = await guess();
    expect(locked).toMatchObject({ status: 429, json: { code: 'PIN_LOCKED', until: expect.any(Number) } });
    expect(Number(locked.json['until'])).toBeGreaterThan(Date.now() + 50_000);
    expect(till.agent.lines.filter(({ msg }) => msg === 'PIN refused').length).toBeGreaterThanOrEqual(4);
    const token = await signIn(till, 'li');
    await till.restart('SIGKILL');
    expect((await till.ask('/v1/state', { token })).json).toMatchObject({ code: 'SESSION_OVER' });
    const right = { personId: 'wang', pin: PINS.wang };
    expect((await till.ask('/v1/sessions', { body: right })).json).toMatchObject({ code: 'PIN_LOCKED' });
    await person(till, 'unlock', 'wang');
    expect((await till.ask('/v1/sessions', { body: right })).status).toBe(201);
  }, 40_000);

  it('a loop of guesses is slowed down before anybody looks at them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => till.ask('/v1/sessions', { body: { personId: 'nobody', pin: '1' } })),
    );
    expect(
      answers.filter(({ status, headers }) => status === 429 && headers['retry-after'] !== undefined).length,
    ).toBeGreaterThan(15);
  });
});
