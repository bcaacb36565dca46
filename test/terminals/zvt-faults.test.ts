import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import type { EvidenceBy, FinancialCommand, TerminalOutcome } from '../../protocols/terminal/messages.ts';
import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { type CounterOptions, ZvtCounter } from './zvt-counter.ts';

type Expected = readonly [outcome: TerminalOutcome, by: EvidenceBy];

const APPROVED: Expected = ['approved', 'answer'];
const BY_QUERY: Expected = ['approved', 'query'];
const NOT_DONE: Expected = ['declined', 'last-is-the-one-before'];
const REFUSED: Expected = ['declined', 'refused'];
const GIVEN_BACK: Expected = ['cancelled', 'query'];

/** What a sale of 12.00 comes to when this goes wrong once, behind a good sale. */
const SERIAL: Partial<Record<TerminalFault, Expected>> = {
  'ack-lost': APPROVED,
  'ack-delayed': APPROVED,
  'ack-twice': APPROVED,
  'nak-first': APPROVED,
  'ack-then-nak': APPROVED,
  'ack-glued': APPROVED,
  'answer-before-ack': APPROVED,
  'byte-by-byte': APPROVED,
  'gap-199': APPROVED,
  'gap-201': APPROVED,
  garbage: APPROVED,
  'bad-check': APPROVED,
  'xmodem-check': APPROVED,
  // its 80 00 cannot be read, the terminal goes on all the same: what it says is kept as late and found by the query
  'length-off-by-one': BY_QUERY,
  // it goes on being silent through every reconnection, and then nobody takes its result
  'long-silence': GIVEN_BACK,
};

const TCP: Partial<Record<TerminalFault, Expected>> = {
  'byte-by-byte': APPROVED,
  'frames-glued': APPROVED,
  'closed-between': APPROVED,
  'half-close': NOT_DONE,
  'reset-mid-message': NOT_DONE,
  garbage: NOT_DONE,
  'length-off-by-one': NOT_DONE,
  'long-silence': NOT_DONE,
};

const BOTH: Partial<Record<TerminalFault, Expected>> = {
  unplugged: GIVEN_BACK,
  'not-supported': REFUSED,
  'printer-not-ready': REFUSED,
  busy: REFUSED,
  'settlement-needed': REFUSED,
  'status-storm': APPROVED,
  'unknown-field': ['cancelled', 'answer'],
  'result-twice': APPROVED,
  'late-result': APPROVED,
  'silent-after-accept': NOT_DONE,
  'no-answer': NOT_DONE,
  // its memory has the right one
  'other-amount': BY_QUERY,
  'answer-lost': BY_QUERY,
  'declined-answer-lost': ['declined', 'query'],
  reboot: BY_QUERY,
  'power-cut': GIVEN_BACK,
  'receipt-off-by-one': APPROVED,
  'paper-out': APPROVED,
  'wrong-pin': ['declined', 'answer'],
  partial: ['unknown', 'other-amount'],
  tip: ['unknown', 'other-amount'],
};

const CASES: readonly (readonly [string, TerminalFault, Expected, CounterOptions])[] = [
  ...Object.entries({ ...SERIAL, ...BOTH }).map(
    ([fault, expected]) => ['serial', fault as TerminalFault, expected, { transport: 'serial' }] as const,
  ),
  ...Object.entries({ ...TCP, ...BOTH }).map(
    ([fault, expected]) => ['tcp', fault as TerminalFault, expected, { transport: 'tcp' }] as const,
  ),
];

describe('whatever goes wrong, the ledger and the journal say the same, and the next sale is a good one', () => {
  it.each(CASES)('%s: %s', (_, fault, [outcome, by], options) => {
    const counter = new ZvtCounter(options);
    expect(counter.sale(1_100)).toMatchObject({ outcome: 'approved', amount: 1_100 });
    counter.arm(fault);
    const result = counter.sale(1_200);
    expect([result.outcome, result.evidence.by]).toEqual([outcome, by]);
    if (fault !== 'paper-out' && fault !== 'receipt-off-by-one')
      expect(counter.terminal.faults.happened).toEqual([fault]);
    if (result.outcome === 'unknown') counter.command({ kind: 'cleared', reference: result.reference });
    else expect(counter.confirmed).toBe(counter.terminal.ledger.total());
    counter.terminal.model.needsSettlement = false;
    const before = counter.confirmed;
    expect(counter.sale(1_300).outcome).toBe('approved');
    expect(counter.confirmed - before).toBe(1_300);
  });

  it('every fault of the table has its story', () => {
    expect(new Set(CASES.map(([, fault]) => fault))).toEqual(new Set(Object.keys(TERMINAL_FAULTS)));
  });
});

