import { expect, it } from 'vitest';
import { TerminalConfig } from '../../agent/devices/terminal/config.ts';
import { TERMINAL_MAKES, type TerminalMake, terminalTable } from '../../simulator/personalities/terminal-makes.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { MIS_PERSONALITIES } from '../../simulator/terminals/mis-personalities.ts';

const MAKES: Readonly<Record<string, TerminalMake>> = TERMINAL_MAKES;

it('every terminal that is described can stand in a shop', () => {
  // `link` is three, each with a dialect of its own
  const described = Object.keys({ ...TERMINALS, ...MIS_PERSONALITIES }).filter((name) => name !== 'link');
  expect(described.filter((name) => MAKES[name] === undefined)).toEqual([]);
});

it.each(Object.entries(MAKES))('%s: a till reads the configuration that a technician writes for it', (_, make) => {
  expect(() => TerminalConfig.parse({ path: '/dev/ttyUSB0', ...terminalTable(make) })).not.toThrow();
});

it('one with both copies to give has the till print them', () => {
  const prints = (make: TerminalMake) =>
    (terminalTable(make) as { zvt?: { printsOnTill?: boolean } }).zvt?.printsOnTill;
  expect([prints(TERMINAL_MAKES['zvt-counter']), prints(TERMINAL_MAKES['zvt-cny'])]).toEqual([true, false]);
});
