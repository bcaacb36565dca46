import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShop, type TestShop } from 'tillwire/testkit';
import { expect, onTestFinished } from 'vitest';

// Four real processes: the agent, the shop, the card terminal, the test; a pseudo-terminal or a socket between the till and the
// terminal. The terminal's own ledger is asked, not the agent's word.

export type Wire = 'pty' | 'tcp';

export interface Counter {
  readonly shop: TestShop;
  /** what the terminal keeps, minor units, and how many sales it was asked for */
  readonly ledger: () => Promise<{ readonly total: number; readonly sales: number }>;
  /** the holds that stand there, minor units */
  readonly held: () => Promise<number>;
  readonly sale: (orderId: string, amountFen: number) => Promise<void>;
  readonly state: (orderId: string) => Promise<string | undefined>;
  readonly terminal: Awaited<ReturnType<TestShop['startDevice']>>;
}

export async function counter(wire: Wire, ...faults: readonly string[]): Promise<Counter> {
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
  const ledger = async () => {
    const before = terminal.program.lines.length;
    terminal.program.type('ledger');
    await eventually('a ledger', () => isLedger(terminal.program.lines.slice(before)));
    const line = terminal.program.lines.slice(before).find((one) => one.startsWith('{"event":"ledger"')) ?? '{}';
    return JSON.parse(line) as { total: number; entries: { kind: string; state: string; amount: number }[] };
  };
  return {
    shop,
    terminal,
    ledger: async () => {
      const { total, entries } = await ledger();
      return { total, sales: entries.filter(({ kind }) => kind === 'sale').length };
    },
    held: async () => {
      const { entries } = await ledger();
      const standing = entries.filter(({ kind, state }) => kind === 'preAuth' && state === 'kept');
      return standing.reduce((sum, { amount }) => sum + amount, 0);
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
export async function eventually(what: string, is: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await is())) {
    if (performance.now() > until) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A registration that a terminal did not hear is repeated twice, after 5 s each, and then the line is opened anew. */
const REGISTERED_MS = 45_000;

export async function terminalReady(shop: TestShop): Promise<void> {
  await eventually(
    'the terminal is ready',
    async () => {
      const { body } = await shop.agent.call<{ strip: { device: string; state: string }[] }>('/v1/state');
      return body.strip.some(({ device, state }) => device === 'terminal' && state === 'ok');
    },
    REGISTERED_MS,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
