import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../agent/clock.ts';
import { Shop } from '../../../simulator/shop.ts';
import { tillFolder } from '../../e2e/agent-process.ts';
import { TillWithApi } from '../console/till-with-api.ts';
import { selfTest } from './tested.ts';

describe('a self-test through the running agent', () => {
  let till: TillWithApi;
  beforeEach(async () => {
    till = await TillWithApi.open();
  });
  afterEach(() => till.close());

  it('tries no scan while a payment waits for one', async () => {
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-1', amountFen: 1250 });
    const { code, statuses } = await selfTest(till.configFile, '--only', 'scan');
    expect([code, statuses]).toEqual([1, { scan: 'fail' }]);
  });

  it('says that nobody scanned', async () => {
    const { code, statuses } = await selfTest(till.configFile, '--only', 'scan', '--within', '1');
    expect([code, statuses]).toEqual([1, { scan: 'fail' }]);
  });
});

describe('a self-test without an agent', () => {
  it('opens the devices itself and leaves them free', async () => {
    const shop = await Shop.open({ till: { tenant: 'demo', store: 's', agent: 't' }, clock: systemClock, paper: 58 });
    const { configFile, remove } = tillFolder(shop);
    try {
      const run = selfTest(configFile);
      const scanning = setInterval(() => void shop.gun.scan('6901234567892'), 300);
      const { code, statuses } = await run;
      clearInterval(scanning);
      expect(statuses).toEqual({ scan: 'ok', sign: 'skipped', print: 'ok', drawer: 'ok' });
      expect(code).toBe(0);
      expect(shop.slips.length).toBeGreaterThanOrEqual(2);
      shop.printer.change({ cover: 'open' });
      const again = await selfTest(configFile, '--only', 'print');
      expect([again.code, again.statuses]).toEqual([1, { print: 'fail' }]);
    } finally {
      await shop.close();
      remove();
    }
  });
});
