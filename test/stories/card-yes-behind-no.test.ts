import { describe, expect, it } from 'vitest';
import { CardShop } from './card-shop.ts';

// Asked what became of a sale, the terminal first says the one from before (ours never happened: a no), and then ours, approved.

async function asked(): Promise<CardShop> {
  const card = await CardShop.open('zvt');
  expect(await card.sale('before', 1_000)).toMatchObject({ status: 'ok' });
  // the first is spoken when the line stands again, and nobody asks after ours yet
  card.arm('answer-lost', 'late-result', 'late-result');
  await card.begin('A', 1_200);
  return card;
}

function charges(card: CardShop): number {
  return card.terminal.ledger.entries.filter(({ amount }) => amount === 1_200).length;
}

describe('a yes behind a no, in answer to one question', () => {
  it('pays: the no counts only when the question is over', async () => {
    const card = await asked();
    await card.untilOrder('A', 'PAID');
    expect(card.terminal.faults.waiting).toEqual([]);
    expect(card.attempt('A')?.card?.result).toMatchObject({ outcome: 'approved', evidence: { by: 'query' } });
    expect(card.confirmed).toBe(2_200);
    expect(charges(card)).toBe(1);
  });

  it('and the process dies, or the cable is pulled, anywhere between the two: the order is never free for a second charge', async () => {
    for (const trouble of ['killed', 'pulled'] as const)
      for (let step = 0; step < 12; step += 1) {
        const card = await asked();
        const isNo = () => card.attempt('A')?.card?.result?.evidence.by === 'last-is-the-one-before';
        await card.shop.passUntil('the no on disk', isNo, 1_800_000);
        await card.shop.pass(step * 0.75);
        if (trouble === 'killed') await card.restart();
        else {
          await card.line.hangup();
          await card.shop.pass(2_000);
          card.line.replug();
        }
        const isOver = () => card.orderState('A') !== 'IN_PAYMENT';
        await card.shop.passUntil('an end', isOver, 1_800_000);
        expect(card.orderState('A'), `${trouble} at ${step}`).toBe('PAID');
        expect(card.confirmed, `${trouble} at ${step}`).toBe(2_200);
        expect(charges(card)).toBe(1);
      }
  });
});
