import { describe, expect, it } from 'vitest';
import type { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const HOUR = 3_600_000;

async function refusedCollect(shop: MemoryShop, orderId: string, amountFen = 1_250): Promise<unknown> {
  const id = await shop.collect(orderId, amountFen);
  return shop.backend.resultsOf(id)[0];
}

async function order(shop: MemoryShop, verb: string, args: object, key?: CommandSigner) {
  const id = await shop.command(verb, args as never, key);
  return shop.backend.resultsOf(id).at(-1);
}

describe('limits of the day and of the hour [003-4]', () => {
  it('[003-4] the sum of a day: warned at four fifths, refused behind it, across restarts, free again the next day', async () => {
    const shop = await MemoryShop.open({ limits: { dayFen: 3_000 } });
    await shop.sell('O1');
    expect(shop.events('limit')).toEqual([]);
    await shop.sell('O2');
    expect(shop.events('limit')).toMatchObject([{ limit: 'dayFen', level: 'warn', used: 2_500, of: 3_000 }]);
    expect(await refusedCollect(shop, 'O3')).toMatchObject({ status: 'failed', code: 'LIMIT_REACHED' });
    await shop.kill();
    await shop.start();
    await shop.pass(1_000);
    expect(await refusedCollect(shop, 'O3')).toMatchObject({ code: 'LIMIT_REACHED' });
    expect(await shop.collect('O4', 500)).toBeDefined();
    expect(shop.events('limit').map(({ level }) => level)).toEqual(['warn', 'reached']);
    await shop.pass(14 * HOUR);
    await shop.sell('O5');
    expect(shop.requests('pay')).toHaveLength(3);
  });

  it.each([
    ['dayCount', { dayCount: 1 }, '今日收款笔数已到上限（1 笔）'],
    ['hourCount', { hourCount: 1 }, '本小时收款笔数已到上限（1 笔）'],
    ['hourFen', { hourFen: 1_300 }, '本小时收款总额已到上限（13.00 元）'],
  ])('[003-4] %s: the code of the customer is refused in the words of the limit', async (limit, limits, words) => {
    const shop = await MemoryShop.open();
    await shop.sell('O1');
    await shop.collect('O2');
    // the backend's word comes while the customer takes out the phone
    expect(await order(shop, 'limits', { commandSeq: 1, ...limits })).toMatchObject({ status: 'ok' });
    shop.scan(shop.showCode());
    await shop.pass(1_000);
    expect(shop.refusals()).toMatchObject([{ refusal: 'LIMIT_REACHED' }]);
    expect(shop.refusals()[0]?.['zh']).toContain(words);
    expect(shop.events('limit')).toContainEqual(expect.objectContaining({ limit, level: 'reached' }));
    const { json } = await new LocalCaller(shop).ask('/v1/rules');
    expect(json['uses']).toContainEqual(expect.objectContaining({ limit, of: Object.values(limits)[0] }));
  });

  it('[003-4] the hour is over: it goes on', async () => {
    const shop = await MemoryShop.open({ limits: { hourCount: 1 } });
    await shop.sell('O1');
    expect(await refusedCollect(shop, 'O2')).toMatchObject({ code: 'LIMIT_REACHED' });
    await shop.pass(HOUR);
    await shop.sell('O2');
  });

  it('[003-4] what is under way counts: two codes in one breath do not get past the limit', async () => {
    const shop = await MemoryShop.open({ limits: { dayFen: 2_000 } });
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 5_000 } });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    const answer = await shop.order('intent', { orderId: 'O2', amountFen: 1_250, currency: 'CNY', forms: ['screen'] });
    expect(answer).toMatchObject({ code: 'LIMIT_REACHED' });
    await shop.untilState('O1', 'PAID');
  });

  it('[003-4] outside the hours of the till nothing is sent', async () => {
    const shop = await MemoryShop.open({ limits: { openHours: { from: '08:00', to: '10:30' } } });
    await shop.sell('O1');
    await shop.collect('O2');
    await shop.pass(HOUR);
    shop.scan(shop.showCode());
    await shop.pass(1_000);
    expect(shop.refusals()).toMatchObject([{ refusal: 'LIMIT_REACHED' }]);
    expect(shop.refusals()[0]?.['zh']).toContain('08:00 至 10:30');
    expect(shop.requests('pay')).toHaveLength(1);
  });

  it('[003-4] the backend makes each stricter without a signature, and looser only with one', async () => {
    const shop = await MemoryShop.open({ limits: { dayFen: 100_000, hourCount: 10 } });
    const say = (commandSeq: number, limits: object, key?: CommandSigner) =>
      order(shop, 'limits', { commandSeq, ...limits }, key);
    expect(await say(1, { dayFen: 50_000, openHours: { from: '09:00', to: '21:00' } })).toMatchObject({ status: 'ok' });
    expect(await say(2, { dayFen: 60_000 })).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await say(2, { openHours: { from: '08:59', to: '21:00' } })).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await say(2, { openHours: null })).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await say(2, { openHours: { from: '10:00', to: '20:00' }, hourCount: 3 })).toMatchObject({ status: 'ok' });
    expect(await say(3, { dayFen: null, openHours: null }, BACKEND_KEY)).toMatchObject({ status: 'ok' });
    expect(shop.process.till.book.settings).toEqual({ hourCount: 3, commandSeq: 3 });
  });
});

