import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { CardShop } from './card-shop.ts';

// The terminal says yes and has the till print its receipts, and takes the payment back before 06 0F: nobody may go home with
// a receipt of a payment that there is not.

function counter(protocol: 'zvt' | 'zvt-tcp' = 'zvt'): Promise<CardShop> {
  return CardShop.open(protocol, {}, () => undefined, {
    personality: 'zvt-counter',
    terminal: { zvt: { printsOnTill: true } },
  });
}

const isReceipt = (bytes: Uint8Array): boolean => toHex(bytes).includes('06d3');

/** What the terminal says arrives; `then` is told of its receipts, one after the other. */
function atReceipt(card: CardShop, hears: (nth: number) => boolean): void {
  let count = 0;
  card.line.hears = (bytes) => !isReceipt(bytes) || hears((count += 1));
}

function papers(card: CardShop): number[] {
  return ['NDLERBELEG', 'KUNDENBELEG'].map((text) => card.shop.slipText().split(text).length - 1);
}

/** The cable breaks in the moment in which the second receipt has arrived: the terminal never hears that it did. */
function cutBehindTheSecond(card: CardShop): void {
  atReceipt(card, (nth) => {
    if (nth === 2) card.shop.clock.after(0, () => void card.line.hangup());
    return true;
  });
}

describe('receipts of a payment that the terminal takes back', () => {
  it('the cable breaks behind them, and the terminal says later that it was nothing: kept, and on no paper', async () => {
    const card = await counter();
    cutBehindTheSecond(card);
    await card.begin('A', 12_000);
    await card.shop.pass(20_000);
    card.line.hears = () => true;
    card.line.replug();
    await card.untilOrder('A', 'OPEN');
    await card.shop.pass(10_000);
    expect(only(card).state).toBe('FAILED');
    expect(card.terminal.ledger.total()).toBe(0);
    expect(papers(card)).toEqual([0, 0]);
    expect(keptOf(card)).toEqual(['merchant', 'customer']);
    expect(card.shop.log.some(({ msg }) => msg.includes('kept, not printed'))).toBe(true);
  });

  it('the terminal itself ends with 06 1E: what it had printed before is on no paper', async () => {
    const card = await counter('zvt-tcp');
    // the second one is never acknowledged
    atReceipt(card, (nth) => nth === 1);
    await card.begin('A', 12_000);
    await card.untilOrder('A', 'OPEN');
    await card.shop.pass(10_000);
    expect(card.terminal.ledger.total()).toBe(0);
    expect(keptOf(card)).toEqual(['merchant']);
    expect(papers(card)).toEqual([0, 0]);
  });

  it('nobody can ask any more and a person is called: on no paper either', async () => {
    const card = await counter();
    cutBehindTheSecond(card);
    await card.begin('A', 12_000);
    await card.untilOrder('A', 'DISPUTED');
    await card.shop.pass(10_000);
    expect(only(card).state).toBe('NEEDS_MANUAL_CHECK');
    expect(papers(card)).toEqual([0, 0]);
    expect(keptOf(card)).toEqual(['merchant', 'customer']);
  });

  it('money that was to go back and did not: nobody leaves with a paper that says it had', async () => {
    const card = await counter();
    await card.sale('A', 12_000);
    await card.shop.pass(5_000);
    const before = papers(card);
    cutBehindTheSecond(card);
    const words = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };
    await card.shop.command('refund', { refundId: 'F1', orderId: 'A', refundFen: 2_000, ...words }, BACKEND_KEY);
    await card.shop.pass(20_000);
    card.line.hears = () => true;
    card.line.replug();
    await card.shop.untilRefund('F1', 'REJECTED');
    await card.shop.pass(10_000);
    expect(card.terminal.ledger.total()).toBe(12_000);
    expect(papers(card)).toEqual(before);
  });

  it('the receipt of a refusal is printed as before', async () => {
    const card = await counter();
    expect(await card.sale('A', 12_051)).toMatchObject({ status: 'declined' });
    await card.shop.pass(5_000);
    expect(card.shop.slipText()).toContain('Zahlung abgelehnt');
  });
});

function only(card: CardShop) {
  const [record] = card.shop.process.till.book.attempts.values();
  if (!record) throw new Error('no attempt');
  return record.attempt;
}

function keptOf(card: CardShop): string[] {
  return (only(card).card?.receipts ?? []).map(({ copy }) => copy);
}
