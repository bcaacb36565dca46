import { describe, expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const HOUR = 3_600_000;

describe('signals to the risk desk, never a verdict [003-6]', () => {
  it('[003-6] many invalid codes: one signal in its time, and the next good code is paid', async () => {
    const shop = await MemoryShop.open();
    await shop.collect('O1');
    for (let n = 0; n < 9; n++) {
      shop.customer({ behaviour: { kind: 'refuses', code: 'AUTH_CODE_INVALID' } });
      shop.scan(shop.showCode());
      await shop.pass(3_000);
    }
    expect(shop.events('signal')).toMatchObject([{ signal: 'MANY_INVALID_CODES', count: 8, windowMs: 600_000 }]);
    await shop.kill();
    await shop.start();
    await shop.pass(1_000);
    shop.scan('6901234567892');
    await shop.pass(1_000);
    expect(shop.events('signal')).toHaveLength(1);
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
  });

  it('thresholds of the configuration take the place of the defaults, and the backend has the last word', async () => {
    const own = { MANY_INVALID_CODES: { windowMs: 600_000, atLeast: 2 } };
    const shop = await MemoryShop.open({ limits: { warnAt: 0.5, dayFen: 2_500, signals: own } });
    await shop.sell('HALF', 1_250);
    expect(shop.events('limit')).toMatchObject([{ limit: 'dayFen', level: 'warn', used: 1_250, of: 2_500 }]);
    await shop.collect('O1', 1_000);
    for (let n = 0; n < 2; n++) {
      shop.customer({ behaviour: { kind: 'refuses', code: 'AUTH_CODE_INVALID' } });
      shop.scan(shop.showCode());
      await shop.pass(3_000);
    }
    expect(shop.events('signal')).toMatchObject([{ signal: 'MANY_INVALID_CODES', count: 2 }]);
  });

  it('[003-6] [002-2] the same payer five times in an hour: a signal with the attempts, nobody refused', async () => {
    const shop = await MemoryShop.open();
    for (let n = 0; n < 6; n++) {
      shop.customer({ behaviour: { kind: 'pays' }, payer: n === 0 ? 'b'.repeat(16) : 'a'.repeat(16) });
      await shop.sell(`O${n}`);
    }
    const [signal, ...more] = shop.events('signal');
    expect(more).toEqual([]);
    expect(signal).toMatchObject({ signal: 'SAME_PAYER', count: 5 });
    expect(signal?.attemptIds).toEqual([1, 2, 3, 4, 5].flatMap((n) => shop.attemptIds(`O${n}`)));
  });

  it('[003-6] [002-2] round amounts, and payments in the middle of the night', async () => {
    const shop = await MemoryShop.open();
    for (let n = 0; n < 6; n++) await shop.sell(`R${n}`, 50_000);
    await shop.sell('R6', 49_990);
    expect(shop.events('signal')).toMatchObject([{ signal: 'ROUND_AMOUNTS', count: 6 }]);
    await shop.pass(16 * HOUR);
    for (let n = 0; n < 5; n++) await shop.sell(`N${n}`);
    expect(shop.events('signal')[1]).toMatchObject({ signal: 'NIGHT_HOURS', count: 5 });
  });

  it('[003-6] many refunds', async () => {
    const shop = await MemoryShop.open();
    const cashier = new LocalCaller(shop, 'cashier', 'clerk.1');
    for (let n = 0; n < 10; n++) {
      await shop.sell(`O${n}`);
      const body = { refundId: `F${n}`, orderId: `O${n}`, refundFen: 100, reason: 'x' };
      expect(await cashier.ask('/v1/refunds', { key: `k${n}`, body })).toMatchObject({ status: 202 });
    }
    await shop.pass(1_000);
    expect(shop.events('signal')).toMatchObject([{ signal: 'MANY_REFUNDS', count: 10 }]);
  });

  it('[003-6] 上报异常: a note of the clerk reaches the backend, masked, once, also when it was offline', async () => {
    const shop = await MemoryShop.open();
    shop.backend.acknowledgesEvents = false;
    const code = shop.showCode();
    const body = { note: `顾客反复换码 ${code}`, orderId: 'O1' };
    const { status, json } = await new LocalCaller(shop, 'page', 'clerk.1').ask('/v1/reports', { body });
    expect(status).toBe(201);
    await shop.kill();
    shop.backend.acknowledgesEvents = true;
    await shop.start();
    await shop.pass(5_000);
    const reports = shop.events('report');
    expect(reports).toMatchObject([{ personId: 'clerk.1', orderId: 'O1', at: json['at'] }]);
    expect(reports[0]?.note).toContain('顾客反复换码');
    expect(reports[0]?.note).not.toContain(code);
    const nobody = await new LocalCaller(shop).ask('/v1/reports', { body: { note: 'x' } });
    expect(nobody.status).toBe(403);
  });
});

describe('reversals after user-paying [004-15]', () => {
  const asked = { behaviour: { kind: 'enters-password', afterMs: 'never' } } as const;

  it('[004-15] half of the customers who were asked for a password end reversed: an alert for whoever watches many tills', async () => {
    const shop = await MemoryShop.open();
    const ask = async (orderId: string, pays: boolean) => {
      shop.customer(pays ? { behaviour: { kind: 'enters-password', afterMs: 2_000 } } : asked);
      await shop.collect(orderId);
      shop.scan(shop.showCode());
      await shop.untilState(orderId, pays ? 'PAID' : 'REVERSED');
      await shop.pass(2_000);
    };
    for (const n of [1, 2]) await ask(`P${n}`, true);
    for (const n of [1, 2]) await ask(`R${n}`, false);
    expect(shop.events('alert')).toEqual([]);
    await ask('R3', false);
    expect(shop.events('alert')).toMatchObject([{ alert: 'REVERSALS_AFTER_USER_PAYING', asked: 5, reversed: 3 }]);
    await ask('R4', false);
    expect(shop.events('alert')).toHaveLength(1);
  });
});
