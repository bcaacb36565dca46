import { describe, expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

const lost = (count: number) => Array.from({ length: count }, () => ({ kind: 'lose' }) as const);

describe('reversing is not allowed', () => {
  it('the order is disputed, and what was asked and answered, and when, is in journal and event', async () => {
    const shop = await MemoryShop.open();
    shop.customer({
      behaviour: { kind: 'enters-password', afterMs: 'never' },
      trouble: { reverse: [{ code: 'ACQ.SYSTEM_ERROR' }, { code: 'ACQ.REASON_TRADE_BEEN_FREEZEN' }] },
    });
    const command = await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    const last = await shop.untilState('O1', 'NEEDS_MANUAL_CHECK');
    const { exchanges = [], leftOut } = last.evidence ?? {};
    expect(exchanges[0]).toMatchObject({ op: 'pay', n: 1, asked: 0, code: '10003' });
    expect(exchanges.slice(-3)).toMatchObject([
      { op: 'query', n: 20, code: 'WAIT_BUYER_PAY' },
      { op: 'reverse', n: 1, code: 'ACQ.SYSTEM_ERROR' },
      { op: 'reverse', n: 2, code: 'ACQ.REASON_TRADE_BEEN_FREEZEN' },
    ]);
    expect([exchanges.length, leftOut]).toEqual([16, 7]);
    for (const { asked, answered } of exchanges) expect(answered).toBeGreaterThanOrEqual(asked);
    await shop.pass(100);
    expect(shop.backend.resultsOf(command).at(-1)).toMatchObject({
      phase: 'final',
      status: 'unknown',
      code: 'NEEDS_MANUAL_CHECK',
    });
    expect(shop.desk.blockedOrders()).toMatchObject([{ orderId: 'O1', why: 'NEEDS_MANUAL_CHECK' }]);
    expect(shop.disk.text()).toContain('ACQ.REASON_TRADE_BEEN_FREEZEN');
    await shop.kill();
    await shop.start();
    expect(shop.desk.blockedOrders()).toMatchObject([{ orderId: 'O1', why: 'NEEDS_MANUAL_CHECK' }]);
    expect(await shop.desk.cancel('O1')).toBe('NEEDS_MANUAL_CHECK');
  });
});

describe('the reverse window', () => {
  /** Begun two minutes before midnight in Beijing. Nobody answers but to say that nobody knows. */
  async function overnight(query: 'lost' | 'open') {
    const shop = await MemoryShop.open();
    await shop.pass(14 * 3_600_000 - 120_000 - 1_000);
    const trouble = Array.from({ length: 400 }, () => ({ code: '20000' }));
    const plan = {
      behaviour: { kind: 'enters-password', afterMs: 'never' },
      trouble: { reverse: trouble, query: trouble },
    } as const;
    shop.customer(query === 'lost' ? { ...plan, answers: { query: lost(400) } } : plan);
    await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    await shop.untilState('O1', 'REVERSING');
    return shop;
  }
  const minutesPastMidnight = (shop: MemoryShop) =>
    Math.floor((shop.clock.now() - Date.UTC(2026, 10, 22, 16)) / 60_000);

  it('shuts 15 min past midnight in Beijing: no reverse leaves then, one last query, and a person is called', async () => {
    const shop = await overnight('open');
    await shop.pass(15 * 60_000);
    expect(shop.state('O1')).toBe('REVERSING');
    const last = await shop.untilState('O1', 'NEEDS_MANUAL_CHECK', 3_600_000);
    expect(minutesPastMidnight(shop)).toBeGreaterThanOrEqual(15);
    expect(minutesPastMidnight(shop)).toBeLessThan(21);
    expect(last.evidence).toMatchObject({ windowClosed: true });
    expect(last.evidence?.exchanges.at(-1)).toMatchObject({ op: 'query', code: '20000' });
    const reverses = shop.requests('reverse').length;
    await shop.pass(3_600_000);
    expect(shop.requests('reverse').length).toBe(reverses);
  });

  it('shuts while nobody can be asked: it is asked on until somebody says how it ended', async () => {
    const shop = await overnight('open');
    shop.broker.stop();
    await shop.pass(3 * 3_600_000);
    expect(shop.state('O1')).toBe('REVERSING');
    expect(shop.desk.blockedOrders().length).toBe(1);
    shop.broker.restart();
    await shop.untilState('O1', 'NEEDS_MANUAL_CHECK', 900_000);
  });

  it('is seven days for WeChat, also for a PC that was off meanwhile', async () => {
    const shop = await MemoryShop.open();
    const trouble = Array.from({ length: 400 }, () => ({ code: 'SYSTEMERROR' }));
    shop.customer({
      behaviour: { kind: 'enters-password', afterMs: 'never' },
      trouble: { reverse: trouble, query: trouble },
    });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'REVERSING');
    const hours = 3_600_000;
    await shop.kill();
    await shop.pass((7 * 24 - 1) * hours);
    await shop.start();
    await shop.pass(0.9 * hours);
    expect(shop.state('O1')).toBe('REVERSING');
    expect(shop.requests('reverse').length).toBeGreaterThan(10);
    const last = await shop.untilState('O1', 'NEEDS_MANUAL_CHECK', 0.3 * hours);
    expect(last.evidence).toMatchObject({ windowClosed: true });
    expect(last.evidence?.exchanges.map(({ op }) => op)).toContain('reverse');
  });
});

