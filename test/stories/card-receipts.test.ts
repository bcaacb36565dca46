import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withoutCards } from '../../agent/payment/terminal-receipt.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { flatItems } from '../../protocols/escpos/slip.ts';
import { renderStream } from '../../simulator/render/stream.ts';
import { SimulatedPad } from '../../simulator/terminals/pad-mouth.ts';
import { PAD_PERSONALITIES } from '../../simulator/terminals/pad-personalities.ts';
import { hex } from '../protocols/scanner-packets.ts';
import { LCG } from '../seeded.ts';
import { TerminalLine } from '../world/terminal-line.ts';
import { CardShop, type CardShopOptions } from './card-shop.ts';

// A terminal without a printer of its own: what it wants on paper comes to the till, as lines (06 D1) or as blocks (06 D3).

const ON_THE_TILL = { zvt: { printsOnTill: true } };

function counter(
  personality: NonNullable<CardShopOptions['personality']> = 'zvt-counter',
  more = {},
): Promise<CardShop> {
  return CardShop.open('zvt', more, () => undefined, { personality, terminal: ON_THE_TILL });
}

const WITH_PAD = { pad: { path: 'pad', signs: 'always', dialect: { ground: 'ours' } } };

function withPad({ shop }: CardShop): void {
  const line = new TerminalLine(shop.clock);
  shop.lines.set('pad', line);
  const chance = new LCG(7);
  const random = () => chance.below(1_000_000) / 1_000_000;
  const personality = { ...PAD_PERSONALITIES['vx820-pad'], signMs: 4_000 };
  void new SimulatedPad(line, { personality, clock: shop.clock, random });
}

function count(card: CardShop, text: string): number {
  return card.shop.slipText().split(text).length - 1;
}

/** Behind its 80 00 to the next 06 20 the terminal also says this. */
function saysAlso({ line, shop }: CardShop, bytes: Uint8Array): void {
  line.hears = (heard) => {
    const asked = line.said.findLast(({ from }) => from === 'till');
    if (toHex(heard) !== '800000' || !toHex(asked?.bytes ?? heard).startsWith('0620')) return true;
    line.hears = () => true;
    shop.clock.after(1, () => void line.send(bytes));
    return true;
  };
}

/** To look at: RECEIPT_PNG names a folder. */
function keepPicture(card: CardShop, name: string): void {
  const folder = process.env['RECEIPT_PNG'];
  if (folder) writeFileSync(`${folder}/${name}.png`, renderStream(card.shop.paper, genericProfile(58)).png());
}

describe('receipts as blocks', () => {
  it('both copies are printed, each once, and the merchant’s is the payment’s slip', async () => {
    const card = await counter();
    expect(await card.sale('A', 12_000)).toMatchObject({ status: 'ok' });
    await card.shop.pass(5_000);
    keepPicture(card, 'both');
    expect([count(card, 'NDLERBELEG'), count(card, 'KUNDENBELEG')]).toEqual([1, 1]);
    expect(count(card, '120,00')).toBe(2);
    expect(count(card, '重打印')).toBe(0);
    const { book } = card.shop.process.till;
    const slips = [...book.slips.values()].map(({ state, duplicate, receipt }) => ({ state, duplicate, receipt }));
    expect(slips).toEqual([
      { state: 'sent', duplicate: false, receipt: undefined },
      { state: 'sent', duplicate: false, receipt: 1 },
    ]);
    expect(count(card, `A #${book.paidEntry(card.attempt('A')?.attemptId ?? '')?.hash.slice(0, 8)}`)).toBe(2);
  });

  it('printed again it is marked', async () => {
    const card = await counter();
    await card.sale('A', 12_000);
    await card.shop.pass(5_000);
    await card.shop.process.till.spool.reprint(card.attempt('A')?.attemptId ?? '');
    await card.shop.pass(5_000);
    expect([count(card, 'NDLERBELEG'), count(card, 'KUNDENBELEG'), count(card, '重打印')]).toEqual([2, 1, 1]);
  });

  it('the process dies at any moment around the payment: no copy comes out twice unmarked', async () => {
    for (let at = 0; at < 4_000; at += 160) {
      const card = await counter();
      await card.begin('A', 12_000);
      await card.shop.pass(at);
      const before = card.shop.slipText();
      await card.restart();
      await card.shop.passUntil('an end', () => card.orderState('A') !== 'IN_PAYMENT', 1_800_000);
      await card.shop.pass(15_000);
      for (const text of ['NDLERBELEG', 'KUNDENBELEG']) {
        const papers = before.split(text).length - 1 + count(card, text);
        expect(papers, `${text} after ${at} ms`).toBeLessThanOrEqual(1);
        const isAsked = [...card.shop.process.till.book.slips.values()].some(({ state }) => state === 'unknown');
        const isKept = card.attempt('A')?.card?.receipts !== undefined;
        if (isKept && !isAsked) expect(papers, `${text} after ${at} ms`).toBe(1);
      }
      // one of which nobody knows is asked about, and what is printed then is marked
      for (const { slipId } of card.shop.process.till.spool.questions())
        await card.shop.process.till.spool.answer(slipId, 'missing');
      await card.shop.pass(10_000);
      expect(card.shop.process.till.spool.questions()).toEqual([]);
    }
  });

  it('what the customer signs on the pad stands on the merchant’s copy', async () => {
    const card = await CardShop.open('zvt', WITH_PAD, withPad, { personality: 'zvt-counter', terminal: ON_THE_TILL });
    await card.sale('A', 12_000);
    await card.shop.pass(20_000);
    keepPicture(card, 'signed');
    expect([count(card, 'NDLERBELEG'), count(card, 'KUNDENBELEG'), count(card, '特征码')]).toEqual([1, 1, 1]);
    const { slips } = decodeEscpos(card.shop.paper, genericProfile(58));
    const isPicture = ({ kind }: { readonly kind: string }) => kind === 'image';
    expect(slips.map(({ items }) => flatItems(items).some(isPicture))).toEqual([true, false]);
  });
});