describe('a full disk', () => {
  it.each(['right', 'other-amount', 'partial', 'tip'] as const)(
    'what the terminal booked and the disk does not hold is not accepted: %s amount',
    (amount) => {
      const counter = new ZvtCounter({ transport: 'serial' });
      counter.sale(1_100);
      let accepted = 0;
      counter.terminal.model.onAccepted = () => {
        accepted += 1;
      };
      if (amount !== 'right') counter.arm(amount);
      counter.ready();
      counter.disk = 'full';
      counter.command({ kind: 'sale', reference: 'FULL', amount: 1_200 });
      counter.clock.advance(60_000);
      expect(counter.terminal.ledger.entries.map(({ state }) => state)).toEqual(['kept', 'reversed']);
      expect(accepted).toBe(0);
    },
  );
});

describe('what the last transaction was is knowledge, or it is not', () => {
  it('a last result that could not be read is not none: a lost sale is never mistaken for the equal one before it', () => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    counter.sale(1_000);
    counter.arm('unknown-field').disconnect();
    counter.ready();
    counter.arm('no-answer');
    expect(counter.sale(1_000)).toMatchObject({ outcome: 'unknown', evidence: { by: 'cannot-tell' } });
    expect(counter.terminal.ledger.total()).toBe(1_000);
  });

  it('a question that broke off does not make it forget: who asks again need not know what was before', () => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    counter.sale(1_000);
    counter.arm('no-answer');
    const command: FinancialCommand = { kind: 'sale', reference: 'S2', amount: 1_200 };
    counter.ready();
    counter.command(command);
    counter.clock.advance(10_000);
    counter.ready();
    const ask = () => counter.command({ kind: 'queryLast', about: { command } });
    ask();
    while (counter.resultOf('S2')?.evidence.by !== 'last-is-the-one-before') counter.clock.advance(1);
    counter.disconnect();
    expect(counter.resultOf('S2')).toMatchObject({ outcome: 'unknown', evidence: { by: 'link-lost' } });
    counter.ready();
    ask();
    counter.clock.advance(10_000);
    expect(counter.resultOf('S2')).toMatchObject({ outcome: 'declined', evidence: { by: 'last-is-the-one-before' } });
  });

  it('once a person has settled the doubt, the terminal is asked anew', () => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    counter.sale(1_000);
    counter.arm('partial');
    const doubt = counter.sale(2_000);
    counter.command({ kind: 'cleared', reference: doubt.reference });
    counter.ready();
    counter.arm('no-answer');
    // the partial one stands in the terminal with the same amount
    expect(counter.sale(1_000)).toMatchObject({ outcome: 'declined', evidence: { by: 'last-is-the-one-before' } });
  });
});

describe('receipt numbers are synchronised', () => {
  const options: CounterOptions = { transport: 'tcp', personality: TERMINALS['zvt-modern'], receiptSync: true };

  it('an unknown number is said as unknown, never as 0', () => {
    const counter = new ZvtCounter(options);
    counter.sale(1_000);
    const [payment] = counter.line.filter(
      ({ from, bytes }) => from === 'till' && bytes[0] === 0x06 && bytes[1] === 0x01,
    );
    expect([...(payment?.bytes ?? [])].slice(-3)).toEqual([0x1f, 0x1f, 0x00]);
    counter.sale(2_000);
    expect(counter.terminal.ledger.entries.map(({ state }) => state)).toEqual(['kept', 'kept']);
  });

  it('a terminal that says one too low would take the sale back: the till does not repeat it, and the sale stands', () => {
    const counter = new ZvtCounter(options).arm('receipt-off-by-one');
    counter.sale(1_000);
    const from = counter.line.length;
    counter.sale(2_000);
    expect(counter.terminal.ledger.entries.map(({ state }) => state)).toEqual(['kept', 'kept']);
    const payment = counter.line.slice(from).find(({ bytes }) => toHex(bytes).startsWith('0601'));
    expect([...(payment?.bytes ?? [])].slice(-3), 'unknown: length 0').toEqual([0x1f, 0x1f, 0x00]);
  });
});
