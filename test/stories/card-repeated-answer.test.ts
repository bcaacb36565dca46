import { describe, expect, it } from 'vitest';
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

/** Answers do not reach the till until `hear` is called; then they all have been said. */
function swallowing({ line }: CardShop): { readonly answers: Uint8Array[]; readonly hear: () => void } {
  const answers: Uint8Array[] = [];
  line.hears = (bytes) => {
    if (bytes.length > 300) answers.push(bytes);
    return bytes.length <= 300;
  };
  return { answers, hear: () => (line.hears = () => true) };
}

it('said again while the next sale waits for its own answer: that one is still waited for, and pays it', async () => {
  const card = await CardShop.open('nccc');
  expect(await card.sale('A', 1_200)).toMatchObject({ status: 'ok' });
  const again = card.line.said.findLast(({ from, bytes }) => from !== 'till' && bytes.length > 300)?.bytes;
  await card.restart();
  await card.ready();
  const { answers, hear } = swallowing(card);
  await card.begin('B', 1_200);
  await card.shop.passUntil('an answer', () => answers.length > 0, 60_000);
  hear();
  await card.line.send(again ?? new Uint8Array());
  await card.shop.pass(1_000);
  expect([card.orderState('B'), card.confirmed]).toEqual(['IN_PAYMENT', 1_200]);
  await card.line.send(answers[0] ?? new Uint8Array());
  await card.untilOrder('B', 'PAID');
  expect(await card.sale('C', 1_200)).toMatchObject({ status: 'ok' });
  expect([card.confirmed, card.terminal.ledger.total()]).toEqual([3_600, 3_600]);
  expect(card.lateWords).toHaveLength(1);
});

describe('the answer of a sale that a person has, to a till that was started anew', () => {
  async function unanswered(): Promise<{ readonly card: CardShop; readonly answer: Uint8Array }> {
    const card = await CardShop.open('nccc');
    const { answers, hear } = swallowing(card);
    await card.begin('A', 1_200);
    await card.untilOrder('A', 'DISPUTED');
    await card.restart();
    hear();
    await card.ready();
    return { card, answer: answers[0] ?? new Uint8Array() };
  }

  it('does not pay the next one of the same amount', async () => {
    const { card, answer } = await unanswered();
    card.arm('long-silence');
    await card.begin('B', 1_200);
    await card.line.send(answer);
    await card.untilOrder('B', 'DISPUTED');
    expect(card.attempt('B')?.card?.result?.evidence.by).toBe('cannot-tell');
    expect(card.confirmed).toBe(0);
  });

  it('is not looked out for any more after a quarter of an hour', async () => {
    const { card } = await unanswered();
    await card.shop.pass(15 * 60_000);
    expect(await card.sale('B', 1_200)).toMatchObject({ status: 'ok' });
    expect(card.confirmed).toBe(1_200);
  });
});
