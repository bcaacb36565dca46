import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { counter, eventually, terminalReady } from './card-counter.ts';
import { tillwire } from './run-tillwire.ts';

describe.each(['pty', 'tcp'] as const)('a card terminal on %s, all of it real processes', (wire) => {
  it('approved, declined, cancelled: charged once, told, and the paid one printed', { timeout: 60_000 }, async () => {
    const { shop, sale, state, ledger } = await counter(wire);
    await sale('YES-1', 12_000);
    await eventually('paid', async () => (await state('YES-1')) === 'PAID');
    expect(await shop.expectSlip({ text: '120.00' })).toBeDefined();
    await sale('NO-1', 12_051);
    await eventually('refused', async () => (await state('NO-1')) === 'OPEN');
    await sale('RED-1', 12_097);
    await eventually('cancelled', async () => (await state('RED-1')) === 'OPEN');
    expect(await ledger()).toMatchObject({ total: 12_000 });
  });

  it('the agent is killed while the card is at work: the next one asks, and nothing is charged twice', {
    timeout: 90_000,
  }, async () => {
    const { shop, sale, state, ledger } = await counter(wire);
    await sale('KILL-1', 12_000);
    await eventually('under way', async () => (await state('KILL-1')) === 'IN_PAYMENT');
    await shop.agent.program?.kill();
    await shop.startAgent();
    await eventually(
      'an end',
      async () => ['PAID', 'OPEN', 'DISPUTED'].includes((await state('KILL-1')) ?? ''),
      // the terminal waits half a minute for the till that began
      50_000,
    );
    const { total, sales } = await ledger();
    expect(sales).toBeLessThanOrEqual(1);
    expect(total).toBe((await state('KILL-1')) === 'PAID' ? 12_000 : 0);
  });

  it('approved, and nothing more is heard: the terminal is asked, and the order is paid', {
    timeout: 60_000,
  }, async () => {
    const { sale, state, ledger } = await counter(wire, 'unplugged');
    await sale('GONE-1', 12_000);
    await eventually('an end', async () => ['PAID', 'OPEN'].includes((await state('GONE-1')) ?? ''), 40_000);
    const { total } = await ledger();
    expect(total).toBe((await state('GONE-1')) === 'PAID' ? 12_000 : 0);
  });
});

describe('tillwire terminal, beside a running agent', () => {
  it('settles and prints again, says how it ended, and repeats a wish by its key', { timeout: 90_000 }, async () => {
    const { shop, sale, state } = await counter('pty');
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-token-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { url = '', token = '' } = shop.agent.address ?? {};
    const file = join(folder, 'token');
    writeFileSync(file, token, { mode: 0o600 });
    const where = ['--url', url, '--token-file', file];
    await sale('CLI-1', 12_000);
    await eventually('paid', async () => (await state('CLI-1')) === 'PAID');
    const printed = await tillwire(['terminal', 'reprint', ...where]);
    expect(printed).toMatchObject({ code: 0, stdout: 'TERMINAL_REPRINTED: 已重打印 / printed again\n' });
    const settled = await tillwire(['terminal', 'settle', '--key', 'day-1', '--json', ...where]);
    expect(settled.code).toBe(0);
    expect(JSON.parse(settled.stdout)).toMatchObject({ phase: 'final', status: 'ok', code: 'TERMINAL_SETTLED' });
    const again = await tillwire(['terminal', 'settle', '--key', 'day-1', '--json', ...where]);
    expect(JSON.parse(again.stdout)).toMatchObject({ code: 'TERMINAL_SETTLED', replayed: true });
    expect(await tillwire(['terminal', 'settle', '--wait', 'long', ...where])).toMatchObject({ code: 2 });
    expect(await tillwire(['terminal', 'open', ...where])).toMatchObject({ code: 2 });
  });
});

describe('a real connection to a card terminal', () => {
  it.each(['half-close', 'reset-mid-message', 'closed-between'])(
    '%s: the journal and the terminal agree, and the next customer is served',
    { timeout: 60_000 },
    async (fault) => {
      const { shop, sale, state, ledger } = await counter('tcp', fault);
      await sale('A-1', 12_000);
      await eventually('an end', async () => ['PAID', 'OPEN'].includes((await state('A-1')) ?? ''), 40_000);
      const first = (await state('A-1')) === 'PAID' ? 12_000 : 0;
      expect((await ledger()).total).toBe(first);
      await terminalReady(shop);
      await sale('A-2', 300);
      await eventually('the next one', async () => (await state('A-2')) === 'PAID', 40_000);
      expect((await ledger()).total).toBe(first + 300);
    },
  );
});
