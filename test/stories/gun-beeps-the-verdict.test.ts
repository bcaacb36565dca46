import { expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { MemoryShop } from '../world/shop.ts';

it('gun-beeps-the-verdict: it reads only while a payment waits, and its beep is what became of the code', async () => {
  const shop = await MemoryShop.open({ scanner: { path: 'gun', terminator: 'CR', language: 'datalogic' } });
  const { gun } = shop.process;
  const said = () => gun.written.map(toHex).join(' ');
  expect(said(), 'D: nothing to pay, disabled').toBe('44');

  await shop.collect('D-1', 1250);
  expect(said(), 'E: enabled').toBe('44 45');

  gun.say(Buffer.from('6957842208856\r'));
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'WRONG_CODE_KIND' }]);
  expect(said(), 'F: no, which disables it too; E again').toBe('44 45 46 45');

  gun.say(Buffer.from(`${shop.showCode()}\r`));
  await shop.pass(10);
  expect(said(), 'B: yes; D: the code is on its way, no second one').toBe('44 45 46 45 42 44');

  await shop.passUntil('the sale to be paid', () => shop.acquirer.ledger.entries.length > 0);
  await shop.pass(5_000);
  expect(said(), 'nothing more to read').toBe('44 45 46 45 42 44');
});
