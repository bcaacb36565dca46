import { expect, it } from 'vitest';
import { ConfigSchema } from '../../agent/config.ts';
import { addressOf, inTraining, peopleFolder } from '../../agent/training.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { TILL as LIVE, MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const PRACTICE = { ...LIVE, training: true } as const;
const MARK = '培训模式 此单无效';

async function practise(shop: MemoryShop, orderId: string): Promise<void> {
  const { id } = shop.backend.collect(PRACTICE, { orderId, amountFen: 1_250 });
  await shop.passUntil('an answer', () => shop.backend.resultsOf(id).length > 0);
  shop.scan(shop.showCode());
  await shop.passUntil('a slip', () => shop.slipText().includes('RMB 12.50'));
}

it('[002-11] practice: sold and printed under topics of its own, and every paper and the page say so', async () => {
  const shop = await MemoryShop.open({ training: true });
  await practise(shop, 'O1');
  expect(shop.messages.length).toBeGreaterThan(5);
  for (const { topic } of shop.messages) expect(topic.startsWith('training/v1/')).toBe(true);
  expect(shop.slipText().split(MARK)).toHaveLength(3);
  const { json } = await new LocalCaller(shop).ask('/v1/state');
  expect(json).toMatchObject({ training: true });
  expect((await new LocalCaller(shop).ask('/v1/welcome')).json).toMatchObject({ training: true });
});

it('[002-11] every document of a till that practises is marked, also one that the backend laid out', async () => {
  const shop = await MemoryShop.open({ training: true });
  const document = { v: 1, blocks: [{ type: 'text', text: '赠品券' }, { type: 'cut' }] } as const;
  await shop.process.till.spool.print({ kind: 'document', document, data: {} }, { by: 'test' });
  await shop.passUntil('the paper', () => shop.slipText().includes('赠品券'));
  expect(shop.slipText()).toContain(MARK);
});

it('[002-11] a till that sells prints no such mark and speaks under its own topics', async () => {
  const shop = await MemoryShop.open();
  await shop.sell('O1');
  for (const { topic } of shop.messages) expect(topic.startsWith('pos/v1/')).toBe(true);
  expect(shop.slipText()).not.toContain('培训');
});

it('[002-11] what was signed for practice is not believed by the till that sells, nor the other way round', async () => {
  const shop = await MemoryShop.open({ limits: { maxFen: 10_000 } });
  await shop.settings({ maxFen: 5_000 });
  const draft = shop.backend.draft(LIVE, 'limits', { commandSeq: 1, maxFen: null });
  expect(await shop.sendCommand(BACKEND_KEY.sign(PRACTICE, draft))).toMatchObject({ code: 'SIGNATURE_INVALID' });
  expect(await shop.sendCommand(BACKEND_KEY.sign(LIVE, draft))).toMatchObject({ status: 'ok' });
});

it('[002-11] practice has a journal of its own, and the people of the shop', () => {
  const config = ConfigSchema.parse({
    address: LIVE,
    merchant: { name: 'x', merchantNo: '1', terminalNo: '1' },
    broker: { url: 'mqtt://broker' },
    scanner: { path: 'gun' },
    dataDir: '/data',
  });
  const practice = inTraining(config);
  expect(practice.dataDir).toBe('/data/training');
  expect(peopleFolder(practice)).toBe('/data');
  expect(inTraining(practice)).toEqual(practice);
  expect(addressOf(practice)).toEqual(PRACTICE);
  expect(addressOf(config)).toEqual(LIVE);
});
