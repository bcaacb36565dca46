import { expect, it } from 'vitest';
import { CardShop } from './card-shop.ts';

it('a terminal that says the whole card number: four digits of it are kept, the others are nowhere', async () => {
  const card = await CardShop.open('nccc');
  const { pan, expiry } = card.terminal.model.card;
  await card.sale('A', 1_200);
  card.arm('late-result');
  await card.sale('B', 1_300);
  await card.shop.pass(5_000);
  const heard = Buffer.concat(card.line.said.map(({ bytes }) => bytes)).toString('latin1');
  expect(heard).toContain(`${pan}   ${expiry}`);
  expect(card.attempt('A')).toMatchObject({ state: 'PAID', maskedPaycode: `************${pan.slice(-4)}` });
  for (const kept of [card.shop.disk.text(), JSON.stringify(card.shop.log), JSON.stringify(card.shop.messages)]) {
    expect(kept).toContain(card.attempt('A')?.attemptId);
    expect(kept).not.toContain(pan);
  }
  expect(card.shop.slipText()).not.toContain(pan);
});
