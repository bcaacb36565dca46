import { expect, it } from 'vitest';
import type { Attempt } from '../../agent/payment/attempt.ts';
import { newCardAttempt } from '../../agent/payment/card.ts';
import { giveBackCommand } from '../../agent/payment/card-give-back.ts';
import { encodeMisRequest } from '../../protocols/terminal/mis/request.ts';
import { MIS_PERSONALITIES } from '../../simulator/terminals/mis-personalities.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { HoldShop } from './hold-shop.ts';

// A hold (预授权) of which nobody knows, or that a person has spoken of. The terminal's own memory is the witness.

async function resolve(shop: HoldShop, args: object) {
  const command = { orderId: 'A', personId: 'manager.1', reason: 'looked at the terminal', ...args };
  const id = await shop.card.shop.command('resolve', command, BACKEND_KEY);
  await shop.card.shop.pass(2_000);
  return shop.card.shop.backend.resultsOf(id).at(-1);
}

/** The terminal named another amount: whose transaction its number names nobody knows. */
async function unclear(): Promise<HoldShop> {
  const shop = await HoldShop.open('zvt');
  shop.card.arm('other-amount');
  expect(await shop.hold('A', 50_000)).toMatchObject({ status: 'unknown', code: 'NEEDS_MANUAL_CHECK' });
  return shop;
}

it('the number beside another amount may be a stranger’s: no charge and no cancellation is said about it', async () => {
  const shop = await unclear();
  expect(await resolve(shop, { outcome: 'unpaid', hold: 'stands' })).toMatchObject({ status: 'ok' });
  expect(shop.state('A')).toBe('HELD');
  const before = [...shop.book.attempts.keys()];
  for (const asked of [await shop.complete('A', 38_000), await shop.cancel('A')]) {
    expect(asked).toMatchObject({ status: 'failed', code: 'HOLD_UNNAMED' });
    expect(asked.message).toContain('do it at the terminal itself');
  }
  expect([...shop.book.attempts.keys()]).toEqual(before);
  expect(shop.ledger).toHaveLength(1);
  expect(await resolve(shop, { outcome: 'unpaid', hold: 'gone' })).toMatchObject({ status: 'ok' });
  expect(shop.state('A')).toBe('RELEASED');
});

it('nor is a sale made void by such a number', () => {
  const sale = (by: 'answer' | 'other-amount' | 'cannot-tell'): Attempt => {
    const command = { kind: 'sale', reference: 'R', amount: 1_200 } as const;
    const evidence = { by };
    const result = { command: 'sale', reference: 'R', outcome: 'approved', key: { receipt: '12' }, evidence } as const;
    const card = { protocol: 'zvt', command, canAsk: true, result: { ...result, standing: 'final' } } as const;
    return { ...newCardAttempt({ attemptId: 'S', orderId: 'A', amountFen: 1_200 }, card), state: 'PAID', paidAt: 1 };
  };
  const back = (by: Parameters<typeof sale>[0]) => {
    const attempts = new Map([['S', { attempt: sale(by), startedAt: 0 }]]);
    const wish = { refundId: 'F', orderId: 'A', attemptId: 'S', refundFen: 1_200 };
    const can = { commands: ['sale', 'void', 'refund'], correlation: 'none', maxAmount: 1e6 } as const;
    return giveBackCommand({ attempts }, wish, can as unknown as Parameters<typeof giveBackCommand>[2], 2)?.kind;
  };
  expect(back('answer')).toBe('void');
  for (const by of ['other-amount', 'cannot-tell'] as const) expect(back(by), by).toBe('refund');
});

it('a MIS terminal is told no charge, cancellation or void that names nothing', () => {
  const { dialect } = MIS_PERSONALITIES['another-bank'];
  const till = { till: '1', operator: '1' };
  const say = (kind: 'completePreAuth' | 'cancelPreAuth' | 'void', original: object) =>
    encodeMisRequest({ kind, reference: 'R', amount: 100, original }, 1, till, dialect);
  for (const kind of ['completePreAuth', 'cancelPreAuth', 'void'] as const) {
    expect(() => say(kind, { date: '1122', terminalId: 'T' }), kind).toThrow(RangeError);
    expect(() => say(kind, { receipt: '000012' }), kind).not.toThrow();
  }
});

it('a hold that began, and behind which the disk took nothing for a moment, is never told as failed', async () => {
  for (const verb of ['card-preauth', 'card-sale'] as const) {
    const shop = await HoldShop.open('zvt');
    const world = shop.card.shop;
    await world.collect('B', 1_000);
    const { book } = shop;
    const kept = book.onKept;
    book.onKept = (entry) => {
      kept(entry);
      if (entry.type === 'ATTEMPT') world.disk.trouble = 'EROFS';
    };
    const { id } = world.backend.order(world.till, verb, { orderId: 'A', amountFen: 50_000, currency: 'CNY' });
    await world.passUntil('a full disk', () => world.disk.trouble !== undefined, 30_000);
    await world.pass(100);
    book.onKept = kept;
    world.disk.trouble = undefined;
    await world.pass(60_000);
    expect(
      world.backend.resultsOf(id).filter(({ phase }) => phase === 'final'),
      verb,
    ).toMatchObject([{ status: 'ok' }]);
    expect([world.orderState('B'), shop.ledger.length]).toEqual(['CANCELLED', 1]);
  }
});
