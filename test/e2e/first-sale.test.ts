import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { rehearse, rehearseOnce } from './rehearsal.ts';

describe('npm start -- --once', () => {
  let sale: Awaited<ReturnType<typeof rehearseOnce>>;
  beforeAll(async () => {
    sale = await rehearseOnce(['--amount', '12.50']);
  }, 90_000);
  afterAll(() => rmSync(sale.folder, { recursive: true }));
  const file = (name: string) => join(sale.folder, name);

  it('ends 0 with one charge and no reversal', () => {
    expect(sale.stderr).toBe('');
    expect(sale.code).toBe(0);
    expect(sale.result).toMatchObject({
      state: 'PAID',
      amountFen: 1250,
      channel: 'WECHAT',
      ledger: { charges: 1, reversals: 0, netFen: 1250 },
    });
    expect(sale.result['timings']).toEqual({
      scanToPublishMs: expect.any(Number),
      scanToPaidMs: expect.any(Number),
      paidToPrintedMs: expect.any(Number),
    });
    expect(sale.result['attemptId']).toMatch(/^[0-9A-Za-z_-]{1,32}$/);
    expect(sale.result['transactionId']).toMatch(/^\d+$/);
  });

  it('prints a Chinese slip with the amount and a masked code', () => {
    const text = readFileSync(file('slip.txt'), 'utf8');
    for (const words of ['街角小店', '微信支付', '12.50', String(sale.result['attemptId'])])
      expect(text.replace(/\n\s*/g, '')).toContain(words);
    expect(text).toMatch(/1\d\*{12}\d{4}/);
    expect(readFileSync(file('slip.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  it('leaves a log without any paycode', () => {
    const log = readFileSync(file('agent.log'), 'utf8');
    expect(log.split('\n').length).toBeGreaterThan(5);
    expect(log).not.toMatch(/(?<!\d)1[0-5]\d{16}(?!\d)/);
  });

  needs('zbarimg')('an independent reader', () => {
    it('reads the QR on the slip', () => {
      const read = execFileSync('zbarimg', ['--raw', '-q', file('slip.png')], { encoding: 'utf8' });
      expect(read).toContain(String(sale.result['attemptId']));
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [['--channel', 'qq'], /not known/],
    [['--channel', 'gold'], /not known/],
    [['--amount', '1.005'], /yuan/],
    [['--scenario', 'nonsense'], /not known/],
    [['--paper', '57'], /58 or 80/],
    [['--nonsense'], /unknown option/],
  ])('%j exits 2 with one line', async (args, words) => {
    const { code, stderr } = await rehearse(['--once', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});
