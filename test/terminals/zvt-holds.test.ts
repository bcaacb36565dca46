import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { terminalFrom } from '../../simulator/personalities/terminal-file.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { BareTill } from './bare-till.ts';

// What a till says and hears about holds, byte by byte (PA00P015 2.8 to 2.14). `87 0001`: the hold's receipt number.

const DAY_MS = 86_400_000;
const HOLD_100 = '06 22 0A 04 00 00 00 01 00 00 49 09 78';
const USED_80 = '06 24 0A 87 00 01 04 00 00 00 00 80 00';
const UNUSED_20 = '06 23 0A 87 00 01 04 00 00 00 00 20 00';
const ALL_USED = '06 24 03 87 00 01';
const NOTHING_USED = '06 25 03 87 00 01';
const WHICH = '06 23 03 87 FF FF';
const WHAT_LAST = '06 20 05 00 00 00 03 00';
const WHAT_LAST_TOLD_ONLY = '06 20 05 00 00 00 03 03';
const END_OF_DAY = '06 50 03 00 00 00';
/** the till prints everything (06 D1); states are told; it names a currency */
const REGISTER = '06 00 06 00 00 00 8E 09 78';
const REGISTER_QUIET = '06 00 06 00 00 00 00 09 78';

const REFUSED = (code: string) => ['800000', `061e01${code}`];

function held(till = new BareTill()): BareTill {
  till.ask(HOLD_100);
  return till;
}

const resultIn = (heard: readonly string[]) => heard.find((message) => message.startsWith('040f')) ?? '';

describe('a hold', () => {
  it('is told with amount and receipt number, and is no money', () => {
    const till = new BareTill();
    const heard = till.ask(HOLD_100);
    expect(heard.map((message) => message.slice(0, 4))).toEqual(['8000', '040f', '060f']);
    expect(resultIn(heard)).toContain('2700040000000100000b000001');
    expect(resultIn(heard)).toContain('870001');
    expect(till.memory).toEqual(['preAuth 10000 kept']);
    expect(till.terminal.ledger.total()).toBe(0);
  });

  it("without an amount is the terminal's own", () => {
    const till = new BareTill();
    expect(resultIn(till.ask('06 22 00'))).toContain('04000000010000');
  });

  it('that would extend another one is refused: 0B or 1F06 03', () => {
    const till = held();
    expect(till.ask('06 22 0E 04 00 00 00 00 50 00 49 09 78 0B 00 00 01')).toEqual(REFUSED('b8'));
    expect(till.ask('06 22 10 04 00 00 00 00 50 00 49 09 78 06 04 1F 06 01 03')).toEqual(REFUSED('b8'));
    expect(till.memory).toEqual(['preAuth 10000 kept']);
  });
});

describe('what is open', () => {
  it('is the first receipt number, or FFFF', () => {
    const till = new BareTill();
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b887ffff']);
    till.ask(HOLD_100);
    till.ask(HOLD_100);
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b8870001']);
  });

  it('is a list for a till that has shown containers, here or when it registered', () => {
    const till = held();
    till.ask(HOLD_100);
    const list = ['800000', '061e0db8060a23080802000108020002'];
    expect(till.ask('06 23 05 87 FF FF 06 00')).toEqual(list);
    till.ask('06 00 0B 00 00 00 08 09 78 06 03 26 01 0A');
    expect(till.ask('06 00 0C 00 00 00 08 09 78 06 04 14 02 FE FE')).toContain('800000');
    expect(till.ask(WHICH)).toEqual(list);
  });

  it('may be asked for whatever stands against a payment', () => {
    const till = held().arm('busy', 'settlement-needed');
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b8870001']);
    expect(till.terminal.faults.happened).toEqual([]);
  });
});

