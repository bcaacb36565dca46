import { expect, it } from 'vitest';
import { giveBackCommand } from '../../agent/payment/card-give-back.ts';
import type { TerminalCapabilities } from '../../protocols/terminal/messages.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { lateYes } from '../world/late-yes.ts';
import { TILL } from '../world/shop.ts';
import { CardShop } from './card-shop.ts';

const AMOUNT = 50_000;
const VOID_ONLY: TerminalCapabilities = {
  commands: ['sale', 'void'],
  correlation: 'none',
  finalWhen: 'answered',
  printsOnTill: false,
  signatureImage: false,
  maxAmount: 1_000_000,
};
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

it('a sale that the terminal refused and charged after all, and a person accepted: made void by the number of its yes', async () => {
  const card = await CardShop.open('zvt');
  const { book } = card.shop.process.till;
  card.arm('printer-not-ready');
  expect(await card.sale('A', AMOUNT)).toMatchObject({ status: 'declined' });
  const [[attemptId, { startedAt }] = ['', { startedAt: 0 }]] = [...book.attempts];
  await lateYes(book, attemptId);
  const args = { orderId: 'A', outcome: 'paid', personId: 'm1', reason: 'seen at the terminal' };
  const resolved = await card.shop.sendCommand(card.shop.backend.draft(TILL, 'resolve', args, BACKEND_KEY));
  expect(resolved).toMatchObject({ code: 'RESOLVED' });
  expect(book.charge('A')).toMatchObject({ attemptId, amountFen: AMOUNT });
  const asked = (refundFen: number, after: number) =>
    giveBackCommand(book, { refundId: 'F1', orderId: 'A', attemptId, refundFen }, VOID_ONLY, startedAt + after);
  expect(asked(AMOUNT, MINUTE_MS)).toEqual({
    kind: 'void',
    amount: AMOUNT,
    original: { receipt: '0002' },
    tender: 'card',
  });
  expect(asked(AMOUNT, DAY_MS), 'of yesterday').toBeUndefined();
  expect(asked(1, MINUTE_MS), 'a part').toBeUndefined();
});
