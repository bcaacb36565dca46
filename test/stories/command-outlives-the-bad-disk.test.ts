import { describe, expect, it } from 'vitest';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop, TILL } from '../world/shop.ts';
import { CardShop } from './card-shop.ts';

// A command is accepted, and the disk takes nothing of what it begins. It is tried again, but not longer than it lives: the
// customer that it was for has left, and the next one stands there.

/** The disk takes the command, then nothing for `forMs`; afterwards its final result is awaited. */
async function acceptedOnABadDisk(shop: MemoryShop, command: CommandEnvelope, begins: string, forMs: number) {
  const stall = shop.disk.stallAt(begins);
  shop.backend.command(TILL, command);
  await shop.passUntil('its beginning is on its way to the disk', () => stall.met, 30_000);
  shop.disk.trouble = 'EROFS';
  stall.release();
  await shop.pass(forMs);
  expect(shop.backend.resultsOf(command.id).map(({ phase }) => phase)).toEqual(['accepted']);
  shop.disk.trouble = undefined;
  const final = () => shop.backend.resultsOf(command.id).find(({ phase }) => phase === 'final');
  await shop.passUntil('a final result', () => final() !== undefined, 60_000);
  await shop.pass(1_000);
  return final();
}

const LONG = 20 * 60_000;
const collect = (orderId: string, amountFen: number) => ({ orderId, amountFen, currency: 'CNY' });

describe.each(['card-sale', 'card-preauth'] as const)('%s', (verb) => {
  const draft = ({ shop }: CardShop) => shop.backend.draft(TILL, verb, collect('A', 12_000));

  it('begins when the disk is back in time, once', async () => {
    const card = await CardShop.open('zvt');
    expect(await acceptedOnABadDisk(card.shop, draft(card), '"ATTEMPT"', 5_000)).toMatchObject({ status: 'ok' });
    expect(card.terminal.ledger.entries).toHaveLength(1);
  });

  it('does not ask the next customer for the old amount, and leaves the order at the counter alone', async () => {
    const card = await CardShop.open('zvt');
    await card.shop.collect('B', 990);
    const result = await acceptedOnABadDisk(card.shop, draft(card), '"ATTEMPT"', LONG);
    expect(result).toMatchObject({ status: 'failed', code: 'EXPIRED' });
    expect(card.terminal.ledger.entries).toEqual([]);
    expect([card.orderState('A'), card.orderState('B')]).toEqual([undefined, 'OPEN']);
  });
});

describe('refund', () => {
  const terms = { refundId: 'F1', orderId: 'O1', refundFen: 500, currency: 'CNY', reason: 'returned' };
  const persons = { requestedBy: 'clerk.7', approvedBy: 'manager.2' };

  it.each([
    [5_000, 'REFUND_OK', 1],
    [LONG, 'EXPIRED', 0],
  ])('the disk is back after %d ms: %s', async (forMs, code, requests) => {
    const shop = await MemoryShop.open();
    await shop.sell('O1');
    const command = shop.backend.draft(TILL, 'refund', { ...terms, ...persons }, BACKEND_KEY);
    expect(await acceptedOnABadDisk(shop, command, '"REFUND"', forMs)).toMatchObject({ code });
    expect(shop.requests('refund')).toHaveLength(requests);
  });
});

describe('collect', () => {
  it('the order does not open by itself in front of a later customer', async () => {
    const shop = await MemoryShop.open();
    const command = shop.backend.draft(TILL, 'collect', collect('O1', 1250));
    expect(await acceptedOnABadDisk(shop, command, '"ORDER"', LONG)).toMatchObject({ code: 'EXPIRED' });
    expect(shop.orderState('O1')).toBeUndefined();
  });
});

describe('intent', () => {
  it('no code is made for a customer who has left', async () => {
    const shop = await MemoryShop.open();
    const command = shop.backend.draft(TILL, 'intent', collect('O1', 3580));
    expect(await acceptedOnABadDisk(shop, command, '"INTENT"', LONG)).toMatchObject({ code: 'EXPIRED' });
    expect(shop.requests('intent')).toEqual([]);
  });
});