describe('a booking', () => {
  it('06 24 says what was used, 06 23 what was not: the same money', () => {
    for (const words of [USED_80, UNUSED_20]) {
      const till = held();
      expect(resultIn(till.ask(words))).toContain('270004000000008000');
      expect(till.memory).toEqual(['preAuth 10000 booked', 'booking 8000 kept']);
      expect(till.terminal.ledger.total()).toBe(8_000);
      expect(till.ask(WHICH)).toEqual(['800000', '061e04b887ffff']);
    }
  });

  it('without an amount is all of it, either way', () => {
    for (const words of [ALL_USED, '06 23 03 87 00 01']) {
      const till = held();
      till.ask(words);
      expect(till.memory).toEqual(['preAuth 10000 booked', 'booking 10000 kept']);
    }
  });

  it('names the trace number of its hold, and needs no card', () => {
    const till = held();
    till.ask(REGISTER_QUIET);
    const heard = till.ask(USED_80);
    expect(heard.map((message) => message.slice(0, 4))).toEqual(['8000', '040f', '060f']);
    expect(resultIn(heard)).toContain('37000001');
  });

  it('above the hold is refused with B7, and so is one of nothing', () => {
    const till = held();
    expect(till.ask('06 24 0A 87 00 01 04 00 00 00 01 00 01')).toEqual(REFUSED('b7'));
    expect(till.ask('06 23 0A 87 00 01 04 00 00 00 01 00 00')).toEqual(REFUSED('b7'));
    expect(till.ask('06 23 0A 87 00 01 04 00 00 00 02 00 00')).toEqual(REFUSED('b7'));
    expect(till.memory).toEqual(['preAuth 10000 kept']);
  });

  it('may be 115 % where the make allows it, and no fen more', () => {
    const till = new BareTill('tcp', TERMINALS['zvt-cny']);
    till.ask('06 22 0A 04 00 00 00 01 00 00 49 01 56');
    expect(till.ask('06 24 0A 87 00 01 04 00 00 00 01 15 01')).toEqual(REFUSED('b7'));
    till.ask('06 24 0A 87 00 01 04 00 00 00 01 15 00');
    expect(till.memory).toEqual(['preAuth 10000 booked', 'booking 11500 kept']);
  });

  it('happens once: the second is refused with B4, and nothing of it moves', () => {
    const till = held();
    till.ask(USED_80);
    expect(till.ask(USED_80)).toEqual(REFUSED('b4'));
    expect(till.ask(UNUSED_20)).toEqual(REFUSED('b4'));
    expect(till.terminal.ledger.total()).toBe(8_000);
  });

  it('of what is no hold, or of another trace number, is refused with B8', () => {
    const till = held();
    till.ask('06 01 0A 04 00 00 00 00 10 00 49 09 78');
    expect(till.ask('06 24 03 87 00 02')).toEqual(REFUSED('b8'));
    expect(till.ask('06 24 03 87 00 77')).toEqual(REFUSED('b8'));
    expect(till.ask('06 24 07 87 00 01 0B 00 00 02')).toEqual(REFUSED('b8'));
    till.ask('06 24 07 87 00 01 0B 00 00 01');
    expect(till.memory).toEqual(['preAuth 10000 booked', 'sale 1000 kept', 'booking 10000 kept']);
  });

  it('has to name the trace number where the make insists on it', () => {
    const till = held(new BareTill('tcp', TERMINALS['zvt-modern']));
    expect(till.ask(USED_80)).toEqual(REFUSED('b8'));
    till.ask('06 24 0E 87 00 01 04 00 00 00 00 80 00 0B 00 00 01');
    expect(till.terminal.ledger.total()).toBe(8_000);
  });

  it('is money that can be given back by 06 30; its hold does not come again', () => {
    const till = held();
    till.ask(USED_80);
    till.ask('06 30 06 00 00 00 87 00 02');
    expect(till.memory).toEqual(['preAuth 10000 booked', 'booking 8000 reversed', 'reversal 8000 kept']);
    expect(till.terminal.ledger.total()).toBe(0);
    expect(till.ask(USED_80)).toEqual(REFUSED('b4'));
  });

  it('that the host declines leaves the hold', () => {
    const till = held();
    expect(resultIn(till.ask('06 24 0A 87 00 01 04 00 00 00 00 50 51'))).toContain('2751');
    expect(till.memory).toEqual(['preAuth 10000 kept', 'booking 5051 declined']);
    till.ask(USED_80);
    expect(till.terminal.ledger.total()).toBe(8_000);
  });
});

describe('a hold that is given back', () => {
  it('is not open any more, and is given back once', () => {
    const till = held();
    expect(resultIn(till.ask(NOTHING_USED))).toContain('270004000000010000');
    expect(till.memory).toEqual(['preAuth 10000 reversed', 'reversal 10000 kept']);
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b887ffff']);
    expect(till.ask(NOTHING_USED)).toEqual(REFUSED('b4'));
    expect(till.ask(USED_80)).toEqual(REFUSED('b4'));
  });

  it('must be one: B5 for a sale, a booked one, another amount, none at all', () => {
    const till = held();
    till.ask('06 01 0A 04 00 00 00 00 10 00 49 09 78');
    expect(till.ask('06 25 03 87 00 02')).toEqual(REFUSED('b5'));
    expect(till.ask('06 25 03 87 00 77')).toEqual(REFUSED('b5'));
    expect(till.ask('06 25 0A 87 00 01 04 00 00 00 00 99 00')).toEqual(REFUSED('b5'));
    till.ask(ALL_USED);
    expect(till.ask(NOTHING_USED)).toEqual(REFUSED('b5'));
    expect(till.terminal.ledger.total()).toBe(11_000);
  });
});

