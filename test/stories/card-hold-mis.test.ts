import { describe, expect, it } from 'vitest';
import { SimulatedMis } from '../../simulator/terminals/mis-mouth.ts';
import { MIS_PERSONALITIES, type MisPersonalityName } from '../../simulator/terminals/mis-personalities.ts';
import { LCG } from '../seeded.ts';
import { MemoryShop } from '../world/shop.ts';
import { TerminalLine } from '../world/terminal-line.ts';
import { LocalCaller } from './local-caller.ts';

// Holds (预授权) at a bank's MIS terminal. Its codes are the configuration's: the observed dialect has none. It cannot be asked
// what happened last, so what nobody knows is a person's at once.

class MisCounter {
  readonly shop: MemoryShop;
  readonly mis: SimulatedMis;
  readonly line: TerminalLine;

  constructor(name: MisPersonalityName, holds: object) {
    const { tags, commands, results } = MIS_PERSONALITIES[name].dialect;
    const dialect = { name: 'the bank', tags, commands, results, answerMs: 8_000, limitMs: 10_000 };
    this.shop = new MemoryShop({ terminal: { protocol: 'mis', path: 'terminal', mis: { dialect }, holds } });
    this.line = new TerminalLine(this.shop.clock);
    this.shop.lines.set('terminal', this.line);
    const chance = new LCG(11);
    const random = () => chance.below(1_000_000) / 1_000_000;
    const personality = { ...MIS_PERSONALITIES[name], ackMs: 5, hostMs: 400 };
    this.mis = new SimulatedMis(this.line, { personality, clock: this.shop.clock, random, host: (packet) => packet });
  }

  static async open(name: MisPersonalityName = 'another-bank', holds: object = {}): Promise<MisCounter> {
    const till = new MisCounter(name, holds);
    await till.shop.start();
    await till.shop.pass(1_000);
    return till;
  }

  async order(verb: string, orderId: string, amountFen?: number) {
    const money = amountFen === undefined ? {} : { amountFen, currency: 'CNY' };
    const result = await this.shop.order(verb, { orderId, ...money }, 600_000);
    await this.shop.pass(200);
    return result;
  }

  hold(orderId: string, amountFen: number) {
    return this.order('card-preauth', orderId, amountFen);
  }

  state(orderId: string): string | undefined {
    return [...this.shop.process.till.book.holds.values()].findLast((one) => one.orderId === orderId)?.state;
  }
}

describe('a bank whose terminal holds amounts', () => {
  it('held, charged with less, and paid by what the host has in its books', async () => {
    const till = await MisCounter.open();
    expect(await till.hold('A', 50_000)).toMatchObject({ status: 'ok', code: 'HELD' });
    expect(till.mis.model.netFen).toBe(0);
    expect(await till.order('card-preauth-complete', 'A', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect([till.mis.model.netFen, till.state('A'), till.shop.orderState('A')]).toEqual([38_000, 'COMPLETED', 'PAID']);
  });

  it('given up by its authorisation code: a second try and a charge are refused by the till', async () => {
    const till = await MisCounter.open();
    await till.hold('A', 50_000);
    expect(await till.order('card-preauth-cancel', 'A')).toMatchObject({ status: 'ok', code: 'RELEASED' });
    const said = till.mis.model.ledger.length;
    for (const [verb, fen] of [
      ['card-preauth-cancel', undefined],
      ['card-preauth-complete', 100],
    ] as const)
      expect(await till.order(verb, 'A', fen), verb).toMatchObject({ status: 'failed', code: 'NO_HOLD' });
    expect(till.mis.model.ledger.length).toBe(said);
  });

  it('115 % where the configuration says that the bank allows it, and no more', async () => {
    const till = await MisCounter.open('another-bank', { completeUpToPercent: 115 });
    await till.hold('A', 10_000);
    const caller = new LocalCaller(till.shop);
    expect((await caller.ask('/v1/pre-authorisations')).json).toMatchObject({ holds: [{ mostFen: 11_500 }] });
    expect(await till.order('card-preauth-complete', 'A', 11_501)).toMatchObject({ code: 'HOLD_EXCEEDED' });
    expect(await till.order('card-preauth-complete', 'A', 11_500)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect(till.mis.model.netFen).toBe(11_500);
    const { hold } = (await caller.ask('/v1/orders/A')).json;
    expect(hold).toMatchObject({ state: 'COMPLETED' });
    expect(hold).not.toHaveProperty('mostFen');
  });

  it('the process dies at any moment of a hold: what nobody knows is a person’s, and never held twice', async () => {
    for (let at = 0; at < 1_200; at += 150) {
      const till = await MisCounter.open();
      const args = { orderId: 'A', amountFen: 50_000, currency: 'CNY' };
      till.shop.backend.order(till.shop.till, 'card-preauth', args);
      await till.shop.pass(at);
      await till.shop.kill();
      await till.shop.start();
      await till.shop.pass(60_000);
      const holds = till.mis.model.ledger.filter(
        ({ command, outcome }) => command === 'preAuth' && outcome === 'approved',
      );
      expect(holds.length, `killed after ${at} ms`).toBeLessThanOrEqual(1);
      const state = till.state('A');
      if (state === 'HELD') expect(holds, `killed after ${at} ms`).toHaveLength(1);
      else if (state === 'UNCLEAR') expect(till.shop.orderState('A'), `killed after ${at} ms`).toBe('DISPUTED');
      else expect([state, holds.length], `killed after ${at} ms`).toEqual([undefined, 0]);
    }
  });

  it('the observed dialect has no code for it, and nothing is said', async () => {
    const till = await MisCounter.open('boc-yinjie');
    expect(await till.hold('A', 50_000)).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
    expect(till.mis.model.ledger).toEqual([]);
  });
});
