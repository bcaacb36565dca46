import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from './card-counter.ts';
import { REHEARSAL } from './rehearsal.ts';
import { endSaid, said } from './said.ts';

afterEach(endSaid);

describe('npm start', () => {
  it('leaves somebody at the counter behind its first sale: the terminal waits for their card, the pad for their pen', async () => {
    const [, url = ''] = await said([REHEARSAL], /lab page: (http:\/\/127\.0\.0\.1:\d+)/);
    const does = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
    };
    const asks = async (device: 'terminal' | 'pad') =>
      JSON.stringify(((await (await fetch(`${url}/v1/state`)).json()) as Record<string, object>)[device]);

    expect(await does('card-sales', { amountFen: 12_800 })).toBe(200);
    await eventually('asked for the card', async () => (await asks('terminal')).includes('"screen":"card"'), 20_000);
    expect(await does('terminal/card', { does: 'presents' })).toBe(200);
    await eventually('asked for the PIN', async () => (await asks('terminal')).includes('"screen":"pin"'), 20_000);
    expect(await does('terminal/card', { does: 'types', pin: '1234' })).toBe(200);
    await eventually('asked to sign', async () => !(await asks('pad')).includes('"asking":null'), 20_000);
  }, 90_000);
});
