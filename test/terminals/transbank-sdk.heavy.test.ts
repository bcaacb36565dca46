import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { SimulatedAckedTerminal } from '../../simulator/terminals/acked-port.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { systemClock } from '../../simulator/world/clock.ts';

// The official Node SDK of Transbank as the till, our terminal at the other end of a pty: a third party that can contradict us.

const Answer = z.looseObject({ successful: z.boolean(), responseCode: z.number() });

interface Sdk {
  posTimeout: number;
  connect(path: string, baudRate: number): Promise<unknown>;
  disconnect(): Promise<unknown>;
  sale(amount: number, ticket: string, tells?: boolean, told?: (message: unknown) => void): Promise<unknown>;
  getLastSale(): Promise<unknown>;
  getTotals(): Promise<unknown>;
  refund(operation: number | string): Promise<unknown>;
  loadKeys(): Promise<unknown>;
  closeDay(): Promise<unknown>;
  changeToNormalMode(): Promise<unknown>;
}

const { POSIntegrado } = createRequire(import.meta.url)('transbank-pos-sdk') as { POSIntegrado: new () => Sdk };

describe('the official SDK of Transbank as the till', () => {
  let folder: string;
  let wire: PtyWire;
  let terminal: SimulatedAckedTerminal;
  let till: Sdk;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-transbank-'));
    wire = new PtyWire({ link: join(folder, 'terminal') });
    terminal = new SimulatedAckedTerminal('transbank', { personality: TERMINALS.transbank, clock: systemClock });
    terminal.onPort(wire);
    till = new POSIntegrado();
    till.posTimeout = 4_000;
    await till.connect(wire.path, 115_200);
  });
  afterEach(async () => {
    await till.disconnect();
    await wire.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sells, is declined, asks, gives back, closes the day', async () => {
    const told: number[] = [];
    const Told = z.object({ responseCode: z.number() });
    const sold = Answer.parse(
      await till.sale(1500, 'AB123', true, (message) => told.push(Told.parse(message).responseCode)),
    );
    expect(sold).toMatchObject({ successful: true, ticket: '0AB123', amount: 1500, operationNumber: '000001' });
    expect(told).toEqual([78, 79, 81, 82]);
    const declined = Answer.parse(await till.sale(1505, 'AB124'));
    expect(declined).toMatchObject({ successful: false, ticket: '0AB124', amount: 1505 });
    expect(Answer.parse(await till.getLastSale())).toMatchObject({ successful: false, ticket: '0AB124' });
    expect(Answer.parse(await till.getTotals())).toMatchObject({ successful: true, txCount: 1, txTotal: 1500 });
    expect(Answer.parse(await till.refund(1))).toMatchObject({ successful: true, operationId: '000001' });
    expect(Answer.parse(await till.refund(1)), 'twice').toMatchObject({ successful: false, responseCode: 4 });
    expect(Answer.parse(await till.getTotals())).toMatchObject({ txCount: 0, txTotal: 0 });
    expect(Answer.parse(await till.loadKeys())).toMatchObject({ successful: true });
    expect(Answer.parse(await till.closeDay())).toMatchObject({ successful: true });
    expect(await till.changeToNormalMode()).toBe(true);
    expect(terminal.ledger.entries.map(({ amount, state }) => [amount, state])).toEqual([
      [1500, 'reversed'],
      [1505, 'declined'],
    ]);
  });

  it('a customer who cancels at the terminal is told as code 7', async () => {
    expect(Answer.parse(await till.sale(1597, 'AB125'))).toMatchObject({ successful: false, responseCode: 7 });
  });
});
