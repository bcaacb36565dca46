import { describe, expect, it } from 'vitest';
import type { CardProtocol } from './card-shop.ts';
import { HoldShop, type HoldVerbName } from './hold-shop.ts';

// The process dies, or the cable is pulled, at any moment of a hold, of its charge and of its cancellation. The terminal's own
// memory is the witness: what it holds and has charged is what the journal says, or a person has it in hand.

function agree(shop: HoldShop, when: string): void {
  const there = shop.card.terminal.ledger.total();
  if (!shop.isDoubtful) {
    expect(shop.card.confirmed, `charged, ${when}`).toBe(there);
    expect(shop.heldHere, `held, ${when}`).toBe(shop.heldThere);
  }
  expect(shop.card.confirmed, `never more than was charged, ${when}`).toBeLessThanOrEqual(there);
}

interface Moment {
  readonly verb: HoldVerbName;
  readonly amountFen: number;
}

const MOMENTS: readonly Moment[] = [
  { verb: 'card-preauth', amountFen: 50_000 },
  { verb: 'card-preauth-complete', amountFen: 38_000 },
  { verb: 'card-preauth-cancel', amountFen: 50_000 },
];
const PROTOCOLS: readonly CardProtocol[] = ['zvt', 'zvt-tcp'];

async function begun(protocol: CardProtocol, { verb, amountFen }: Moment): Promise<HoldShop> {
  const shop = await HoldShop.open(protocol);
  await shop.card.sale('before', 1_000);
  if (verb !== 'card-preauth') await shop.hold('A', 50_000);
  await shop.begin(verb, 'A', amountFen);
  return shop;
}

describe.each(PROTOCOLS)('on a %s terminal', (protocol) => {
  it.each(MOMENTS)('the process dies at any moment of $verb', async (moment) => {
    for (let at = 0; at < 4_000; at += 230) {
      const shop = await begun(protocol, moment);
      await shop.card.shop.pass(at);
      await shop.card.restart();
      await shop.untilOver('A');
      agree(shop, `killed after ${at} ms`);
      await shop.card.ready();
      expect(await shop.card.sale('next', 300), `killed after ${at} ms`).toMatchObject({ status: 'ok' });
      agree(shop, `killed after ${at} ms, and the next customer`);
    }
  });

  it.each(MOMENTS)('the cable is pulled at any moment of $verb', async (moment) => {
    for (let at = 0; at < 4_000; at += 230) {
      const shop = await begun(protocol, moment);
      await shop.card.shop.pass(at);
      await shop.card.line.hangup();
      await shop.card.shop.pass(2_000);
      shop.card.line.replug();
      await shop.untilOver('A');
      agree(shop, `pulled after ${at} ms`);
    }
  });
});

it('killed between the terminal’s yes to a hold and its acceptance: the terminal takes it back, and nothing is held', async () => {
  const shop = await HoldShop.open('zvt');
  await shop.card.sale('before', 1_000);
  await shop.begin('card-preauth', 'A', 50_000);
  const yes = () => shop.card.attempt('A')?.card?.result?.outcome === 'approved';
  await shop.card.shop.passUntil('the yes is on disk', yes, 60_000);
  await shop.card.restart();
  await shop.untilOver('A');
  expect(shop.isDoubtful).toBe(false);
  expect([shop.heldHere, shop.card.confirmed]).toEqual([shop.heldThere, 1_000]);
});

it('the disk is full when the yes to a hold comes: the terminal does not hear that it was taken, and takes it back', async () => {
  const shop = await HoldShop.open('zvt');
  await shop.card.sale('before', 1_000);
  await shop.begin('card-preauth', 'A', 50_000);
  const isSaid = () => shop.ledger.some(([kind, state]) => kind === 'preAuth' && state === 'open');
  await shop.card.shop.passUntil('the host has said yes', isSaid, 60_000);
  shop.card.shop.disk.trouble = 'ENOSPC';
  await shop.card.shop.pass(3_000);
  expect(shop.ledger.at(-1)).toEqual(['preAuth', 'reversed', 50_000]);
  shop.card.shop.disk.trouble = undefined;
  await shop.untilOver('A');
  expect([shop.heldHere, shop.state('A')]).not.toEqual([50_000, 'HELD']);
  agree(shop, 'the disk is well again');
});

it.each(MOMENTS)(
  'the terminal’s power fails between its yes to $verb and its acceptance: it has taken it back',
  async (moment) => {
    const shop = await HoldShop.open('zvt');
    await shop.card.sale('before', 1_000);
    if (moment.verb !== 'card-preauth') await shop.hold('A', 50_000);
    shop.card.arm('power-cut');
    await shop.begin(moment.verb, 'A', moment.amountFen);
    await shop.untilOver('A');
    expect(shop.card.terminal.faults.happened).toContain('power-cut');
    expect([shop.isDoubtful, shop.heldHere, shop.card.confirmed]).toEqual([
      false,
      shop.heldThere,
      shop.card.terminal.ledger.total(),
    ]);
    expect(shop.state('A')).toBe(moment.verb === 'card-preauth' ? 'REFUSED' : 'HELD');
  },
);

it.each(['answer-lost', 'silent-after-accept'] as const)(
  'a hold of which nobody knows yet (%s) leaves the next customer at the counter when the process dies',
  async (fault) => {
    const shop = await HoldShop.open('zvt');
    const { shop: world } = shop.card;
    shop.card.arm(fault);
    await shop.begin('card-preauth', 'A', 50_000);
    await world.passUntil('nobody knows', () => shop.card.attempt('A')?.state === 'UNKNOWN', 300_000);
    const next = await world.collect('B', 1_000);
    await shop.card.restart();
    await world.pass(5_000);
    expect(shop.card.orderState('B')).toBe('OPEN');
    expect(world.backend.resultsOf(next).filter(({ phase }) => phase === 'final')).toEqual([]);
  },
);
