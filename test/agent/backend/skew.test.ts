import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../agent/clock.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { aPay, Closing, openBackend, openTill, TILL, until } from './till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

const HOUR = 3_600_000;

/** A PC whose wall clock can be set; the monotonic clock cannot. */
function pcClock(offsetMs: number): Clock & { set(offsetMs: number): void } {
  let offset = offsetMs;
  return { ...systemClock, now: () => Date.now() + offset, set: (to) => void (offset = to) };
}

/** What a busy machine may hold one half of a round trip up for. Clocks that are wrong here are wrong by an hour and more. */
const NEAR_MS = 2_000;

async function shop(offsetMs: number) {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const { backend, ledger } = await openBackend(broker.port);
  closing.add(backend, (it) => it.stop());
  const clock = pcClock(offsetMs);
  const till = closing.add(openTill({ port: broker.port, clock }), ({ link }) => link.close());
  return { backend, ledger, clock, till };
}

describe('the clock of the PC', () => {
  it('is not trusted before anybody was asked, and trusted when it is right', async () => {
    const { till } = await shop(0);
    expect(till.skew.trusted).toBe(false);
    await until('asked', () => till.skew.trusted);
    expect(Math.abs(till.skew.backendNow() - Date.now())).toBeLessThan(NEAR_MS);
  });

  it('56 years behind (no battery): a pay and a command still carry and meet the right time', async () => {
    const { till, backend, ledger } = await shop(-56 * 365.25 * 24 * HOUR);
    await until('asked', () => till.skew.wallClockErrorMs !== undefined);
    expect(till.skew.trusted).toBe(false);
    expect(await till.requests.send(aPay('C1'), 2_000)).toMatchObject({ reply: { status: 'answered' } });
    expect(ledger.total().charges).toBe(1);
    const stale = { ...backend.draft({ orderId: 'O1', amountFen: 1 }), exp: Date.now() - 1_000 };
    expect(await backend.command(TILL, stale)).toMatchObject({ code: 'EXPIRED' });
    expect(await backend.collect(TILL, { orderId: 'O2', amountFen: 1 })).toMatchObject({ phase: 'accepted' });
  });

  it('set forward by an hour in the middle of a payment changes no expiry and no time-out', async () => {
    const { till, clock } = await shop(0);
    await until('asked', () => till.skew.trusted);
    clock.set(HOUR);
    expect(Math.abs(till.skew.backendNow() - Date.now())).toBeLessThan(NEAR_MS);
    expect(till.skew.trusted).toBe(false);
    expect(await till.requests.send(aPay('C2'), 2_000)).toMatchObject({
      reply: { status: 'answered', code: 'SUCCESS' },
    });
  });
});
