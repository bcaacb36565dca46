import { beforeEach, describe, expect, it } from 'vitest';
import { HoldShop } from './hold-shop.ts';

// A ZVT terminal on a serial line without a printer of its own: what it says of a hold (预授权) comes out of the till's.

const ON_THE_TILL = { zvt: { printsOnTill: true } };
/** until whatever was decided is on paper */
const PRINTED_MS = 10_000;

let shop: HoldShop;

function open(personality: 'zvt-counter' | 'zvt-cny'): Promise<HoldShop> {
  return HoldShop.open('zvt', {}, () => undefined, { personality, terminal: ON_THE_TILL });
}

/** The papers that came out since the last look, each from the terminal's title to its cut; blanks folded. */
function papers(): () => Promise<readonly string[]> {
  let seen = '';
  return async () => {
    await shop.card.shop.pass(PRINTED_MS);
    const text = shop.card.shop.slipText();
    const fresh = text.slice(seen.length);
    seen = text;
    return fresh
      .split(/^(?:- )+-?$/m)
      .map((paper) => paper.trim().replace(/[ \n]+/g, ' '))
      .filter((paper) => paper !== '');
  };
}

const MERCHANT = 'HANDLERBELEG';
const CUSTOMER = 'KUNDENBELEG';

describe('a terminal that has the till print both copies', () => {
  let came: () => Promise<readonly string[]>;
  beforeEach(async () => {
    shop = await open('zvt-counter');
    came = papers();
  });

  it('of a hold: each once, and both say that it is no payment', async () => {
    expect(await shop.hold('A', 50_000)).toMatchObject({ code: 'HELD' });
    const [merchant = '', customer = '', ...more] = await came();
    expect([merchant.includes(MERCHANT), customer.includes(CUSTOMER), more]).toEqual([true, true, []]);
    for (const paper of [merchant, customer]) {
      expect(paper).toContain('RESERVIERUNG Terminal-ID');
      expect(paper).toContain('Beleg-Nr 0001 22.11.2026 10:00:02');
      expect(paper).toContain('CNY 500,00 Reservierung erfolgt KEINE ZAHLUNG');
      expect(paper).not.toMatch(/Zahlung erfolgt|重打印/);
    }
  });

  it('of its charge: what was charged, and the number of the hold', async () => {
    await shop.hold('A', 50_000);
    await came();
    expect(await shop.complete('A', 38_000)).toMatchObject({ code: 'PAID' });
    const [merchant = '', customer = '', ...more] = await came();
    expect([merchant.includes(MERCHANT), customer.includes(CUSTOMER), more]).toEqual([true, true, []]);
    for (const paper of [merchant, customer]) {
      expect(paper).toContain('BUCHUNG RESERVIERUNG');
      expect(paper).toContain('Beleg-Nr 0002 Zu Beleg-Nr 0001');
      expect(paper).toContain('CNY 380,00 Zahlung erfolgt');
      expect(paper).not.toMatch(/KEINE ZAHLUNG|重打印/);
    }
  });

  it('of a hold that is given up: all of it, and the number of the hold', async () => {
    await shop.hold('A', 50_000);
    await came();
    expect(await shop.cancel('A')).toMatchObject({ code: 'RELEASED' });
    const given = await came();
    expect(given).toHaveLength(2);
    for (const paper of given) expect(paper).toMatch(/STORNO .*Zu Beleg-Nr 0001 .*CNY 500,00 Storno erfolgt/);
  });

  it('of one that the bank refuses: printed, and nobody takes it for a hold', async () => {
    expect(await shop.hold('A', 50_051)).toMatchObject({ status: 'declined' });
    const refused = await came();
    expect(refused.map((paper) => paper.includes('Reservierung abgelehnt'))).toEqual([true, true]);
    expect([shop.book.slips.size, shop.heldHere, shop.heldThere]).toEqual([0, 0, 0]);
  });

  it.each([200, 500, 600, 700, 800, 900, 1_100, 1_500, 2_100])(
    'the process dies %i ms into the charge: no copy comes out twice unmarked',
    async (afterMs) => {
      await shop.hold('A', 50_000);
      await came();
      await shop.begin('card-preauth-complete', 'A', 38_000);
      await shop.card.shop.pass(afterMs);
      const before = shop.card.shop.slipText();
      await shop.card.restart();
      await shop.untilOver('A');
      expect([shop.card.confirmed, shop.heldHere]).toEqual([shop.card.terminal.ledger.total(), shop.heldThere]);
      const all = `${before}${shop.card.shop.slipText()}`.replaceAll(/\s+/g, ' ');
      const isAsked = shop.card.shop.process.till.spool.questions().length > 0;
      for (const copy of [MERCHANT, CUSTOMER]) {
        const charges = all.split(`${copy} ** BUCHUNG`).length - 1;
        expect(charges, copy).toBeLessThanOrEqual(1);
        if (shop.card.attempt('A')?.card?.receipts !== undefined && !isAsked) expect(charges, copy).toBe(1);
      }
    },
  );
});

describe('a terminal that says the customer’s copy line by line, and nothing of a hold', () => {
  it('a hold has the till’s own slip, its charge both', async () => {
    shop = await open('zvt-cny');
    const came = papers();
    await shop.hold('A', 50_000);
    const held = (await came()).join(' ');
    expect(held).toContain('预授权');
    expect(held).not.toMatch(/BELEG|RESERVIERUNG/);
    await shop.complete('A', 38_000);
    const charged = (await came()).join(' ');
    expect(charged).toMatch(/KUNDENBELEG.*BUCHUNG RESERVIERUNG.*Zu Beleg-Nr 0001.*380,00 Zahlung erfolgt/);
    expect(charged).toContain('预授权完成');
  });
});
