import { expect, it } from 'vitest';
import { CardShop } from './card-shop.ts';

// NCCC has nothing by which an answer names its question. A terminal whose ACK was lost says its answer again, and a till that was
// started anew meanwhile does not know the bytes any more: but its journal knows the transaction.

it('the answer of the sale before, said again behind a restart, does not pay the next one of the same amount', async () => {
  const card = await CardShop.open('nccc');
  expect(await card.sale('A', 1_200)).toMatchObject({ status: 'ok' });
  const answers = card.line.said.filter(({ from, bytes }) => from !== 'till' && bytes.length > 300);
  const answer = answers.at(-1)?.bytes ?? new Uint8Array();
  await card.restart();
  await card.ready();
  // nothing is heard of this one, but the terminal repeats itself
  card.arm('long-silence');
  await card.begin('B', 1_200);
  await card.line.send(answer);
  await card.shop.passUntil('an end', () => card.orderState('B') !== 'IN_PAYMENT', 600_000);
  await card.shop.pass(1_000);
  expect(card.orderState('B')).toBe('DISPUTED');
  expect(card.confirmed).toBe(1_200);
  expect(card.lateWords).toMatchObject([{ outcome: 'approved', amountFen: 1_200 }]);
});

it('and an answer of its own pays as always, also with the same amount in the same minute', async () => {
  const card = await CardShop.open('nccc');
  for (const orderId of ['A', 'B', 'C']) expect(await card.sale(orderId, 1_200)).toMatchObject({ status: 'ok' });
  expect([card.confirmed, card.terminal.ledger.total(), card.lateWords]).toEqual([3_600, 3_600, []]);
});