describe('time', () => {
  it('an end of day counts no hold and leaves it open', () => {
    const till = held();
    till.ask('06 01 0A 04 00 00 00 00 10 00 49 09 78');
    till.ask(REGISTER);
    const closed = till.ask(END_OF_DAY);
    expect(resultIn(closed)).toContain('270004000000001000');
    expect(closed.some((line) => line.includes(Buffer.from('Anzahl 1').toString('hex')))).toBe(true);
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b8870001']);
    till.ask(USED_80);
    expect(resultIn(till.ask(END_OF_DAY))).toContain('04000000008000');
  });

  it('a hold is there until its last day, and then it is nobody’s: B8 for a booking, B5 for giving it back', () => {
    const till = held();
    till.clock.advance(29 * DAY_MS);
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b8870001']);
    till.clock.advance(DAY_MS);
    expect(till.ask(WHICH)).toEqual(['800000', '061e04b887ffff']);
    expect(till.ask(USED_80)).toEqual(REFUSED('b8'));
    expect(till.ask(NOTHING_USED)).toEqual(REFUSED('b5'));
    expect(till.memory).toEqual(['preAuth 10000 expired']);
  });
});

it('a make in a file says how long, how much, and on which paper', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-holds-'));
  const file = join(folder, 'bank.json');
  writeFileSync(file, JSON.stringify({ name: 'bank', like: 'zvt-plain', holds: { days: 7, bookUpToPercent: 110 } }));
  const make = terminalFrom(file);
  rmSync(folder, { recursive: true });
  if (make?.protocol !== 'zvt') throw new Error('it speaks ZVT');
  expect(make.personality.holds).toEqual({ days: 7, bookUpToPercent: 110, defaultAmount: 10_000, prints: false });
  const till = held(new BareTill('tcp', make.personality));
  till.clock.advance(7 * DAY_MS);
  expect(till.ask(WHICH)).toEqual(['800000', '061e04b887ffff']);
});

describe('what happened last (06 20)', () => {
  it('tells of a hold, a booking and a hold given back, as it stands in the memory', () => {
    const till = held();
    expect(resultIn(till.ask(WHAT_LAST_TOLD_ONLY))).toContain('2700040000000100000b000001');
    till.ask(USED_80);
    expect(resultIn(till.ask(WHAT_LAST_TOLD_ONLY))).toContain('2700040000000080000b000002');
    till.ask(HOLD_100);
    till.ask('06 25 03 87 00 03');
    expect(resultIn(till.ask(WHAT_LAST_TOLD_ONLY))).toContain('0b000004');
    expect(resultIn(till.ask(WHAT_LAST_TOLD_ONLY))).toContain('37000003');
  });

  it('never has a refused booking for its answer: nothing was done', () => {
    const till = held();
    till.ask('06 24 03 87 00 77');
    expect(resultIn(till.ask(WHAT_LAST_TOLD_ONLY))).toContain('0b000001');
  });
});

describe('receipts', () => {
  const printed = (heard: readonly string[]) =>
    heard
      .filter((message) => message.startsWith('06d1'))
      .map((message) => Buffer.from(message.slice(8), 'hex').toString('latin1').trim());

  it('a hold that succeeded has none, one that did not has; its booking has one that names it', () => {
    const till = new BareTill();
    till.ask(REGISTER);
    expect(printed(till.ask(HOLD_100))).toEqual([]);
    expect(printed(till.ask('06 22 0A 04 00 00 00 01 00 51 49 09 78'))).toEqual(
      expect.arrayContaining(['RESERVIERUNG', 'Reservierung abgelehnt']),
    );
    const booked = printed(till.ask(USED_80));
    expect(booked).toEqual(expect.arrayContaining(['BUCHUNG RESERVIERUNG', 'Zahlung erfolgt']));
    expect(booked.find((line) => line.startsWith('Zu Beleg-Nr'))).toMatch(/ 0001$/);
    expect(booked.find((line) => line.startsWith('Betrag'))).toMatch(/ 80,00$/);
  });

  it('a make that prints holds says that they are no payment; a repeat says the same', () => {
    const personality = { ...TERMINALS['zvt-plain'], holds: { ...TERMINALS['zvt-plain'].holds, prints: true } };
    const till = new BareTill('tcp', personality);
    till.ask(REGISTER);
    const lines = ['RESERVIERUNG', 'Reservierung erfolgt', 'KEINE ZAHLUNG'];
    expect(printed(till.ask(HOLD_100))).toEqual(expect.arrayContaining(lines));
    expect(printed(till.ask(WHAT_LAST))).toEqual(expect.arrayContaining(lines));
    expect(printed(till.ask(NOTHING_USED))).toEqual(expect.arrayContaining(['STORNO', 'Storno erfolgt']));
  });
});
