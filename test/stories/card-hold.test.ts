import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandResult } from '../../protocols/backend/commands.ts';
import { CardShop } from './card-shop.ts';

// Pre-authorisation (预授权) at a ZVT terminal: a hold is no charge. The terminal's own ledger is the witness.

let card: CardShop;
beforeEach(async () => {
  card = await CardShop.open('zvt');
});

const CNY = { currency: 'CNY' } as const;

async function hold(orderId: string, amountFen: number): Promise<CommandResult> {
  const result = await card.shop.order('card-preauth', { orderId, amountFen, ...CNY }, 1_800_000);
  await card.shop.pass(100);
  return result;
}

async function complete(orderId: string, amountFen: number): Promise<CommandResult> {
  const result = await card.shop.order('card-preauth-complete', { orderId, amountFen, ...CNY }, 1_800_000);
  await card.shop.pass(100);
  return result;
}

async function cancel(orderId: string): Promise<CommandResult> {
  const result = await card.shop.order('card-preauth-cancel', { orderId }, 1_800_000);
  await card.shop.pass(100);
  return result;
}

const book = () => card.shop.process.till.book;
const holdState = (orderId: string) => [...book().holds.values()].findLast((one) => one.orderId === orderId)?.state;
const ledger = () => card.terminal.ledger.entries.map(({ kind, state, amount }) => [kind, state, amount]);

describe('a hold on the customer’s card', () => {
  it('is held, charged with less, and the order is paid with what was charged', async () => {
    expect(await hold('A', 50_000)).toMatchObject({ status: 'ok', code: 'HELD' });
    expect([card.orderState('A'), holdState('A'), card.confirmed]).toEqual(['OPEN', 'HELD', 0]);
    expect(await complete('A', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect([card.orderState('A'), holdState('A'), card.confirmed]).toEqual(['PAID', 'COMPLETED', 38_000]);
    expect(book().orders.get('A')?.amountFen).toBe(38_000);
    expect(ledger()).toEqual([
      ['preAuth', 'booked', 50_000],
      ['booking', 'kept', 38_000],
    ]);
  });

  it('is held and cancelled: nothing was ever charged, and the order may be paid another way', async () => {
    await hold('A', 50_000);
    expect(await cancel('A')).toMatchObject({ status: 'ok', code: 'RELEASED' });
    expect([card.orderState('A'), holdState('A'), card.confirmed]).toEqual(['OPEN', 'RELEASED', 0]);
    expect(await card.sale('A', 50_000)).toMatchObject({ status: 'ok', code: 'PAID' });
  });
});
