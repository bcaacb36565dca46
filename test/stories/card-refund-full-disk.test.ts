import { expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { CardShop } from './card-shop.ts';

it('the disk is full when a refund is to be said to the terminal: nothing is said, and later it goes back once', async () => {
  const card = await CardShop.open('transbank');
  await card.sale('A', 12_000);
  const args = { refundId: 'F1', orderId: 'A', refundFen: 12_000, currency: 'CNY', reason: 'returned' };
  card.shop.backend.command(
    card.shop.till,
    card.shop.backend.draft(card.shop.till, 'refund', { ...args, requestedBy: 'c1', approvedBy: 'm1' }, BACKEND_KEY),
  );
  const isProcessing = () => card.shop.process.till.book.refunds.get('F1')?.state === 'PROCESSING';
  await card.shop.passUntil('the refund is on disk', isProcessing);
  // the terminal is being asked for its last sale; the void comes behind that
  card.shop.disk.trouble = 'ENOSPC';
  await card.shop.pass(1_500);
  const refused = card.shop.log.filter(
    ({ msg, refundId }) => msg.startsWith('JOURNAL_UNAVAILABLE') && refundId === 'F1',
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(card.terminal.ledger.total()).toBe(12_000);
  card.shop.disk.trouble = undefined;
  await card.shop.untilRefund('F1', 'REFUNDED');
  expect(card.terminal.ledger.total()).toBe(0);
});
