import { describe, expect, it } from 'vitest';
import { encodeApdu, message } from '../../protocols/terminal/zvt/apdu.ts';
import { container } from '../../protocols/terminal/zvt/bmp-list.ts';
import { encodeText } from '../../protocols/terminal/zvt/charset.ts';
import { constructed, tlv } from '../../protocols/terminal/zvt/tlv.ts';
import { CardShop } from './card-shop.ts';

// Papers of a card terminal that are no payment's slip belong to the shop's books: an end of day as long as the day was, the
// receipt of a refusal. None of them is lost, whatever it is that fails.

const LINES = 450;

function endOfDay(): Uint8Array {
  const texts = Array.from({ length: LINES }, (_, n) => tlv('07', encodeText(`Beleg Z${String(n).padStart(4, '0')}`)));
  return encodeApdu(message('printBlock', container(tlv('1F07', Uint8Array.of(3)), constructed('25', ...texts))));
}

/** The terminal closes its day and has it printed here. */
async function closing(): Promise<CardShop> {
  const card = await CardShop.open('zvt-tcp', {}, () => undefined, {
    personality: 'zvt-cny',
    terminal: { zvt: { printsOnTill: true } },
  });
  await card.sale('A', 1_200);
  await card.shop.pass(5_000);
  return card;
}

async function close(card: CardShop): Promise<void> {
  const settled = card.shop.order('card-settle', {});
  await card.shop.pass(20);
  await card.line.send(endOfDay());
  expect(await settled).toMatchObject({ status: 'ok' });
}

function printed(card: CardShop): number[] {
  return [...card.shop.slipText().matchAll(/Z(\d{4})/g)].map(([, n]) => Number(n));
}

const ALL = Array.from({ length: LINES }, (_, n) => n);

describe('an end of day of 450 lines', () => {
  it('is printed whole, in three parts, in its order', async () => {
    const card = await closing();
    await close(card);
    await card.shop.pass(60_000);
    expect(printed(card)).toEqual(ALL);
    const paper = card.shop.slipText();
    for (const part of ['(1/3)', '(2/3)', '(3/3)']) expect(paper).toContain(part);
  });

  it('is printed when the disk is no longer full', async () => {
    const card = await closing();
    const settled = card.shop.order('card-settle', {});
    await card.shop.pass(20);
    card.shop.disk.trouble = 'ENOSPC';
    await card.line.send(endOfDay());
    await card.shop.pass(5_000);
    expect(printed(card)).toEqual([]);
    card.shop.disk.trouble = undefined;
    await settled;
    await card.shop.pass(60_000);
    expect(printed(card)).toEqual(ALL);
  });

  it('is still wanted when the roll was out at ten in the evening and the shop opens at nine', async () => {
    const card = await closing();
    await close(card);
    await card.shop.pass(1_000);
    const jobs = [...card.shop.process.till.book.documents.values()];
    expect(jobs.map(({ by, until, askedAt }) => [by, until - askedAt > 11 * 3_600_000])).toEqual(
      jobs.map(() => ['terminal', true]),
    );
    expect(jobs.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the receipt of a refusal', () => {
  it.each([0, 1, 5, 20, 1_000])('the power fails %i ms behind it: it comes out once, or is asked about', async (ms) => {
    const card = await CardShop.open('zvt', {}, () => undefined, { terminal: { zvt: { printsOnTill: true } } });
    // a record of its own would not be durable any more
    card.shop.disk.stallAt('"type":"DOCUMENT"');
    await card.begin('A', 12_051);
    await card.shop.passUntil('the refusal', () => card.attempt('A')?.state === 'FAILED', 60_000);
    await card.shop.pass(ms);
    const before = card.shop.slipText();
    await card.shop.kill(0);
    await card.shop.start();
    await card.shop.pass(30_000);
    const papers = `${before}${card.shop.slipText()}`.split('Zahlung abgelehnt').length - 1;
    const asked = card.shop.process.till.spool.documentQuestions().length;
    expect([papers <= 1, papers + asked > 0], `${papers} papers, ${asked} asked about`).toEqual([true, true]);
  });
});
