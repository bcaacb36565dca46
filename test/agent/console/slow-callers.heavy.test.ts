import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../e2e/agent-process.ts';
import { TillWithApi } from './till-with-api.ts';

let till: TillWithApi;
beforeEach(async () => {
  till = await TillWithApi.open();
});
afterEach(() => till.close());

it('a caller that never finishes its headers is cut, and takes nobody’s place', async () => {
  const token = till.token({ scopes: ['read', 'collect'] });
  const slow = Array.from({ length: 80 }, () =>
    connect(Number(new URL(till.url).port), '127.0.0.1')
      .resume()
      .on('error', () => undefined),
  );
  for (const socket of slow) socket.write('GET /v1/state HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  await eventually(
    'every slow caller is cut',
    () => slow.every((socket) => socket.destroyed || socket.readyState === 'closed'),
    30_000,
  );
  expect((await till.ask('/v1/state', { token })).status).toBe(200);
});
