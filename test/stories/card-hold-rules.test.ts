import { describe, expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';
import { HoldShop } from './hold-shop.ts';
import { LocalCaller } from './local-caller.ts';

// What a hold (预授权) allows and forbids. The terminal's own memory is the witness of what was said to it.

const HELD = { status: 'ok', code: 'HELD' } as const;

async function held(orderId = 'A', amountFen = 50_000): Promise<HoldShop> {
  const shop = await HoldShop.open('zvt');
  expect(await shop.hold(orderId, amountFen)).toMatchObject(HELD);
  return shop;
}

async function resolve(shop: HoldShop, args: object) {
  const command = { orderId: 'A', personId: 'manager.1', reason: 'looked at the terminal', ...args };
  const id = await shop.card.shop.command('resolve', command, BACKEND_KEY);
  await shop.card.shop.pass(2_000);
  return shop.card.shop.backend.resultsOf(id).at(-1);
}

describe('while a hold stands', () => {
  it('its order is paid by no scan, no card, no code and no second hold, and is not cancelled away', async () => {
    const shop = await held();
    const args = { orderId: 'A', amountFen: 50_000, currency: 'CNY' };
    for (const verb of ['collect', 'card-sale', 'card-preauth'])
      expect(await shop.card.shop.order(verb, args), verb).toMatchObject({ status: 'failed', code: 'HOLD_STANDS' });
    const intent = { ...args, forms: ['screen'], ttlMs: 300_000 };
    expect(await shop.card.shop.order('intent', intent)).toMatchObject({ status: 'failed', code: 'HOLD_STANDS' });
    expect(await shop.card.shop.desk.cancel('A')).toBe('HOLD_STANDS');
    shop.card.shop.scan(shop.card.shop.showCode());
    await shop.card.shop.pass(2_000);
    expect(shop.ledger).toEqual([['preAuth', 'kept', 50_000]]);
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['OPEN', 'HELD']);
  });

  it('other orders are sold at the counter and at the terminal', async () => {
    const shop = await held();
    expect(await shop.card.sale('B', 1_200)).toMatchObject({ status: 'ok' });
    await shop.card.shop.sell('C');
    expect([shop.heldHere, shop.card.confirmed]).toEqual([50_000, 1_200]);
  });

  it('it outlives restarts, and is charged by the process after the next', async () => {
    const shop = await held();
    for (let n = 0; n < 2; n++) {
      await shop.card.restart();
      await shop.card.ready();
      expect([shop.state('A'), shop.heldHere]).toEqual(['HELD', 50_000]);
    }
    expect(await shop.complete('A', 50_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect([shop.card.confirmed, shop.card.terminal.ledger.total()]).toEqual([50_000, 50_000]);
  });

  it('the order that was waiting for a code at the counter takes none any more', async () => {
    const shop = await HoldShop.open('zvt');
    const collect = await shop.card.shop.collect('A', 50_000);
    expect(await shop.hold('A', 50_000)).toMatchObject(HELD);
    expect(shop.card.shop.backend.resultsOf(collect).at(-1)).toMatchObject({ phase: 'final', status: 'cancelled' });
    shop.card.shop.scan(shop.card.shop.showCode());
    await shop.card.shop.pass(2_000);
    expect(shop.card.shop.requests('pay')).toHaveLength(0);
    expect(shop.card.shop.refusals().at(-1)).toMatchObject({ refusal: 'NO_OPEN_ORDER' });
  });
});

describe('a charge of the hold', () => {
  it('of more than was held is refused before a byte leaves, and so is one without a hold', async () => {
    const shop = await held();
    expect(await shop.complete('A', 50_001)).toMatchObject({ status: 'failed', code: 'HOLD_EXCEEDED' });
    expect(await shop.complete('B', 100)).toMatchObject({ status: 'failed', code: 'NOT_FOUND' });
    await shop.card.sale('C', 1_200);
    expect(await shop.complete('C', 1_200)).toMatchObject({ status: 'failed', code: 'NO_HOLD' });
    expect(shop.ledger.filter(([kind]) => kind === 'booking')).toEqual([]);
    expect(shop.state('A')).toBe('HELD');
  });

  it('said twice with the same id is one charge; with another id it is refused', async () => {
    const shop = await held();
    const { shop: world } = shop.card;
    const args = { orderId: 'A', amountFen: 30_000, currency: 'CNY' };
    const command = world.backend.draft(world.till, 'card-preauth-complete', args);
    world.backend.command(world.till, command);
    world.backend.command(world.till, command);
    await shop.card.untilOrder('A', 'PAID');
    world.backend.command(world.till, command);
    await world.pass(5_000);
    expect(await shop.complete('A', 30_000)).toMatchObject({ status: 'failed', code: 'NO_HOLD' });
    expect(shop.ledger.filter(([kind]) => kind === 'booking')).toEqual([['booking', 'kept', 30_000]]);
  });

  it('cannot be cancelled any more: it goes back as a refund, at the terminal', async () => {
    const shop = await held();
    await shop.complete('A', 38_000);
    expect(await shop.cancel('A')).toMatchObject({ status: 'failed', code: 'NO_HOLD' });
    expect(shop.book.charge('A')).toMatchObject({ channel: 'CARD', amountFen: 38_000 });
    expect(shop.card.terminal.ledger.total()).toBe(38_000);
  });

  it('is declined by the host: the hold stands as before', async () => {
    const shop = await held();
    expect(await shop.complete('A', 38_051)).toMatchObject({ status: 'declined' });
    expect([shop.card.orderState('A'), shop.state('A'), shop.heldThere]).toEqual(['OPEN', 'HELD', 50_000]);
    expect(await shop.complete('A', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
  });

  it('of which nothing is heard any more is asked after, and charged once', async () => {
    const shop = await held();
    shop.card.arm('answer-lost');
    expect(await shop.complete('A', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect(shop.card.attempt('A')?.card?.result?.evidence.by).toBe('query');
    expect([shop.card.confirmed, shop.card.terminal.ledger.total()]).toEqual([38_000, 38_000]);
    expect(shop.ledger.filter(([kind]) => kind === 'booking')).toHaveLength(1);
  });
});

describe('another amount than was asked for', () => {
  it('of a hold is a person’s: the order is disputed, and he says whether it stands', async () => {
    const shop = await HoldShop.open('zvt');
    shop.card.arm('other-amount');
    expect(await shop.hold('A', 50_000)).toMatchObject({ status: 'unknown', code: 'NEEDS_MANUAL_CHECK' });
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['DISPUTED', 'UNCLEAR']);
    expect(shop.card.shop.events('hold').at(-1)).toMatchObject({ state: 'UNCLEAR', outcome: 'needs-a-person' });
    expect(await resolve(shop, { outcome: 'paid' })).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
    expect(await resolve(shop, { outcome: 'unpaid' })).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
    expect(await resolve(shop, { outcome: 'unpaid', hold: 'gone' })).toMatchObject({ status: 'ok' });
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['OPEN', 'RELEASED']);
    expect(await shop.card.sale('A', 50_000)).toMatchObject({ status: 'ok', code: 'PAID' });
  });

  it('of a charge is a person’s: he has seen it, and the order is paid with it', async () => {
    const shop = await held();
    shop.card.arm('other-amount');
    expect(await shop.complete('A', 38_000)).toMatchObject({ status: 'unknown' });
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['DISPUTED', 'UNCLEAR']);
    expect(await resolve(shop, { outcome: 'paid' })).toMatchObject({ status: 'ok' });
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['PAID', 'COMPLETED']);
    await shop.card.restart();
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['PAID', 'COMPLETED']);
  });
});

describe('a hold that the issuer gave up', () => {
  it('is never assumed gone: its age is shown, and a person lets it go', async () => {
    const shop = await held();
    await shop.card.shop.pass(40 * 86_400_000);
    const { json } = await new LocalCaller(shop.card.shop).ask('/v1/pre-authorisations');
    expect(json).toMatchObject({
      holds: [{ orderId: 'A', amountFen: 50_000, mostFen: 50_000, state: 'HELD', ageDays: 40 }],
    });
    expect(shop.state('A')).toBe('HELD');
    expect(await resolve(shop, { outcome: 'unpaid', hold: 'gone' })).toMatchObject({ status: 'ok' });
    expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['OPEN', 'RELEASED']);
  });
});

