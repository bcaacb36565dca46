import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../e2e/agent-process.ts';
import { EventReaderClient } from './event-reader.ts';
import { hire, signIn } from './people-at-the-page.ts';
import { TillWithApi } from './till-with-api.ts';

/** 0.05 minutes */
const IDLE_MS = 3_000;

describe('a page that nobody uses', () => {
  let till: TillWithApi;
  beforeAll(async () => {
    till = await TillWithApi.open({ people: { idleMinutes: IDLE_MS / 60_000 } });
    await hire(till, 'li', 'clerk');
  }, 60_000);
  afterAll(() => till.close());

  it('is signed out: neither looking nor the event stream keep it in, and the stream ends with it', async () => {
    const token = await signIn(till, 'li');
    const stream = await EventReaderClient.open(till.url, token);
    expect(stream.status).toBe(200);
    const began = Date.now();
    let last = 200;
    while (last === 200 && Date.now() - began < 10_000) {
      last = (await till.ask('/v1/state', { token })).status;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(Date.now() - began).toBeGreaterThan(IDLE_MS - 1_000);
    expect(last).toBe(401);
    await eventually('the stream ends', () => stream.ended);
    expect(stream.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'SESSION_OVER' } });
    await till.agent.line('signed out', ({ msg, how }) => msg === 'signed out' && how === 'idle');
  }, 30_000);

  it('a stream of somebody who signs out ends at once', async () => {
    const token = await signIn(till, 'li');
    const stream = await EventReaderClient.open(till.url, token);
    await till.ask('/v1/sessions', { method: 'DELETE', token });
    await eventually('the stream ends', () => stream.ended, 3_000);
    expect(stream.events.at(-1)).toMatchObject({ data: { reason: 'SESSION_OVER' } });
  });
});
