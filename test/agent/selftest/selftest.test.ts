import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeEscpos } from '../../../protocols/escpos/decode.ts';
import { genericProfile } from '../../../protocols/escpos/profile.ts';
import { summarise } from '../../../protocols/escpos/summary.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { TillWithApi } from '../console/till-with-api.ts';
import { selfTest } from './tested.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const read = (bytes: Uint8Array) => summarise(decodeEscpos(bytes, genericProfile(58)));

describe('a self-test through the running agent', () => {
  let till: TillWithApi;
  beforeEach(async () => {
    till = await TillWithApi.open();
  });
  afterEach(() => till.close());

  it('scans, prints, opens the drawer, and prints the result with its QR code', async () => {
    const run = selfTest(till.configFile, '--within', '20');
    const scanning = setInterval(
      () => void till.shop.gun.scan(`69012345678${Math.floor(Math.random() * 90) + 10}`),
      300,
    );
    const { code, ok, statuses } = await run;
    clearInterval(scanning);
    expect(statuses).toEqual({ scan: 'ok', sign: 'skipped', print: 'ok', drawer: 'ok' });
    expect([code, ok]).toEqual([0, true]);
    await eventually('test page and report', () => till.shop.slips.length >= 2);
    const slips = till.shop.slips.flatMap((bytes) => read(bytes).slips);
    const codes = slips.flatMap(({ qr }) => qr);
    expect(codes.join()).toMatch(
      /^TILLWIRE-SELFTEST ok scan=ok sign=skipped print=ok drawer=ok till=demo\/store-1\/till-1/,
    );
  });
});
