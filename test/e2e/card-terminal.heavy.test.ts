import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShop, type TestShop } from 'tillwire/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tillwire } from './run-tillwire.ts';

// Four real processes: the agent, the shop, the card terminal, the test; a pseudo-terminal or a socket between the till and the
// terminal. The terminal's own ledger is asked, not the agent's word.

type Wire = 'pty' | 'tcp';

interface Counter {
  readonly shop: TestShop;
  /** what the terminal keeps, minor units, and how many sales it was asked for */
  readonly ledger: () => Promise<{ readonly total: number; readonly sales: number }>;
  readonly sale: (orderId: string, amountFen: number) => Promise<void>;
  readonly state: (orderId: string) => Promise<string | undefined>;
  readonly terminal: Awaited<ReturnType<TestShop['startDevice']>>;
}

async function counter(wire: Wire, ...faults: readonly string[]): Promise<Counter> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-card-'));
  const port = wire === 'tcp' ? await freePort() : 0;
  const path = wire === 'tcp' ? `tcp://127.0.0.1:${port}` : join(folder, 'terminal');
  const shop = await openShop({ agent: { terminal: { protocol: 'zvt', path, currency: 978 } } });
  onTestFinished(async () => {
    await shop.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const where = wire === 'tcp' ? ['--port', String(port)] : ['--path', path];
  const wrong = faults.flatMap((fault) => ['--fault', fault]);
  const terminal = await shop.startDevice('terminal', [
    '--protocol',
    'zvt',
    '--wire',
    wire,
    '--personality',
    'zvt-brisk',
    ...where,
    ...wrong,
  ]);
  await terminalReady(shop);
  let asked = 0;
  return {
    shop,
    terminal,
    ledger: async () => {
      const before = terminal.program.lines.length;
      terminal.program.type('ledger');
      await eventually('a ledger', () => isLedger(terminal.program.lines.slice(before)));
      const line = terminal.program.lines.slice(before).find((one) => one.startsWith('{"event":"ledger"')) ?? '{}';
      const { total, entries } = JSON.parse(line) as { total: number; entries: { kind: string; state: string }[] };
      return { total, sales: entries.filter(({ kind }) => kind === 'sale').length };
    },
    sale: async (orderId, amountFen) => {
      asked += 1;
      const answer = await shop.agent.call('/v1/card-sales', {
        method: 'POST',
        body: { orderId, amountFen },
        idempotencyKey: `sale-${asked}`,
      });
      expect(answer).toMatchObject({ status: 202 });
    },
    state: async (orderId) => {
      // a process that has just started opens its API behind everything else
      if (shop.agent.address === undefined) return undefined;
      const { body } = await shop.agent.call<{ order?: { state: string } }>(`/v1/orders/${orderId}`);
      return body.order?.state;
    },
  };
}

function isLedger(lines: readonly string[]): boolean {
  return lines.some((line) => line.startsWith('{"event":"ledger"'));
}

/** Asks until it is so. */
async function eventually(what: string, is: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await is())) {
    if (performance.now() > until) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function terminalReady(shop: TestShop): Promise<void> {
  await eventually('the terminal is ready', async () => {
    const { body } = await shop.agent.call<{ strip: { device: string; state: string }[] }>('/v1/state');
    return body.strip.some(({ device, state }) => device === 'terminal' && state === 'ok');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

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
    timeout: 60_000,
  }, async () => {
    const { shop, sale, state, ledger } = await counter(wire);
    await sale('KILL-1', 12_000);
    await eventually('under way', async () => (await state('KILL-1')) === 'IN_PAYMENT');
    await shop.agent.program?.kill();
    await shop.startAgent();
    await eventually(
      'an end',
      async () => ['PAID', 'OPEN', 'DISPUTED'].includes((await state('KILL-1')) ?? ''),
      40_000,
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
