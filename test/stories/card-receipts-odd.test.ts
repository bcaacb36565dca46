import { expect, it } from 'vitest';
import { encodeApdu, message } from '../../protocols/terminal/zvt/apdu.ts';
import { container } from '../../protocols/terminal/zvt/bmp-list.ts';
import { encodeText } from '../../protocols/terminal/zvt/charset.ts';
import { constructed, tlv } from '../../protocols/terminal/zvt/tlv.ts';
import { CardShop } from './card-shop.ts';

// Receipts as no well-made terminal sends them: they come to a till all the same, in the middle of a payment.

const MERCHANT = 1;
const CUSTOMER = 2;

function receipt(type: number, lines: readonly string[]): Uint8Array {
  const texts = lines.map((line) => tlv('07', encodeText(line)));
  return encodeApdu(message('printBlock', container(tlv('1F07', Uint8Array.of(type)), constructed('25', ...texts))));
}

/** A sale in which the terminal also sends these. */
async function saleOf(amountFen: number, ...receipts: readonly Uint8Array[]): Promise<CardShop> {
  const card = await CardShop.open('zvt-tcp');
  await card.begin('A', amountFen);
  await card.shop.pass(200);
  for (const one of receipts) {
    await card.line.send(one);
    await card.shop.pass(20);
  }
  return card;
}

const saleWith = (...receipts: readonly Uint8Array[]) => saleOf(1_200, ...receipts);

it('a card number in clear, with two blanks between its groups or broken over two lines, is on no disk and no paper', async () => {
  const card = await saleWith(
    receipt(CUSTOMER, [
      'Karte',
      '4111  1111  1111  1111',
      'und noch eine',
      '    4000 0000',
      '    0000 0002',
      'Beleg 21',
    ]),
  );
  await card.untilOrder('A', 'PAID');
  await card.shop.pass(10_000);
  const places = [card.shop.disk.text(), JSON.stringify(card.shop.log), JSON.stringify(card.shop.messages)];
  for (const kept of [...places, card.shop.slipText()]) {
    expect(kept).not.toMatch(/4111\s*1111\s*1111/);
    expect(kept).not.toMatch(/4000 0000[^*]*0000 0002/);
  }
  expect(card.shop.slipText()).toContain('4111  11**  ****  1111');
  expect(card.shop.slipText()).toContain('4000 00**');
  expect(card.shop.slipText()).toContain('**** 0002');
});

it('receipts too long for one entry of the journal: the payment is PAID all the same, and the paper says that one is missing', async () => {
  // one byte at the terminal, three in the journal
  const lines = Array.from({ length: 100 }, () => '─'.repeat(240));
  const card = await saleWith(...[CUSTOMER, MERCHANT, CUSTOMER, CUSTOMER].map((type) => receipt(type, lines)));
  await card.untilOrder('A', 'PAID', 60_000);
  expect(card.confirmed).toBe(1_200);
  await card.shop.pass(600_000);
  const { receipts } = card.attempt('A')?.card ?? {};
  expect(receipts?.map(({ copy }) => copy)).toEqual(['customer', 'other', 'other', 'other']);
  expect(card.shop.slipText().split('RECEIPT TOO LONG').length - 1).toBe(3);
  // the merchant's is missing: the till's own slip stands in for it
  expect(card.shop.slipText()).toContain('商户存根');
  expect(card.shop.log.some(({ why }) => why === 'too-long')).toBe(true);
});

it('a refusal with as much as is kept is in one entry, which has the receipts and what is printed of them', async () => {
  const lines = Array.from({ length: 122 }, () => '─'.repeat(100));
  // the host declines it: 51
  const card = await saleOf(1_251, ...Array.from({ length: 5 }, () => receipt(CUSTOMER, lines)));
  await card.shop.passUntil('the refusal', () => card.attempt('A')?.state === 'FAILED', 60_000);
  await card.shop.pass(600_000);
  expect(card.shop.log.some(({ code }) => code === 'JOURNAL_UNAVAILABLE')).toBe(false);
  expect(card.shop.log.some(({ why }) => why === 'too-long')).toBe(true);
  expect(card.shop.slipText()).toContain('RECEIPT TOO LONG');
});
