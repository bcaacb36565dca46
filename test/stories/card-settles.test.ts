import { expect, it } from 'vitest';
import { CardShop } from './card-shop.ts';

it.each(['zvt', 'transbank', 'kbtg'] as const)(
  '%s: the end of day goes to the host, and the next day sells on',
  async (protocol) => {
    const card = await CardShop.open(protocol);
    await card.sale('A', 12_000);
    const batch = card.terminal.ledger.batch;
    expect(await card.shop.order('card-settle', {})).toMatchObject({ status: 'ok', code: 'TERMINAL_SETTLED' });
    expect(card.terminal.ledger.batch).toBe(batch + 1);
    await card.shop.pass(1_000);
    expect(await card.sale('B', 500)).toMatchObject({ status: 'ok' });
    expect(card.confirmed).toBe(12_500);
  },
);

it('while a card is at work it waits its turn, and a terminal that is away settles nothing', async () => {
  const card = await CardShop.open('zvt');
  await card.begin('A', 1_200);
  expect(await card.shop.order('card-settle', {})).toMatchObject({ status: 'failed', code: 'DEVICE_BUSY' });
  await card.untilOrder('A', 'PAID');
  await card.line.hangup();
  expect(await card.shop.order('card-settle', {})).toMatchObject({ status: 'failed', code: 'DEVICE_OFFLINE' });
});

it('the cable is pulled meanwhile: nobody knows, a person looks, and cards are taken again', async () => {
  const card = await CardShop.open('zvt');
  await card.sale('A', 12_000);
  const settled = card.shop.order('card-settle', {});
  await card.shop.pass(30);
  await card.line.hangup();
  expect(await settled).toMatchObject({ status: 'unknown', code: 'TERMINAL_SETTLEMENT_UNKNOWN' });
  card.line.replug();
  await card.shop.pass(10_000);
  await card.ready();
  expect(await card.sale('B', 500)).toMatchObject({ status: 'ok' });
});
