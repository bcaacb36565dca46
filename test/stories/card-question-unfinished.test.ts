import { expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { CardShop } from './card-shop.ts';

// Asked what became of a sale the terminal says no (04 0F), and never that the question is over (06 0F): nobody knows. It may
// do so each time it is asked, and then it is a person's business.

const MINUTE_MS = 60_000;

it('the no comes and its 06 0F never does: a person is asked after ten minutes', async () => {
  const card = await CardShop.open('zvt');
  expect(await card.sale('before', 1_000)).toMatchObject({ status: 'ok' });
  card.arm('silent-after-accept');
  await card.begin('A', 1_200);
  await card.shop.passUntil('a question', () => card.attempt('A')?.doing.kind === 'querying', 10 * MINUTE_MS);
  const begun = card.shop.clock.mono();
  // what is the till's last word before 06 20: 05 01 when it asks about a payment, 06 00 when it learns the terminal anew
  const isQuestion = () => {
    const words = card.line.said.flatMap(({ from, bytes }) => (from === 'till' ? [toHex(bytes)] : []));
    const commands = words.flatMap((word) =>
      ['0501', '0600', '0620'].filter((command) => word.startsWith(`1002${command}`)),
    );
    return commands.at(-1) === '0620' && commands.at(-2) === '0501';
  };
  card.line.hears = (bytes) => !(toHex(bytes).startsWith('1002060f') && isQuestion());
  const isOver = () => card.orderState('A') !== 'IN_PAYMENT';
  await card.shop.passUntil('a person', isOver, 25 * MINUTE_MS);
  expect(card.orderState('A')).toBe('DISPUTED');
  expect(card.attempt('A')?.state).toBe('NEEDS_MANUAL_CHECK');
  const waited = card.shop.clock.mono() - begun;
  expect(waited).toBeGreaterThanOrEqual(10 * MINUTE_MS);
  // the last question is waited for as long as a terminal may take
  expect(waited).toBeLessThan(15 * MINUTE_MS);
});
