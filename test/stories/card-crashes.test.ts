import { describe, expect, it } from 'vitest';
import { type CardProtocol, CardShop } from './card-shop.ts';

/** The journal and the terminal's own memory agree, or a person has it in hand. */
function agree(card: CardShop): void {
  const doubtful = [...card.shop.process.till.book.attempts.values()].some(
    ({ attempt: { state } }) => state === 'NEEDS_MANUAL_CHECK' || state === 'UNKNOWN',
  );
  if (!doubtful) expect(card.confirmed).toBe(card.terminal.ledger.total());
  expect(card.confirmed).toBeLessThanOrEqual(card.terminal.ledger.total());
}

const PROTOCOLS: readonly CardProtocol[] = ['zvt', 'zvt-tcp', 'transbank', 'kbtg', 'nets', 'nccc'];

describe.each(PROTOCOLS)('the process dies during a sale on a %s terminal', (protocol) => {
  it('at any moment: nothing is charged twice, and a new process knows or asks or calls a person', async () => {
    for (let at = 0; at < 5_000; at += 230) {
      const card = await CardShop.open(protocol);
      await card.sale('before', 1_000);
      await card.begin('A', 1_200);
      await card.shop.pass(at);
      await card.restart();
      await card.shop.passUntil('an end', () => card.orderState('A') !== 'IN_PAYMENT', 1_800_000);
      await card.shop.pass(15_000);
      agree(card);
      const charges = card.terminal.ledger.entries.filter(({ amount }) => amount === 1_200);
      expect(charges.length, `killed after ${at} ms`).toBeLessThanOrEqual(1);
      await card.ready();
      expect(await card.sale('next', 300), `killed after ${at} ms`).toMatchObject({ status: 'ok' });
      agree(card);
    }
  });

  it('and the cable is pulled at any moment', async () => {
    for (let at = 0; at < 5_000; at += 230) {
      const card = await CardShop.open(protocol);
      await card.sale('before', 1_000);
      await card.begin('A', 1_200);
      await card.shop.pass(at);
      await card.line.hangup();
      await card.shop.pass(2_000);
      card.line.replug();
      await card.shop.passUntil('an end', () => card.orderState('A') !== 'IN_PAYMENT', 1_800_000);
      await card.shop.pass(15_000);
      agree(card);
      expect(card.terminal.ledger.entries.filter(({ amount }) => amount === 1_200).length).toBeLessThanOrEqual(1);
      await card.ready();
      expect(await card.sale('next', 300), `pulled after ${at} ms`).toMatchObject({ status: 'ok' });
    }
  });
});

describe('what nobody knows', () => {
  it('is asked after by the protocol’s own question, and the order is paid by its answer', async () => {
    const card = await CardShop.open('zvt');
    await card.sale('before', 1_000);
    card.arm('answer-lost');
    const result = await card.sale('A', 1_200);
    expect(result).toMatchObject({ status: 'ok', code: 'PAID' });
    expect(card.attempt('A')?.card?.result?.evidence.by).toBe('query');
    expect(card.confirmed).toBe(2_200);
  });

  it('on a terminal that cannot be asked is a person’s, with what was heard as evidence', async () => {
    const card = await CardShop.open('nets');
    card.arm('answer-lost');
    expect(await card.sale('A', 1_200)).toMatchObject({ status: 'unknown', code: 'NEEDS_MANUAL_CHECK' });
    expect(card.orderState('A')).toBe('DISPUTED');
    const event = card.shop.attempts('A').at(-1);
    expect(event).toMatchObject({ state: 'NEEDS_MANUAL_CHECK', card: { protocol: 'nets', outcome: 'unknown' } });
    expect(event?.evidence?.exchanges.length).toBeGreaterThan(0);
  });

  it('while a terminal stays away ten minutes a person is called, and it is still asked first when it comes back', async () => {
    const card = await CardShop.open('transbank');
    await card.sale('before', 1_000);
    await card.begin('A', 1_200);
    await card.shop.pass(200);
    await card.line.hangup();
    await card.untilOrder('A', 'DISPUTED');
    card.line.replug();
    await card.shop.passUntil('the late word', () => card.lateWords.length > 0, 60_000);
    expect(card.lateWords.at(-1)).toMatchObject({ attemptId: card.attempt('A')?.attemptId });
    await card.shop.pass(1_000);
    expect(await card.sale('next', 300)).toMatchObject({ status: 'ok' });
    expect(card.orderState('A')).toBe('DISPUTED');
  });

  it('an answer to the sale before is kept and never applied to this one', async () => {
    const card = await CardShop.open('transbank');
    await card.sale('before', 1_000);
    card.arm('late-result');
    expect(await card.sale('A', 1_251)).toMatchObject({ status: 'declined' });
    expect(card.orderState('A')).toBe('OPEN');
    expect(card.confirmed).toBe(1_000);
  });

  it('another amount than was asked for pays nothing: a person looks', async () => {
    for (const fault of ['tip', 'partial'] as const) {
      const card = await CardShop.open('zvt');
      card.arm(fault);
      expect(await card.sale('A', 1_200)).toMatchObject({ status: 'unknown', code: 'NEEDS_MANUAL_CHECK' });
      const event = card.shop.attempts('A').at(-1);
      expect(event?.card).toMatchObject({ by: 'other-amount' });
      expect(event?.evidence?.paidFen).not.toBe(1_200);
    }
  });

  it('a manager says what became of it, and the order is settled', async () => {
    const card = await CardShop.open('nets');
    card.arm('answer-lost');
    await card.sale('A', 1_200);
    const { BACKEND_KEY } = await import('../world/backend.ts');
    const args = { orderId: 'A', outcome: 'paid', personId: 'm1', reason: 'seen in the records of the terminal' };
    const id = await card.shop.command('resolve', args, BACKEND_KEY);
    await card.shop.pass(1_000);
    expect(card.shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'ok' });
    expect(card.orderState('A')).toBe('PAID');
  });
});