describe('the terminal’s own reprint', () => {
  it.each(['zvt-counter', 'zvt-cny'] as const)('%s: printed here, and marked', async (personality) => {
    const card = await counter(personality);
    await card.sale('A', 12_000);
    await card.shop.pass(5_000);
    expect(await card.shop.order('card-reprint', {})).toMatchObject({ status: 'ok', code: 'TERMINAL_REPRINTED' });
    await card.shop.pass(5_000);
    keepPicture(card, `reprint-${personality}`);
    expect([count(card, 'WIEDERHOLUNG'), count(card, '重打印')]).toEqual([1, 1]);
    expect(card.terminal.ledger.entries).toHaveLength(1);
    expect(await card.sale('B', 300)).toMatchObject({ status: 'ok' });
  });

  it('says its result again besides: nothing new, and it is told to nobody as a late word', async () => {
    const card = await CardShop.open('zvt-tcp', {}, () => undefined, {
      personality: 'zvt-counter',
      terminal: ON_THE_TILL,
    });
    await card.sale('A', 12_000);
    await card.shop.pass(5_000);
    const result = card.line.said.findLast(({ bytes }) => toHex(bytes).startsWith('040f'))?.bytes ?? new Uint8Array();
    saysAlso(card, result);
    expect(await card.shop.order('card-reprint', {})).toMatchObject({ status: 'ok', code: 'TERMINAL_REPRINTED' });
    await card.shop.pass(5_000);
    expect(card.line.said.filter(({ bytes }) => bytes === result)).toHaveLength(2);
    expect([count(card, 'WIEDERHOLUNG'), card.lateWords]).toEqual([1, []]);
  });

  it('and a result of which nobody here knows is kept as a late word', async () => {
    const card = await CardShop.open('zvt-tcp', {}, () => undefined, {
      personality: 'zvt-counter',
      terminal: ON_THE_TILL,
    });
    await card.sale('A', 12_000);
    saysAlso(card, hex('040F102700040000000010008700990B000099'));
    expect(await card.shop.order('card-reprint', {})).toMatchObject({ status: 'ok' });
    await card.shop.pass(5_000);
    expect(card.lateWords).toMatchObject([{ outcome: 'approved', amountFen: 1_000 }]);
  });

  it('of a terminal that has printed nothing yet: refused, and it takes payments as before', async () => {
    const card = await counter();
    expect(await card.shop.order('card-reprint', {})).toMatchObject({
      status: 'declined',
      code: 'TERMINAL_NOT_REPRINTED',
    });
    expect(await card.sale('A', 12_000)).toMatchObject({ status: 'ok' });
  });

  it('is not asked for while a card is at work, nor of one that cannot', async () => {
    const card = await counter();
    await card.begin('A', 12_000);
    expect(await card.shop.order('card-reprint', {})).toMatchObject({ status: 'failed', code: 'DEVICE_BUSY' });
    await card.untilOrder('A', 'PAID');
    const other = await CardShop.open('nets');
    expect(await other.shop.order('card-reprint', {})).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
  });
});

describe('receipts line by line', () => {
  it('the one that the terminal sends stands beside the till’s own slip', async () => {
    const card = await counter('zvt-cny');
    await card.sale('A', 12_000);
    await card.shop.pass(5_000);
    keepPicture(card, 'lines');
    expect([count(card, 'KUNDENBELEG'), count(card, '商户存根')]).toEqual([1, 1]);
  });

  it('of a refused card: printed, and it is no payment’s slip', async () => {
    const card = await counter('zvt-cny');
    expect(await card.sale('A', 12_051)).toMatchObject({ status: 'declined' });
    await card.shop.pass(5_000);
    expect([count(card, 'Zahlung abgelehnt'), card.shop.process.till.book.slips.size]).toEqual([1, 0]);
  });

  it('of an end of day: printed too', async () => {
    const card = await counter('zvt-cny');
    await card.sale('A', 12_000);
    expect(await card.shop.order('card-settle', {})).toMatchObject({ status: 'ok' });
    await card.shop.pass(5_000);
    expect(count(card, 'KASSENSCHNITT')).toBe(1);
  });
});

it.each([
  ['Karte 6222021234567890128', 'Karte 622202*********0128'],
  ['4111 1111 1111 1111', '4111 11** **** 1111'],
  ['Nr 12 4111111111111111', 'Nr 12 411111******1111'],
  ['4111  1111  1111  1111', '4111  11**  ****  1111'],
  ['4111 1111\n   1111 1111', '4111 11**\n   **** 1111'],
  ['4111\u00a01111\u00a01111\u00a01111', '4111\u00a011**\u00a0****\u00a01111'],
  ['************0119', '************0119'],
  ['52500041  000021\n0004', '52500041  000021\n0004'],
  ['Beleg-Nr. 0021\n22.11.2026  10:00\n120,00', 'Beleg-Nr. 0021\n22.11.2026  10:00\n120,00'],
  ['Terminal-ID 52500041 Trace 000021', 'Terminal-ID 52500041 Trace 000021'],
  ['AID A0000000041010', 'AID A0000000041010'],
])('a card number that the terminal did not mask is masked before it is on any disk: %s', (said, kept) => {
  expect(withoutCards(said)).toBe(kept);
});
