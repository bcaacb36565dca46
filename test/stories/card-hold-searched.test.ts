import { expect, it } from 'vitest';
import { Projection } from '../../agent/journal/projection.ts';
import { HoldShop } from './hold-shop.ts';

// An amount that is held, one that was given up and a payment that was taken back all end REVERSED: none has brought the shop money.
// Who looks for one of the three finds no other.

it('payments that were taken back, amounts held and amounts given up are found apart', async () => {
  const hold = await HoldShop.open('zvt');
  const { shop } = hold.card;
  await hold.hold('HELD', 50_000);
  await hold.hold('GIVEN-UP', 20_000);
  await hold.cancel('GIVEN-UP');
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
  await shop.collect('TAKEN-BACK');
  shop.scan(shop.showCode());
  await shop.untilState('TAKEN-BACK', 'REVERSED');
  const projection = Projection.open(':memory:');
  await projection.catchUp(shop.disk.open());
  const found = (state: string) => projection.find({ state }).map((row) => [row.orderId, row.amountFen, row.state]);
  expect(found('REVERSED')).toEqual([['TAKEN-BACK', 1250, 'REVERSED']]);
  expect(found('RELEASED')).toEqual([['GIVEN-UP', 20_000, 'REVERSED']]);
  expect(found('HELD')).toEqual([
    ['GIVEN-UP', 20_000, 'REVERSED'],
    ['HELD', 50_000, 'REVERSED'],
  ]);
  projection.close();
});
