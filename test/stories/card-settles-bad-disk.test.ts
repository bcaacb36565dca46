import { expect, it } from 'vitest';
import { TILL } from '../world/shop.ts';
import { CardShop } from './card-shop.ts';

/** Accepted, and the disk is read-only before the terminal has heard of it. */
async function settlingOnABadDisk() {
  const card = await CardShop.open('zvt');
  const { shop } = card;
  await card.sale('A', 12_000);
  const batch = card.terminal.ledger.batch;
  const stall = shop.disk.stallAt('"TERMINAL_SETTLED"');
  const { id } = shop.backend.order(TILL, 'card-settle', {});
  await shop.passUntil('its beginning is on its way to the disk', () => stall.met, 30_000);
  shop.disk.trouble = 'EROFS';
  stall.release();
  await shop.pass(5_000);
  expect(card.terminal.ledger.batch).toBe(batch);
  expect(shop.backend.resultsOf(id).map(({ phase }) => phase)).toEqual(['accepted']);
  const final = () => shop.backend.resultsOf(id).find(({ phase }) => phase === 'final');
  return { card, batch, final };
}

it('an end of day that was accepted is held when the disk takes it again, once', async () => {
  const { card, batch, final } = await settlingOnABadDisk();
  card.shop.disk.trouble = undefined;
  await card.shop.passUntil('a final result', () => final() !== undefined, 30_000);
  expect(final()).toMatchObject({ status: 'ok', code: 'TERMINAL_SETTLED' });
  expect(card.terminal.ledger.batch).toBe(batch + 1);
});

it('when its time is over by then it is not held any more, and that is said', async () => {
  const { card, batch, final } = await settlingOnABadDisk();
  await card.shop.pass(600_000);
  card.shop.disk.trouble = undefined;
  await card.shop.passUntil('a final result', () => final() !== undefined, 30_000);
  expect(final()).toMatchObject({ status: 'failed', code: 'EXPIRED' });
  expect(card.terminal.ledger.batch).toBe(batch);
});