describe('limits that tighten by themselves [004-7]', () => {
  it('[004-7] a clock that cannot be believed: smaller payments, until a signed command, across restarts', async () => {
    const shop = new MemoryShop();
    shop.clockWrongByMs = HOUR;
    await shop.start();
    await shop.pass(1_000);
    await shop.sell('O1');
    expect(shop.events('settings')).toMatchObject([{ type: 'settings', cause: 'CLOCK_UNTRUSTED' }]);
    expect(await refusedCollect(shop, 'O2', 200_001)).toMatchObject({ code: 'AMOUNT_OVER_LIMIT' });
    await shop.kill();
    shop.clockWrongByMs = 0;
    await shop.start();
    await shop.pass(1_000);
    expect(await refusedCollect(shop, 'O2', 200_001)).toMatchObject({ code: 'AMOUNT_OVER_LIMIT' });
    const { json } = await new LocalCaller(shop).ask('/v1/rules');
    expect(json).toMatchObject({ limits: { maxFen: 200_000 }, tightened: { causes: ['CLOCK_UNTRUSTED'] } });
    const loosen = (key?: CommandSigner) => order(shop, 'limits', { commandSeq: 1, automatic: null }, key);
    expect(await loosen()).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await loosen(BACKEND_KEY)).toMatchObject({ status: 'ok' });
    await shop.sell('O2', 200_001);
  });

  it('[004-7] tries over the limit: a signal to the backend, and the till tightens what may go back, too', async () => {
    const shop = await MemoryShop.open({ limits: { maxFen: 500_000 } });
    for (const n of [1, 2, 3]) await refusedCollect(shop, `O${n}`, 500_001);
    await shop.pass(1_000);
    expect(shop.events('signal')).toMatchObject([{ signal: 'OVER_LIMIT_TRIES', count: 3 }]);
    expect(shop.events('settings')).toMatchObject([{ cause: 'SIGNAL_OVER_LIMIT_TRIES' }]);
    const { json } = await new LocalCaller(shop).ask('/v1/rules');
    expect(json).toMatchObject({ limits: { maxFen: 200_000 }, refund: { maxFen: 200_000, dayFen: 1_000_000 } });
    await shop.sell('O9', 1_250);
  });

  it('[004-7] nothing was heard from the backend for a day: a payment that begins on its old word tightens the limits', async () => {
    const shop = await MemoryShop.open();
    await shop.collect('O1');
    shop.backend.answersTime = false;
    shop.backend.acknowledgesEvents = false;
    await shop.pass(25 * HOUR);
    expect(shop.events('settings')).toEqual([]);
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
    await shop.pass(1_000);
    expect(shop.events('settings')).toMatchObject([{ cause: 'LEASE_ENDED' }]);
    expect(await refusedCollect(shop, 'O2', 200_001)).toMatchObject({ code: 'AMOUNT_OVER_LIMIT' });
  });
});
