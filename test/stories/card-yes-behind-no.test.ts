import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
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

  it('and the cable is pulled while the no is being written: it is not believed, and the yes is found', async () => {
    const card = await asked();
    await card.shop.passUntil('a question', () => card.attempt('A')?.doing.kind === 'querying', 600_000);
    card.line.hears = (bytes) => {
      const commands = card.line.said.flatMap(({ from, bytes: said }) =>
        from === 'till' ? toHex(said).slice(4, 8) : [],
      );
      const isAnswer = commands.findLast((command) => ['0501', '0600', '0620'].includes(command)) === '0620';
      if (!isAnswer || !commands.includes('0501') || toHex(bytes).slice(4, 8) !== '040f') return true;
      card.line.hears = () => true;
      card.shop.clock.after(0, () => void card.line.hangup());
      card.shop.clock.after(2_000, () => card.line.replug());
      return true;
    };
    await card.shop.passUntil('an end', () => card.orderState('A') !== 'IN_PAYMENT', 1_800_000);
    expect(card.orderState('A')).toBe('PAID');
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
