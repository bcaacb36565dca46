import { describe, expect, it } from 'vitest';
import { SimulatedMis } from '../../simulator/terminals/mis-mouth.ts';
import { MIS_PERSONALITIES, type MisPersonalityName } from '../../simulator/terminals/mis-personalities.ts';
import { LCG } from '../seeded.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';
import { TerminalLine } from '../world/terminal-line.ts';

// Cards on a bank's MIS terminal. The dialect that was observed has commands for codes only; another bank's stands in the
// till's configuration.

interface Counter {
  readonly shop: MemoryShop;
  readonly mis: SimulatedMis;
  readonly line: TerminalLine;
}

const PATIENCE = { answerMs: 8_000, limitMs: 10_000 };

async function counter(name: MisPersonalityName): Promise<Counter> {
  const { dialect } = MIS_PERSONALITIES[name];
  const { tags, commands, results } = dialect;
  const mis = { takesPaycodes: true, dialect: { name: 'the bank', tags, commands, results, ...PATIENCE } };
  const shop = new MemoryShop({ terminal: { protocol: 'mis', path: 'terminal', mis } });
  const line = new TerminalLine(shop.clock);
  shop.lines.set('terminal', line);
  const chance = new LCG(11);
  const random = () => chance.below(1_000_000) / 1_000_000;
  const personality = { ...MIS_PERSONALITIES[name], ackMs: 5, hostMs: 400 };
  const terminal = new SimulatedMis(line, { personality, clock: shop.clock, random, host: (packet) => packet });
  await shop.start();
  await shop.pass(1_000);
  return { shop, mis: terminal, line };
}

function sale({ shop }: Counter, orderId: string, amountFen: number) {
  return shop.order('card-sale', { orderId, amountFen, currency: 'CNY' }, 600_000);
}

async function giveBack({ shop }: Counter, refundFen: number): Promise<void> {
  const words = { currency: 'CNY', reason: 'goods returned', requestedBy: 'c1', approvedBy: 'm1' };
  await shop.command('refund', { refundId: `F-${refundFen}`, orderId: 'A', refundFen, ...words }, BACKEND_KEY);
  await shop.untilRefund(`F-${refundFen}`, 'REFUNDED');
}

describe('a bank whose terminal takes cards from the till', () => {
  it('a card is charged: paid in the journal as in the host’s books, told by its numbers, and printed', async () => {
    const till = await counter('another-bank');
    expect(await sale(till, 'A', 1_200)).toMatchObject({
      status: 'ok',
      code: 'PAID',
      data: { maskedPan: '621234*********4584' },
    });
    await till.shop.pass(3_000);
    expect(till.mis.model.ledger).toMatchObject([{ command: 'sale', withPaycode: false, amountFen: 1_200 }]);
    expect(till.mis.model.netFen).toBe(1_200);
    expect(till.shop.attempts('A').at(-1)).toMatchObject({
      channel: 'CARD',
      card: { protocol: 'mis', outcome: 'approved' },
    });
    expect(till.shop.slipText()).toContain('12.00');
  });

  it('refused by the host, or by the red key: the order is free again', async () => {
    const till = await counter('another-bank');
    expect(await sale(till, 'A', 1_251)).toMatchObject({ status: 'declined' });
    expect(await sale(till, 'B', 1_297)).toMatchObject({ status: 'declined', code: 'CUSTOMER_CANCELLED' });
    expect([till.shop.orderState('A'), till.shop.orderState('B')]).toEqual(['OPEN', 'OPEN']);
    expect(till.mis.model.netFen).toBe(0);
  });

  it('an answer that is lost: it cannot be asked, so a person is called, and the next customer is served', async () => {
    const till = await counter('another-bank');
    expect(await sale(till, 'A', 1_298)).toMatchObject({ status: 'unknown', code: 'NEEDS_MANUAL_CHECK' });
    expect(till.shop.orderState('A')).toBe('DISPUTED');
    expect(await sale(till, 'B', 500)).toMatchObject({ status: 'ok' });
  });

  it('the process dies at any moment: charged once at most, and what nobody knows is a person’s', async () => {
    for (let at = 0; at < 600; at += 60) {
      const till = await counter('another-bank');
      till.shop.backend.order(till.shop.till, 'card-sale', { orderId: 'A', amountFen: 1_200, currency: 'CNY' });
      await till.shop.passUntil('an attempt', () => till.shop.process.till.book.attempts.size > 0, 30_000);
      await till.shop.pass(at);
      await till.shop.kill();
      await till.shop.start();
      const isOver = () => !['IN_PAYMENT', undefined].includes(till.shop.orderState('A'));
      await till.shop.passUntil('an end', isOver, 600_000);
      expect(till.mis.model.approvals, `killed after ${at} ms`).toBeLessThanOrEqual(1);
      const state = till.shop.orderState('A');
      expect(['PAID', 'DISPUTED'], `killed after ${at} ms`).toContain(state);
      if (state === 'PAID') expect(till.mis.model.netFen).toBe(1_200);
    }
  });

  it('all of it goes back as the void of a card, a part as a refund; a code goes back as a code', async () => {
    const card = await counter('another-bank');
    await sale(card, 'A', 1_200);
    await giveBack(card, 1_200);
    expect(card.mis.model.ledger.map(({ command }) => command)).toEqual(['sale', 'void']);
    expect(card.mis.model.netFen).toBe(0);

    const part = await counter('another-bank');
    await sale(part, 'A', 1_200);
    await giveBack(part, 200);
    expect(part.mis.model.ledger.map(({ command }) => command)).toEqual(['sale', 'refund']);

    const code = await counter('another-bank');
    await code.shop.collect('A', 1_200);
    code.shop.scan(code.shop.showCode());
    await code.shop.untilState('A', 'PAID');
    await giveBack(code, 1_200);
    expect(code.mis.model.ledger.map(({ command }) => command)).toEqual(['qrSale', 'qrVoid']);
  });
});

it('a terminal whose dialect has no command for cards is not asked for one: nothing is written down or said', async () => {
  const till = await counter('boc-yinjie');
  expect(await sale(till, 'A', 1_200)).toMatchObject({ status: 'failed', code: 'UNSUPPORTED' });
  expect(till.shop.process.till.book.attempts.size).toBe(0);
  expect(till.line.said).toEqual([]);
});
