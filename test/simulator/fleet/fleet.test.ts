import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ulid } from '../../../protocols/backend/ulid.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { SimBackend } from '../../../simulator/backend/backend.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { systemClock } from '../../../simulator/world/clock.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { FleetProcess } from './fleet-process.ts';

describe('tillwire-sim fleet', () => {
  it('five tills with a backend of their own: every payment is in the ledger once, and one JSON value tells of it', async () => {
    const fleet = new FleetProcess('--tills', '5', '--backend', '--seconds', '2', '--pace', '200');
    const { code, result } = await fleet.end();
    expect(code, fleet.stderr).toBe(0);
    expect(result).toMatchObject({ tills: 5, unknown: 0, unreadable: 0, reconnects: 0, problems: [] });
    expect(result.paid).toBeGreaterThan(5);
    expect(result.ledger).toMatchObject({ charges: result.paid, reversals: 0, chargedTwice: 0, unreadable: 0 });
    expect(result.scanToPaidMs.p50).toBeGreaterThan(0);
    expect(fleet.stderr).toMatch(/5\/5 online, .* paid \(.*\/s\), p50 .* unknown, 0 reconnects, \d+ KiB\/till/);
  });

  it("somebody else's backend orders: each till answers, pays once and says so", async () => {
    const broker = await startBroker();
    onTestFinished(() => broker.stop());
    const acquirer = new Acquirer(systemClock);
    const newId = () => ulid(systemClock.now(), randomBytes(10));
    const door = { host: broker.host, port: broker.port, clientId: 'backend' };
    const backend = new SimBackend(door, { acquirer, clock: systemClock, newId });
    onTestFinished(() => backend.stop());
    await backend.start();
    const url = `mqtt://${broker.host}:${broker.port}`;
    const fleet = new FleetProcess(
      '--tills',
      '3',
      '--broker',
      url,
      '--seconds',
      '20',
      '--pace',
      '0.01',
      '--tenant',
      'acme',
    );
    const till = { tenant: 'acme', store: 'store-1', agent: 'till-3' };
    await eventually('the third till is online', () => backend.stateOf(till)?.s === 'online');
    const accepted = await backend.collect(till, { orderId: 'B-1', amountFen: 321 });
    expect(accepted).toMatchObject({ phase: 'accepted', status: 'ok' });
    expect(await backend.finalOf(accepted.id, 10_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect(acquirer.ledger.ofOrder('B-1')).toMatchObject({ charges: 1, netFen: 321 });
    await eventually('its events are there', () => backend.eventsOf(till).length === 2);
    expect(backend.eventsOf(till).map(({ data }) => 'state' in data && data.state)).toEqual(['SUBMITTED', 'PAID']);
    fleet.interrupt();
    const { code, result } = await fleet.end();
    expect(code).toBe(0);
    expect(result).toMatchObject({ interrupted: true, ledger: null, problems: [] });
    await eventually('it said goodbye', () => backend.stateOf(till)?.s === 'offline');
  });

  it.each([
    ['nothing to connect to', ['--tills', '5'], /give --broker URL, or --backend/],
    ['no number of tills', ['--tills', 'many', '--backend'], /--tills is a whole number/],
    ['a password in the address', ['--tills', '1', '--broker', 'mqtt://me:pw@h'], /--username and --password-file/],
    [
      'losses at a real backend',
      ['--tills', '1', '--broker', 'mqtt://h', '--lost', '5'],
      /--lost is for the simulated/,
    ],
  ])('%s: exit 2 and what to do', async (_what, args, why) => {
    const fleet = new FleetProcess(...args);
    expect((await fleet.end()).code).toBe(2);
    expect(fleet.stderr).toMatch(why);
  });
});
