import { expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import { CardShop } from './card-shop.ts';

// What the till says about a hold, byte by byte (PA00P015 2.8 to 2.14), and what the terminal has in its memory then.

const ABOUT_HOLDS: ReadonlySet<string> = new Set(['bookTotal', 'partialReversal', 'preAuthReversal']);
const CNY = { currency: 'CNY' } as const;
const PATIENCE_MS = 1_800_000;

async function shopWith(zvt: object): Promise<{ card: CardShop; said: readonly string[] }> {
  const modern = { personality: 'zvt-modern', terminal: { zvt, currency: 978 } } as const;
  const card = await CardShop.open('zvt-tcp', {}, () => undefined, modern);
  const said: string[] = [];
  if (!(card.terminal instanceof SimulatedZvtTerminal)) throw new Error('it speaks ZVT');
  card.terminal.zvt.onCommand = (command, { fields }) => {
    if (!ABOUT_HOLDS.has(command)) return;
    said.push(`${command} ${fields.map(({ bmp, value }) => `${bmp} ${toHex(value)}`).join(' ')}`);
  };
  return { card, said };
}

const charge = (card: CardShop, orderId: string, amountFen: number) =>
  card.shop.order('card-preauth-complete', { orderId, amountFen, ...CNY }, PATIENCE_MS);

it.each([
  ['bookTotal', 'bookTotal 87 0001 04 000000038000 49 0978 0B 000001', 38_000],
  ['partialReversal', 'partialReversal 87 0001 04 000000012000 49 0978 0B 000001', 38_000],
])('charged with %s, which has the amount its own way', async (completesWith, bytes, charged) => {
  const { card, said } = await shopWith({ completesWith });
  await card.shop.order('card-preauth', { orderId: 'A', amountFen: 50_000, ...CNY }, PATIENCE_MS);
  await card.shop.pass(100);
  expect(await charge(card, 'A', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
  expect(said).toEqual([bytes]);
  expect(card.terminal.ledger.total()).toBe(charged);
});

it('given up without a password, which would be read as something else', async () => {
  const { card, said } = await shopWith({});
  await card.shop.order('card-preauth', { orderId: 'A', amountFen: 50_000, ...CNY }, PATIENCE_MS);
  await card.shop.pass(100);
  expect(await card.shop.order('card-preauth-cancel', { orderId: 'A' }, PATIENCE_MS)).toMatchObject({
    code: 'RELEASED',
  });
  expect(said).toEqual(['preAuthReversal 87 0001']);
  expect(card.terminal.ledger.openHolds).toEqual([]);
});
