import { describe, expect, it } from 'vitest';
import { CardShop } from './card-shop.ts';

describe.each(['zvt', 'transbank', 'kbtg', 'ghl', 'nets', 'nccc'] as const)('a card on a %s terminal', (protocol) => {
  it('is charged once, written down, told and printed', async () => {
    const card = await CardShop.open(protocol);
    const result = await card.sale('A', 12_000);
    expect(result).toMatchObject({ status: 'ok', code: 'PAID' });
    expect(card.orderState('A')).toBe('PAID');
    expect(card.attempt('A')).toMatchObject({ channel: 'CARD', state: 'PAID', paidFen: 12_000 });
    expect(card.terminal.ledger.total()).toBe(12_000);
    await card.shop.pass(3_000);
    const slip = card.shop.slipText();
    expect(slip).toContain('120.00');
    expect(slip).toMatch(/商户存根[\s\S]*卡号[\s\S]*\*{4}/u);
    // first six and last four of a number at most
    expect(/卡号 +(.*)/u.exec(slip)?.[1]).toMatch(/^(\d{4} )?(\d\d)?[* ]+\d{4}$/);
    expect(card.shop.attempts('A').at(-1)).toMatchObject({ state: 'PAID', card: { outcome: 'approved' } });
  });

  it('that is refused leaves the order open for the next card or code', async () => {
    const card = await CardShop.open(protocol);
    const sale = protocol === 'nets' ? undefined : await card.sale('A', 12_051);
    if (!sale) return;
    expect(sale).toMatchObject({ status: 'declined' });
    expect(card.orderState('A')).toBe('OPEN');
    expect(await card.sale('A', 12_051 + 0)).toMatchObject({ status: 'declined' });
    expect(card.terminal.ledger.total()).toBe(0);
    expect(await card.sale('B', 500)).toMatchObject({ status: 'ok' });
    expect(card.confirmed).toBe(500);
  });
});
