import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCounter } from '../../simulator/lab/counter.ts';
import { LabState } from '../../simulator/lab/schemas.ts';
import { type LabServer, openLab } from '../../simulator/lab/server.ts';
import { STAGE_TILL } from '../../simulator/scenarios/process-stage.ts';
import { parseScenario } from '../../simulator/scenarios/scenario.ts';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

describe('the lab over HTTP, without a till', () => {
  let counter: LabCounter;
  let lab: LabServer;
  beforeAll(async () => {
    counter = await LabCounter.open({ till: STAGE_TILL, paper: 58 }, { folder: '' });
    lab = await openLab(counter, 0);
  });
  afterAll(async () => {
    await lab.close();
    await counter.close();
  });

  /** With any header a caller may send; fetch forbids some. */
  const ask = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const length = sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': sent.length };
      const asking = request(
        new URL(path, lab.url),
        { method: sent === undefined ? 'GET' : 'POST', agent: false, headers: { ...length, ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        },
      );
      asking.on('error', reject).end(sent);
    });

  it('shows the counter in the form that its schema promises', async () => {
    const { status, text } = await ask('/v1/state');
    expect(status).toBe(200);
    expect(LabState.parse(JSON.parse(text)).till.state).toBe('never');
  });

  it('does what a person does: paper out, another wallet, a fault; what is wrong is said with a code', async () => {
    expect((await ask('/v1/printer', { paper: 'end' })).status).toBe(200);
    expect(counter.shop.printer.state.paper).toBe('end');
    expect((await ask('/v1/phone', { wallet: 'alipay' })).status).toBe(200);
    expect(counter.phone.code).toMatch(/^(2[5-9]|30)\d{16}$/);
    expect((await ask('/v1/faults', { fault: 'gun.garbled' })).status).toBe(200);
    expect(counter.gunFault).toBe('garbled');
    expect(await ask('/v1/faults', { fault: 'nothing' })).toMatchObject({ status: 404 });
    expect(JSON.parse((await ask('/v1/phone/answer', { pays: true })).text)).toMatchObject({ code: 'NOT_ASKING' });
    expect((await ask('/v1/orders', { amountFen: 1.5 })).status).toBe(400);
  });

  it('writes down what was done as a story of the catalogue, and says what has no words there', async () => {
    await ask('/v1/story/begin', {});
    expect(await ask('/v1/scenario')).toMatchObject({ status: 409 });
    await ask('/v1/faults', { fault: 'backend.answer-lost' });
    await ask('/v1/faults', { fault: 'printer-down.corrupt' });
    await ask('/v1/phone', { wallet: 'unionpay', mood: 'insufficient' });
    await ask('/v1/gun/scan', {});
    await ask('/v1/plugs', { device: 'printer', plugged: false });
    await ask('/v1/plugs', { device: 'printer', plugged: true });
    const { scenario, leftOut } = JSON.parse((await ask('/v1/scenario')).text) as {
      readonly scenario: { readonly steps: readonly object[] };
      readonly leftOut: readonly object[];
    };
    expect(parseScenario(scenario, 'saved').steps.filter((step) => !('wait' in step))).toEqual([
      { backend: 'loses its reply', to: 'pay' },
      { customer: 'shows', wallet: 'unionpay' },
      { phone: 'is refused', code: '60', message: '余额不足' },
      { gun: 'reads' },
      { printer: 'is pulled' },
      { printer: 'is plugged in' },
    ]);
    expect(leftOut).toHaveLength(1);
  });

  it('takes away everything that is armed, and a scan that is refused arms nothing', async () => {
    for (const fault of ['gun.garbled', 'gun-wire.drop', 'terminal.answer-lost', 'backend.query-lost', 'clock.ahead'])
      expect(await ask('/v1/faults', { fault })).toMatchObject({ status: 200 });
    await ask('/v1/printer', { jam: true });
    const seen = async () => LabState.parse(JSON.parse((await ask('/v1/state')).text));
    expect((await seen()).faults.waiting).toEqual(
      expect.arrayContaining(['gun.garbled', 'gun-wire.drop', 'terminal.answer-lost', 'backend.query-lost']),
    );
    expect(await ask('/v1/faults/calm', {})).toMatchObject({ status: 200 });
    expect(await seen()).toMatchObject({ faults: { waiting: [] }, printer: { jamArmed: false } });
    expect(await ask('/v1/gun/scan', { target: 'text', fault: 'garbled' })).toMatchObject({ status: 400 });
    expect((await seen()).faults.waiting).toEqual([]);
  });

  it('is described as OpenAPI, one path for each act', async () => {
    const { paths } = JSON.parse((await ask('/v1/openapi.json')).text) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/orders', '/v1/gun/scan', '/v1/phone/answer', '/v1/printer', '/v1/faults']),
    );
  });

  it('refuses hostile pages: foreign names, foreign origins, forms, frames', async () => {
    const body = { paper: 'ok' };
    const port = new URL(lab.url).port;
    const foreign: readonly (readonly [headers: Record<string, string>, status: number])[] = [
      [{ host: 'evil.example' }, 403],
      [{ host: `evil.example:${port}` }, 403],
      [{ origin: 'http://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: 'http://127.0.0.1:1' }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ 'content-type': 'text/plain' }, 415],
      [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ];
    for (const [headers, status] of foreign)
      expect({ headers, status: (await ask('/v1/printer', body, headers)).status }).toEqual({ headers, status });
    expect(counter.shop.printer.state.paper).toBe('end');
    expect((await ask('/v1/printer', { paper: 'x'.repeat(70_000) })).status).toBe(413);
    const policy = (await ask('/')).headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('loses no news: a reader that comes back gets what it missed, once', async () => {
    const before = counter.feed.head;
    counter.tell('person', 'calm', { zh: '一', en: 'one' });
    counter.tell('person', 'calm', { zh: '二', en: 'two' });
    const said = counter.feed.since(before).happenings.map(({ words }) => words.en);
    expect(said).toEqual(['one', 'two']);
    expect(counter.feed.since(counter.feed.head).happenings).toEqual([]);
  });
});
