import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SALES } from '../../simulator/scenarios/sales.ts';
import { rehearseOnce } from './rehearsal.ts';

// Real processes, real ptys, real MQTT, the channels' real waits: what the slow stories cost in wall time is their own
// deadline, so they run side by side.

describe.concurrent('every scenario ends as it should, with real processes', () => {
  for (const { name, ends } of SALES.filter((scenario) => scenario.name !== 'paid')) {
    it(name, { timeout: 120_000 }, async () => {
      const { code, stderr, result, folder } = await rehearseOnce([
        '--scenario',
        name,
        '--channel',
        name === 'user-paying' ? 'alipay' : 'wechat',
      ]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(result).toMatchObject({
        state: ends.state,
        ledger: { charges: ends.charges, netFen: ends.charges * 1250 },
      });
      expect(existsSync(join(folder, 'slip.png'))).toBe(ends.slips > 0);
      expect(readFileSync(join(folder, 'agent.log'), 'utf8')).not.toMatch(/(?<!\d)1[0-5]\d{16}(?!\d)/);
      rmSync(folder, { recursive: true });
    });
  }

  it('unionpay: accepted is not paid, a query proves it', { timeout: 60_000 }, async () => {
    const { code, result, folder } = await rehearseOnce(['--channel', 'unionpay']);
    expect(code).toBe(0);
    expect(result).toMatchObject({ state: 'PAID', channel: 'UNIONPAY', ledger: { charges: 1, reversals: 0 } });
    rmSync(folder, { recursive: true });
  });
});
