import { describe, expect, it } from 'vitest';
import { TERMINALS } from '../../../simulator/personalities/terminals.ts';
import type { AckedProtocol } from '../../../simulator/terminals/acked-port.ts';
import { SimulatedZvtTerminal } from '../../../simulator/terminals/terminal-port.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';
import { AckedCounter } from '../../terminals/acked-counter.ts';
import { ZvtCounter } from '../../terminals/zvt-counter.ts';

// The counters open at 09:00 UTC, 17:00 in the shop. 11.5 hours later its clocks show the next day, those of UTC do not.
const TO_THE_NEXT_DAY_MS = 11.5 * 3_600_000;

describe('a card terminal shows the wall time of its shop', () => {
  it.each([
    ['nccc', /2611230430\d\d/],
    ['kbtg', /261123.+0430\d\d/s],
    ['transbank', /\|23112026\|0430\d\d\|/],
  ] satisfies [AckedProtocol, RegExp][])('%s', (protocol, shown) => {
    const counter = new AckedCounter(protocol);
    counter.clock.advance(TO_THE_NEXT_DAY_MS);
    expect(counter.sale(1000).outcome).toBe('approved');
    expect(Buffer.concat(counter.said).toString('latin1')).toMatch(shown);
  });

  it('ZVT: in its results, and on its receipts', () => {
    const counter = new ZvtCounter({ transport: 'tcp', printsOnTill: true });
    counter.clock.advance(TO_THE_NEXT_DAY_MS);
    expect(counter.sale(1000).outcome).toBe('approved');
    const said = Buffer.concat(counter.line.filter(({ from }) => from === 'terminal').map(({ bytes }) => bytes));
    expect(said.toString('hex')).toMatch(/0c0430..0d1123/);
    expect(said.toString('latin1')).toMatch(/23\.11\.2026 +04:30:\d\d/);
  });

  it('of another shop: what it was given', () => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 22, 9, 30, 15));
    const { model } = new SimulatedZvtTerminal({ personality: TERMINALS['zvt-plain'], clock, zoneMinutes: -180 });
    expect(model.shows()).toEqual({ date: '20261122', time: '063015' });
  });
});
