import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../agent/clock.ts';
import { decodeEscpos } from '../../../protocols/escpos/decode.ts';
import { genericProfile } from '../../../protocols/escpos/profile.ts';
import { summarise } from '../../../protocols/escpos/summary.ts';
import { Shop } from '../../../simulator/shop.ts';
import { eventually, tillFolder } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { TillWithApi } from '../console/till-with-api.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Report {
  readonly ok: boolean;
  readonly steps: readonly { readonly step: string; readonly status: string }[];
}

const statuses = ({ steps }: Report) => Object.fromEntries(steps.map(({ step, status }) => [step, status]));
const read = (bytes: Uint8Array) => summarise(decodeEscpos(bytes, genericProfile(58)));

describe('a self-test through the running agent', () => {
  let till: TillWithApi;
  beforeEach(async () => {
    till = await TillWithApi.open();
  });
  afterEach(() => till.close());

  it('scans, prints, opens the drawer, and prints the result with its QR code', async () => {
    const run = tillwire(['selftest', '--config', till.configFile, '--json', '--within', '20']);
    const scanning = setInterval(
      () => void till.shop.gun.scan(`69012345678${Math.floor(Math.random() * 90) + 10}`),
      300,
    );
    const { code, stdout } = await run;
    clearInterval(scanning);
    const report = JSON.parse(stdout) as Report;
    expect(statuses(report)).toEqual({ scan: 'ok', sign: 'skipped', print: 'ok', drawer: 'ok' });
    expect([code, report.ok]).toEqual([0, true]);
    await eventually('test page and report', () => till.shop.slips.length >= 2);
    const slips = till.shop.slips.flatMap((bytes) => read(bytes).slips);
    const codes = slips.flatMap(({ qr }) => qr);
    expect(codes.join()).toMatch(
      /^TILLWIRE-SELFTEST ok scan=ok sign=skipped print=ok drawer=ok till=demo\/store-1\/till-1/,
    );
  });

  it('tries no scan while a payment waits for one', async () => {
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-1', amountFen: 1250 });
    const { code, stdout } = await tillwire(['selftest', '--config', till.configFile, '--json', '--only', 'scan']);
    expect([code, statuses(JSON.parse(stdout) as Report)]).toEqual([1, { scan: 'fail' }]);
  });

  it('says that nobody scanned', async () => {
    const args = ['selftest', '--config', till.configFile, '--json', '--only', 'scan', '--within', '1'];
    const { code, stdout } = await tillwire(args);
    expect([code, statuses(JSON.parse(stdout) as Report)]).toEqual([1, { scan: 'fail' }]);
  });
});

describe('a self-test without an agent', () => {
  it('opens the devices itself and leaves them free', async () => {
    const shop = await Shop.open({ till: { tenant: 'demo', store: 's', agent: 't' }, clock: systemClock, paper: 58 });
    const { configFile, remove } = tillFolder(shop);
    try {
      const run = tillwire(['selftest', '--config', configFile, '--json']);
      const scanning = setInterval(() => void shop.gun.scan('6901234567892'), 300);
      const { code, stdout } = await run;
      clearInterval(scanning);
      expect(statuses(JSON.parse(stdout) as Report)).toEqual({
        scan: 'ok',
        sign: 'skipped',
        print: 'ok',
        drawer: 'ok',
      });
      expect(code).toBe(0);
      expect(shop.slips.length).toBeGreaterThanOrEqual(2);
      shop.printer.change({ cover: 'open' });
      const again = await tillwire(['selftest', '--config', configFile, '--json', '--only', 'print']);
      expect([again.code, statuses(JSON.parse(again.stdout) as Report)]).toEqual([1, { print: 'fail' }]);
    } finally {
      await shop.close();
      remove();
    }
  });
});
