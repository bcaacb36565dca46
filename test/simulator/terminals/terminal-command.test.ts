import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { TEST_AMOUNTS } from '../../../simulator/terminals/test-amounts.ts';
import { LiveTill } from '../../terminals/live-till.ts';
import { ZvtCounter } from '../../terminals/zvt-counter.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/tillwire-sim.js', import.meta.url));
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

it('tillwire-sim terminal: a sale over TCP, its ledger on request, an end with quit', async () => {
  const child = spawn(process.execPath, [
    PROGRAM,
    'terminal',
    '--protocol',
    'zvt',
    '--wire',
    'tcp',
    '--personality',
    'zvt-brisk',
    '--fault',
    'printer-not-ready',
    '--json',
  ]);
  ends.push(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse(((await lines.next()) as { value: string }).value) as Record<string, unknown>;
  const opened = await next();
  expect(opened).toMatchObject({ event: 'opened', protocol: 'zvt', wire: 'tcp' });
  const till = new LiveTill(String(opened['path']));
  ends.push(() => till.close());
  till.open();
  expect(await till.money({ kind: 'sale', reference: 'S1', amount: 900 })).toMatchObject({
    outcome: 'declined',
    evidence: { by: 'refused', code: 'CC' },
  });
  expect(await till.money({ kind: 'sale', reference: 'S2', amount: 900 })).toMatchObject({ outcome: 'approved' });
  child.stdin.write('ledger\n');
  expect(await next()).toMatchObject({
    event: 'ledger',
    total: 900,
    waiting: [],
    entries: [{ kind: 'sale', amount: 900, state: 'kept' }],
  });
  const closed = once(child, 'close');
  child.stdin.write('quit\n');
  expect(await closed).toEqual([0, null]);
});

describe('the last two digits of an amount', () => {
  const OUTCOMES = {
    approved: 'approved',
    declined: 'declined',
    cancelled: 'cancelled',
    'wrong-pin': 'declined',
  } as const;
  const LATER = {
    'unknown-then-approved': 'approved',
    'unknown-then-declined': 'declined',
    'approved-answer-lost': 'approved',
    'approved-reboot': 'approved',
  } as const;

  it.each(Object.entries(TEST_AMOUNTS))('%s: $meaning', (digits, { outcome }) => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    const result = counter.sale(1_000 + Number(digits));
    expect(result.outcome).toBe({ ...OUTCOMES, ...LATER }[outcome]);
    expect(result.evidence.by).toBe(outcome in LATER ? 'query' : 'answer');
    expect(counter.confirmed).toBe(counter.terminal.ledger.total());
  });
});