describe('what a terminal does not carry', () => {
  it.each(['kbtg', 'nets', 'nccc', 'transbank'] as const)('%s refuses before a byte leaves', async (protocol) => {
    const shop = await HoldShop.open(protocol);
    expect(await shop.hold('A', 50_000)).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
    expect(shop.ledger).toEqual([]);
    expect(shop.card.attempt('A')).toBeUndefined();
  });

  it('a till without a terminal says so', async () => {
    const shop = await MemoryShop.open();
    const args = { orderId: 'A', amountFen: 50_000, currency: 'CNY' };
    expect(await shop.order('card-preauth', args)).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
  });
});

describe('takings', () => {
  it('have no hold in them: the day’s closing names those that stand, and counts what was charged', async () => {
    const shop = await held();
    await shop.hold('B', 20_000);
    await shop.complete('B', 15_000);
    const caller = new LocalCaller(shop.card.shop, 'page', 'manager.1');
    const { json } = await caller.ask('/v1/takings/day');
    expect(json).toMatchObject({
      total: { count: 1, salesFen: 15_000 },
      holds: { count: 1, heldFen: 50_000, named: [{ orderId: 'A', state: 'HELD' }] },
    });
    expect(shop.card.shop.events('hold').map(({ orderId, state }) => [orderId, state])).toEqual(
      expect.arrayContaining([
        ['A', 'HELD'],
        ['B', 'HELD'],
      ]),
    );
    const paid = shop.card.shop.events('attempt').find(({ orderId, state }) => orderId === 'B' && state === 'PAID');
    expect(paid).toMatchObject({ amountFen: 15_000, card: { holdId: expect.any(String) } });
  });
});

describe('slips', () => {
  it('say what they are: held and not charged, charged, given up', async () => {
    const shop = await held();
    await shop.card.shop.pass(5_000);
    const holdSlip = shop.card.shop.slipText();
    for (const words of ['预授权', '仅冻结', '500.00', '持卡人签名']) expect(holdSlip).toContain(words);
    await shop.complete('A', 38_000);
    await shop.card.shop.pass(5_000);
    const charged = shop.card.shop.slipText();
    for (const words of ['预授权完成', '380.00', '原凭证号']) expect(charged).toContain(words);
    await shop.hold('B', 20_000);
    await shop.cancel('B');
    await shop.card.shop.pass(5_000);
    const cancelled = shop.card.shop.slipText();
    for (const words of ['预授权撤销', '解冻金额', '200.00']) expect(cancelled).toContain(words);
  });
});
