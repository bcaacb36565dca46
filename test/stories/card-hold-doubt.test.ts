import { expect, it } from 'vitest';
import type { Attempt } from '../../agent/payment/attempt.ts';
import { newCardAttempt } from '../../agent/payment/card.ts';
import { giveBackCommand } from '../../agent/payment/card-give-back.ts';
import { encodeMisRequest } from '../../protocols/terminal/mis/request.ts';
import { MIS_PERSONALITIES } from '../../simulator/terminals/mis-personalities.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { lateYes } from '../world/late-yes.ts';
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

/** What whoever asked knows last. */
function told(shop: HoldShop, id: string) {
  return shop.card.shop.backend
    .resultsOf(id)
    .filter(({ phase }) => phase === 'final')
    .at(-1);
}

it('a hold that was refused, whose order was paid by card, and that is held after all: given up, and the payment stays', async () => {
  const shop = await HoldShop.open('zvt');
  shop.card.arm('printer-not-ready');
  expect(await shop.hold('A', 50_000)).toMatchObject({ status: 'declined' });
  expect(shop.state('A')).toBe('REFUSED');
  const refused = shop.card.attempt('A')?.attemptId ?? '';
  expect(await shop.card.sale('A', 50_000)).toMatchObject({ status: 'ok' });
  const paidWith = shop.card.attempt('A')?.attemptId;
  await lateYes(shop.book, refused);
  expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['DISPUTED', 'UNCLEAR']);
  expect(await resolve(shop, { outcome: 'paid' })).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
  expect(await resolve(shop, { outcome: 'paid', hold: 'stands' })).toMatchObject({ status: 'ok' });
  expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['PAID', 'HELD']);
  expect(await shop.complete('A', 50_000)).toMatchObject({ status: 'failed', code: 'ORDER_BLOCKED' });
  // the terminal of this world knows of no such hold, and says so: the order stays as it is paid
  expect(await shop.cancel('A')).toMatchObject({ status: 'declined' });
  expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['PAID', 'HELD']);
  expect(shop.book.orders.get('A')?.attemptId).toBe(paidWith);
  expect(await resolve(shop, { outcome: 'paid', hold: 'gone' })).toMatchObject({ status: 'ok' });
  expect([shop.card.orderState('A'), shop.state('A')]).toEqual(['PAID', 'RELEASED']);
  expect(shop.book.charge('A')).toMatchObject({ attemptId: paidWith, amountFen: 50_000 });
});

it('a hold beside an order that is paid is cancelled at the terminal, and only it', async () => {
  const shop = await HoldShop.open('zvt');
  expect(await shop.hold('A', 50_000)).toMatchObject({ status: 'ok' });
  await shop.book.write({
    type: 'ORDER',
    order: { ...(shop.book.orders.get('A') ?? { orderId: 'A', amountFen: 1, commandId: 'C' }), state: 'PAID' },
  });
  expect(await shop.cancel('A')).toMatchObject({ status: 'ok', code: 'RELEASED' });
  expect([shop.card.orderState('A'), shop.state('A'), shop.heldThere]).toEqual(['PAID', 'RELEASED', 0]);
});

it('whoever asked is told what the person found: held, not cancelled; charged, with what was charged', async () => {
  const shop = await unclear();
  const [hold] = [...shop.book.attempts.values()];
  await resolve(shop, { outcome: 'unpaid', hold: 'stands' });
  expect(told(shop, hold?.attempt.card?.commandId ?? '')).toMatchObject({ status: 'ok', code: 'HELD', resolves: true });

  const other = await HoldShop.open('zvt');
  await other.hold('A', 50_000);
  other.card.arm('other-amount');
  expect(await other.complete('A', 38_000)).toMatchObject({ status: 'unknown' });
  const charge = other.card.attempt('A');
  await resolve(other, { outcome: 'paid' });
  expect(told(other, charge?.card?.commandId ?? '')).toMatchObject({ status: 'ok', code: 'PAID', resolves: true });
  expect(charge?.paidFen).not.toBe(38_000);
  expect(other.book.charge('A')?.amountFen).toBe(charge?.paidFen);
  expect(other.book.orders.get('A')?.amountFen).toBe(charge?.paidFen);
});

it('another terminal was put in the place of the one that holds it: its receipt of that number is another guest’s', async () => {
  const shop = await HoldShop.open('zvt');
  await shop.hold('A', 50_000);
  const { terminalId } = shop.book.standingHold('A')?.key ?? {};
  expect(terminalId).toBeDefined();
  await shop.hold('B', 20_000);
  const record = shop.book.attempts.get(shop.card.attempt('B')?.attemptId ?? '');
  const result = record?.attempt.card?.result;
  const order = shop.book.orders.get('B');
  if (!record?.attempt.card || !result || !order) throw new Error('no hold B');
  const card = { ...record.attempt.card, result: { ...result, key: { ...result.key, terminalId: '99999999' } } };
  await shop.book.write({ type: 'ATTEMPT', record: { ...record, attempt: { ...record.attempt, card } }, order });
  const asked = await shop.complete('A', 38_000);
  expect(asked).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
  expect(asked.message).toContain('99999999');
  expect(shop.ledger.filter(([kind]) => kind === 'booking')).toEqual([]);
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
