import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import {
  openTerminal,
  TERMINAL_WIRES,
  type TerminalPort,
  type TerminalWire,
} from '../../simulator/terminals/terminal-port.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { LiveTill } from '../terminals/live-till.ts';

// A ZVT terminal on a real pseudo-terminal with the real serialport, and on a real socket.

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function shop(wire: TerminalWire): Promise<{ readonly port: TerminalPort; readonly till: LiveTill }> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-zvt-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const port = await openTerminal({
    personality: TERMINALS['zvt-brisk'],
    clock: systemClock,
    wire,
    link: join(folder, 'terminal'),
  });
  ends.push(() => port.close());
  const till = new LiveTill(port.path);
  ends.push(() => till.close());
  till.open();
  return { port, till };
}

describe.each(TERMINAL_WIRES)('a card terminal over %s', (wire) => {
  it('takes 12.00 and gives the receipt, refuses 12.51, gives the 12.00 back', async () => {
    const { port, till } = await shop(wire);
    const sale = await till.money({ kind: 'sale', reference: 'S1', amount: 1_200 });
    expect(sale).toMatchObject({
      outcome: 'approved',
      amount: 1_200,
      standing: 'final',
      card: { pan: '************0119', name: 'VISA' },
    });
    const printed = till.news.filter(({ kind }) => kind === 'printed');
    expect(JSON.stringify(printed)).toContain('Zahlung erfolgt');
    expect(await till.money({ kind: 'sale', reference: 'S2', amount: 1_251 })).toMatchObject({
      outcome: 'declined',
      evidence: { code: '51' },
    });
    const back = await till.money({ kind: 'void', reference: 'V1', amount: 1_200, original: sale.key });
    expect(back).toMatchObject({ outcome: 'approved', amount: 1_200 });
    expect(port.terminal.ledger.entries.map(({ kind, state }) => [kind, state])).toEqual([
      ['sale', 'reversed'],
      ['sale', 'declined'],
      ['reversal', 'kept'],
    ]);
  });

  it('whose cable is pulled at the moment of the result reverses it, and the till finds that out', async () => {
    const { port, till } = await shop(wire);
    await till.money({ kind: 'sale', reference: 'S1', amount: 1_000 });
    port.terminal.faults.arm('unplugged');
    expect(await till.money({ kind: 'sale', reference: 'S2', amount: 2_000 })).toMatchObject({
      outcome: 'cancelled',
      evidence: { by: 'query' },
    });
    expect(port.terminal.ledger.total()).toBe(1_000);
  });

  it('that says one byte at a time is understood', async () => {
    const { port, till } = await shop(wire);
    port.terminal.faults.arm('byte-by-byte', 'byte-by-byte', 'byte-by-byte', 'byte-by-byte');
    expect(await till.money({ kind: 'sale', reference: 'S1', amount: 1_000 })).toMatchObject({ outcome: 'approved' });
    expect(port.terminal.faults.waiting).toEqual([]);
  });
});
