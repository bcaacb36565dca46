import { describe, expect, it } from 'vitest';
import { PAYCODE_LIFE_MS } from '../../agent/payment/policy.ts';
import { CardShop } from './card-shop.ts';

describe('one order is one payment at a time', () => {
  it('while the card is at work: no scan, no second card, no code to show', async () => {
    const card = await CardShop.open();
    await card.begin('A', 1_200);
    card.shop.scan(card.shop.showCode());
    await card.shop.pass(50);
    expect(card.shop.refusals().at(-1)).toMatchObject({ refusal: 'ATTEMPT_OPEN' });
    expect(await card.sale('A', 1_200)).toMatchObject({ status: 'failed', code: 'ORDER_BLOCKED' });
    const intent = await card.shop.order('intent', {
      orderId: 'A',
      amountFen: 1_200,
      currency: 'CNY',
      forms: ['qr'],
      ttlMs: 300_000,
    });
    expect(intent).toMatchObject({ status: 'failed' });
    await card.untilOrder('A', 'PAID');
    expect(card.terminal.ledger.total()).toBe(1_200);
    expect(card.shop.attemptIds('A')).toHaveLength(1);
    expect(card.shop.requests('pay')).toHaveLength(0);
  });

  it('while a wallet is at work: no card', async () => {
    const card = await CardShop.open();
    card.shop.customer({ behaviour: { kind: 'enters-password', afterMs: PAYCODE_LIFE_MS } });
    await card.shop.collect('A', 1_200);
    card.shop.scan(card.shop.showCode());
    await card.shop.untilState('A', 'USER_PAYING');
    expect(await card.sale('A', 1_200)).toMatchObject({ status: 'failed', code: 'ORDER_BLOCKED' });
    expect(card.terminal.ledger.entries).toHaveLength(0);
  });

  it('a refused card leaves the collected order to a scan, and the collect goes on', async () => {
    const card = await CardShop.open();
    const collect = await card.shop.collect('A', 1_251);
    expect(await card.sale('A', 1_251)).toMatchObject({ status: 'declined', code: 'INSUFFICIENT_FUNDS' });
    card.shop.scan(card.shop.showCode());
    await card.shop.untilState('A', 'PAID');
    await card.shop.pass(100);
    expect(card.shop.backend.resultsOf(collect).at(-1)).toMatchObject({ phase: 'final', status: 'ok', code: 'PAID' });
    expect(card.shop.attemptIds('A')).toHaveLength(2);
    expect(card.terminal.ledger.total()).toBe(0);
  });

  it('the same command twice is one sale', async () => {
    const card = await CardShop.open();
    const command = card.shop.backend.draft(card.shop.till, 'card-sale', {
      orderId: 'A',
      amountFen: 1_200,
      currency: 'CNY',
    });
    card.shop.backend.command(card.shop.till, command);
    card.shop.backend.command(card.shop.till, command);
    await card.untilOrder('A', 'PAID');
    card.shop.backend.command(card.shop.till, command);
    await card.shop.pass(5_000);
    expect(card.terminal.ledger.entries).toHaveLength(1);
    expect(card.shop.attemptIds('A')).toHaveLength(1);
  });

  it('money of a card goes back at the terminal: the channel is not asked for a refund', async () => {
    const card = await CardShop.open();
    await card.sale('A', 1_200);
    expect(card.shop.process.till.book.charge('A')).toMatchObject({ channel: 'CARD', amountFen: 1_200 });
    expect(card.shop.requests('refund')).toHaveLength(0);
  });
});

describe('the clerk', () => {
  it('cancels: the terminal decides, and what it had not charged is not charged', async () => {
    const card = await CardShop.open();
    const id = await card.begin('A', 1_200);
    await card.shop.pass(300);
    expect(await card.shop.desk.cancel('A')).toBe('CARD_STOPPING');
    await card.shop.passUntil(
      'an end',
      () => card.shop.backend.resultsOf(id).some(({ phase }) => phase === 'final'),
      60_000,
    );
    const isPaid = card.orderState('A') === 'PAID';
    expect(card.terminal.ledger.total()).toBe(isPaid ? 1_200 : 0);
    expect(['PAID', 'OPEN']).toContain(card.orderState('A'));
  });
});

describe('a terminal that is not there', () => {
  it('is told at once, and nothing is written down', async () => {
    const card = await CardShop.open();
    await card.line.hangup();
    expect(await card.sale('A', 1_200)).toMatchObject({ status: 'failed', code: 'DEVICE_OFFLINE' });
    expect(card.attempt('A')).toBeUndefined();
  });

  it('a till without one says so', async () => {
    const { MemoryShop } = await import('../world/shop.ts');
    const shop = await MemoryShop.open();
    const answer = await shop.order('card-sale', { orderId: 'A', amountFen: 1_200, currency: 'CNY' });
    expect(answer).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
  });
});
