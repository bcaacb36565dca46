import { describe, expect, it } from 'vitest';
import { HOP_MS } from '../world/broker.ts';
import { MemoryShop, TILL } from '../world/shop.ts';

const HOUR = 3_600_000;

/** A shop whose PC is off by this much. */
async function shopOff(ms: number): Promise<MemoryShop> {
  const shop = new MemoryShop();
  shop.clockWrongByMs = ms;
  await shop.start();
  await shop.pass(1_000);
  return shop;
}

const warnings = (shop: MemoryShop) => shop.log.filter((line) => line['code'] === 'CLOCK_UNTRUSTED');

describe('clock-untrusted: payments go on, on monotonic timers', () => {
  it.each([
    ['an hour behind', -HOUR],
    ['an hour ahead', HOUR],
    ['still in 1970', -Date.UTC(2026, 10, 22, 2)],
  ])('%s: paid, the slip prints backend time, the technician is warned once', async (_, wrongByMs) => {
    const shop = await shopOff(wrongByMs);
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 7_000 } });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
    await shop.pass(2_000);
    expect(shop.slipText()).toContain('2026/11/22 10:00');
    expect(warnings(shop)).toMatchObject([{ level: 'warn', errorMs: wrongByMs }]);
    const clocks = shop.events('clock');
    expect(clocks).toEqual([{ type: 'clock', trusted: false, errorMs: wrongByMs }]);
  });

  it('restarted with its clock years behind: the backend still knows which process is the later one', async () => {
    const shop = new MemoryShop();
    const said: string[] = [];
    shop.backend.onState = ({ s, boot }) => said.push(`${s} ${boot}`);
    await shop.start();
    await shop.pass(1_000);
    await shop.kill();
    shop.clockWrongByMs = -5 * 365 * 24 * HOUR;
    await shop.start();
    await shop.pass(1_000);
    await shop.kill();
    await shop.start();
    await shop.pass(1_000);
    const online = said.filter((line) => line.startsWith('online'));
    expect([new Set(online).size, online.toSorted()]).toEqual([3, online]);
    await shop.sell('O1');
  });

  it('never compared: paid all the same, and said', async () => {
    const shop = new MemoryShop();
    shop.backend.answersTime = false;
    await shop.start();
    await shop.pass(1_000);
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
    expect(warnings(shop).length).toBe(1);
    expect(shop.events('clock')).toEqual([{ type: 'clock', trusted: false }]);
  });

  it('not told yet: the first payment waits a moment for the time, and begins by a clock that was compared', async () => {
    const shop = new MemoryShop();
    shop.backend.answersTime = false;
    await shop.start();
    await shop.pass(1_000);
    await shop.collect('O1');
    shop.process.clock.wrongByMs = HOUR;
    const scanned = shop.clock.mono();
    shop.scan(shop.showCode());
    await shop.pass(500);
    expect(shop.requests('pay')).toEqual([]);
    shop.backend.answersTime = true;
    await shop.untilState('O1', 'PAID');
    const [pay] = shop.requests('pay');
    const { exp } = JSON.parse(pay?.text ?? '') as { exp: number };
    // in backend time, although the PC is an hour ahead
    expect(exp).toBeLessThanOrEqual(shop.clock.now() + 50_000);
    expect(shop.clock.mono() - scanned).toBeLessThan(3_000);
  });

  it('told six seconds late, while one command after the other waits for it: it is learned all the same', async () => {
    const shop = new MemoryShop();
    shop.clockWrongByMs = HOUR;
    shop.broker.fateOf = ({ topic }) => (topic.endsWith('/time/res') ? [6_000] : [HOP_MS]);
    await shop.start();
    await shop.pass(3_000);
    for (let n = 1; n <= 10; n++) shop.backend.order(TILL, 'query', { orderId: `O${n}` });
    await shop.pass(15_000);
    expect(warnings(shop).at(-1)).toMatchObject({ errorMs: expect.closeTo(HOUR, -4) });
    await shop.pass(15_000);
    await shop.sell('O11');
  });

  it('two minutes are not much; a clock that is set right is believed again', async () => {
    const shop = await shopOff(-119_000);
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
    expect(warnings(shop)).toEqual([]);
    shop.process.clock.wrongByMs = HOUR;
    await shop.pass(300_000);
    shop.process.clock.wrongByMs = 0;
    await shop.pass(300_000);
    expect(shop.events('clock').map(({ trusted }) => trusted)).toEqual([false, true]);
  });

  it('a jump in the middle of a payment moves no deadline', async () => {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    shop.process.clock.wrongByMs = 24 * HOUR;
    await shop.pass(20_000);
    shop.process.clock.wrongByMs = -24 * HOUR;
    const from = shop.clock.mono();
    await shop.untilState('O1', 'REVERSED');
    expect(Math.round((shop.clock.mono() - from) / 1_000)).toBe(25);
  });
});

describe('clock-untrusted: a restart tightens the rules', () => {
  /** The customer is still typing when the process dies, three seconds after the scan. */
  async function dieWhilePaying(wrongBefore: number, wrongAfter: number, afterMs: number | 'never') {
    const shop = await shopOff(wrongBefore);
    shop.customer({ behaviour: { kind: 'enters-password', afterMs } });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    await shop.pass(3_000);
    await shop.kill();
    shop.clockWrongByMs = wrongAfter;
    await shop.start();
    return shop;
  }

  it('a clock that agreed with the backend: the wait for the customer goes on where it was', async () => {
    const shop = await dieWhilePaying(0, 0, 20_000);
    await shop.untilState('O1', 'PAID');
  });

  it.each([
    ['was wrong when the attempt began', -HOUR, -HOUR],
    ['runs backwards over the restart', 0, -HOUR],
  ])('a clock that %s: asked, not waited for, reversed once the channel surely takes it', async (_, before, after) => {
    const shop = await dieWhilePaying(before, after, 'never');
    const from = shop.clock.mono();
    const last = await shop.untilState('O1', 'REVERSED');
    expect(Math.round((shop.clock.mono() - from) / 1_000)).toBe(15); // WeChat's 15 s, counted from the restart
    expect(last.category).toBe('REVERSED');
    const reasons = shop
      .requests('reverse')
      .map(({ text }) => (JSON.parse(text) as { args: { reason: string } }).args.reason);
    expect(reasons).toEqual(['RESTART']);
    expect(shop.acquirer.ledger.total().charges).toBe(0);
  });

  it('a jump ahead over the restart looks like a long time: asked and reversed at once, never twice charged', async () => {
    const shop = await dieWhilePaying(0, 30 * 24 * HOUR, 4_000);
    await shop.passUntil('an end', () => ['PAID', 'REVERSED'].includes(shop.state('O1') ?? ''));
    const { charges, reversals } = shop.acquirer.ledger.total();
    expect(charges - reversals).toBe(shop.state('O1') === 'PAID' ? 1 : 0);
  });
});
