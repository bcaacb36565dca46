import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { Counter } from './counter.ts';

needs('chromium')('a hostile page in the clerk’s own browser, on another port of this PC', () => {
  let counter: Counter;
  let site: Server;
  beforeAll(async () => {
    counter = await Counter.open();
    site = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<body>evil'));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
  }, 60_000);
  afterAll(async () => {
    site.close();
    await counter.close();
  });

  it('cannot frame the page, reach into its window, read its token, or use it when it is stolen', async () => {
    const clerk = await counter.visitSignedIn();
    const token = await clerk.evaluate<string>(`sessionStorage['tillwire.token']`);
    const evil = await clerk.context().newPage();
    await evil.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const tried = await evil.evaluate<Record<string, string>>(`(async () => {
      const till = '${counter.till.url}';
      const attempt = async (work) => { try { return 'GOT ' + (await work()); } catch (error) { return error.name; } };
      const frame = document.createElement('iframe');
      frame.src = till;
      document.body.append(frame);
      await new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 2000); });
      const opened = window.open(till);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const head = { Authorization: 'Bearer ${token}', 'Content-Type': 'application/json', 'Idempotency-Key': 'evil' };
      return {
        frame: await attempt(() => frame.contentWindow.document.body.innerHTML),
        window: await attempt(() => opened.document.body.innerHTML),
        storage: await attempt(() => opened.sessionStorage['tillwire.token']),
        own: await attempt(() => sessionStorage['tillwire.token'] ?? Promise.reject(new Error('none'))),
        read: await attempt(async () => (await fetch(till + '/v1/state', { headers: head })).status),
        write: await attempt(async () => (await fetch(till + '/v1/orders', { method: 'POST', headers: head, body: '{"orderId":"EVIL","amountFen":1}' })).status),
      };
    })()`);
    expect(Object.values(tried).filter((one) => one.startsWith('GOT'))).toEqual([]);
    expect(
      (await counter.till.ask('/v1/orders/EVIL', { token: counter.till.token({ scopes: ['read'] }) })).status,
    ).toBe(404);
    await counter.till.agent.said('call refused');
  });
});
