import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it('loose-gun: a plug that slips again and again is told once, and the gun counts as there when it stays', async () => {
  const shop = await MemoryShop.open();
  const { gun } = shop.process;
  const told = (phrase: string) => shop.log.filter(({ msg }) => msg.includes(phrase)).length;
  const connected = () => told('gun connected');
  expect(connected()).toBe(1);
  for (let time = 1; time <= 12; time++) {
    gun.pull();
    await shop.pass(400);
    gun.plug();
    await shop.pass(400);
  }
  expect(told('DEVICE_LOOSE')).toBe(1);
  expect(told('PORT_LOST')).toBe(3);
  expect(connected(), 'not at every twitch').toBe(4);
  await shop.pass(5_000);
  expect(connected()).toBe(5);

  await shop.collect('D-1');
  shop.scan(shop.showCode());
  await shop.passUntil('the sale', () => shop.acquirer.ledger.entries.length > 0);
});