describe('SUCCESS after a reverse was sent', () => {
  it('never becomes PAID: another reverse follows, and it is said', async () => {
    const shop = await MemoryShop.open();
    // the customer pays, every answer is slow: the success reaches the till when the reverse is out already
    shop.customer({
      behaviour: { kind: 'pays' },
      answers: { pay: [{ kind: 'delay', ms: 65_400 }], query: lost(40), reverse: [{ kind: 'delay', ms: 900 }] },
    });
    await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    const last = await shop.untilState('O1', 'REVERSED');
    expect(shop.log.some(({ note }) => note === 'SUCCESS_AFTER_REVERSE')).toBe(true);
    expect(last).toMatchObject({ successAfterReverse: true });
    expect(shop.requests('reverse').length).toBe(2);
    expect(shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 1, netFen: 0 });
  });

  it('found by the query of a restart: reversed again', async () => {
    const shop = await MemoryShop.open();
    const trouble = [{ code: '20000' }, { code: '20000' }, { code: '20000' }];
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 61_500 }, trouble: { reverse: trouble } });
    await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    await shop.untilState('O1', 'REVERSING');
    await shop.pass(1_800);
    await shop.kill();
    expect(shop.acquirer.ledger.total().charges).toBe(1);
    await shop.start();
    const last = await shop.untilState('O1', 'REVERSED');
    expect(last).toMatchObject({ successAfterReverse: true });
    expect(shop.acquirer.ledger.total().netFen).toBe(0);
    expect(shop.attempts('O1').some(({ state }) => state === 'PAID')).toBe(false);
  });
});

describe('SUCCESS after the attempt had ended', () => {
  /** The channel says no, and afterwards yes. */
  async function contradicted() {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
    const command = await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'FAILED');
    await shop.pass(100);
    const refusal = shop.messages.find(({ topic, text }) => topic.includes('/rep/') && text.includes('NOTENOUGH'));
    const reply = {
      ...(JSON.parse(refusal?.text ?? '') as { requestId: string }),
      code: 'SUCCESS',
      paidFen: 1250,
      paidAt: shop.clock.now(),
    };
    return { shop, command, sayYes: () => shop.broker.publish(refusal?.topic ?? '', reply, 1) };
  }

  it('disputes the order: no further payment of it, and a person is called', async () => {
    const { shop, command, sayYes } = await contradicted();
    sayYes();
    await shop.pass(1_000);
    expect(shop.attempts('O1').at(-1)).toMatchObject({
      state: 'FAILED',
      category: 'NEEDS_MANUAL_CHECK',
      lateSuccess: true,
    });
    expect(shop.desk.blockedOrders()).toMatchObject([{ orderId: 'O1', why: 'NEEDS_MANUAL_CHECK' }]);
    expect(shop.backend.resultsOf(command).at(-1)).toMatchObject({
      phase: 'final',
      status: 'unknown',
      code: 'NEEDS_MANUAL_CHECK',
    });
    shop.scan(shop.showCode());
    await shop.pass(1_000);
    expect(shop.requests('pay').length).toBe(1);
    sayYes();
    await shop.pass(1_000);
    expect(shop.attempts('O1').filter(({ lateSuccess }) => lateSuccess).length).toBe(1);
  });

  it('while the next attempt runs: that one is cancelled, and the order is disputed whatever it becomes', async () => {
    const { shop, sayYes } = await contradicted();
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    sayYes();
    await shop.untilState('O1', 'REVERSED', 20_000);
    expect(shop.desk.blockedOrders()).toMatchObject([{ orderId: 'O1', why: 'NEEDS_MANUAL_CHECK' }]);
  });

  it('is no dispute when it is only the slow answer to a payment that was reversed since', async () => {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'delay', ms: 90_000 }], query: lost(40) } });
    await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    await shop.untilState('O1', 'REVERSED');
    await shop.pass(60_000);
    expect(shop.log.filter(({ msg }) => msg === 'late reply').length).toBe(1);
    expect(shop.desk.blockedOrders()).toEqual([]);
  });
});
