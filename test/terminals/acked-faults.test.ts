import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceBy, TerminalOutcome } from '../../protocols/terminal/messages.ts';
import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import type { AckedProtocol } from '../../simulator/terminals/acked-port.ts';
import { AckedCounter } from './acked-counter.ts';

type Expected = readonly [outcome: TerminalOutcome, by: EvidenceBy];

const APPROVED: Expected = ['approved', 'answer'];
const BY_QUERY: Expected = ['approved', 'query'];
const CANNOT_TELL: Expected = ['unknown', 'cannot-tell'];
const NO_ANSWER: Expected = ['unknown', 'no-answer'];
const NEVER_HAPPENED: Expected = ['declined', 'last-is-the-one-before'];

/** What a sale of 12.00 comes to when this goes wrong once, behind a good sale; the same for every protocol. */
const LINK: Partial<Record<TerminalFault, Expected>> = {
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
  'status-storm': APPROVED,
  'result-twice': APPROVED,
  'late-result': APPROVED,
  partial: ['unknown', 'other-amount'],
  tip: ['unknown', 'other-amount'],
};

/** Transbank is asked for its last sale, which names the ticket. */
const TRANSBANK: Partial<Record<TerminalFault, Expected>> = {
  ...LINK,
  unplugged: BY_QUERY,
  'answer-lost': BY_QUERY,
  reboot: BY_QUERY,
  'other-amount': BY_QUERY,
  'declined-answer-lost': ['declined', 'query'],
  'long-silence': NEVER_HAPPENED,
  'no-answer': NEVER_HAPPENED,
  'wrong-pin': ['declined', 'answer'],
};

/** KBTG is asked by reference; that it knows none proves nothing. */
const KBTG: Partial<Record<TerminalFault, Expected>> = {
  ...TRANSBANK,
  'declined-answer-lost': CANNOT_TELL,
  'long-silence': CANNOT_TELL,
  'no-answer': CANNOT_TELL,
};

/** NETS cannot be asked: a person finds out. Its codes besides 00 are not public. */
const NETS: Partial<Record<TerminalFault, Expected>> = {
  ...LINK,
  unplugged: ['unknown', 'link-lost'],
  'answer-lost': NO_ANSWER,
  reboot: NO_ANSWER,
  'other-amount': ['unknown', 'other-amount'],
  'declined-answer-lost': NO_ANSWER,
  'long-silence': NO_ANSWER,
  'no-answer': NO_ANSWER,
  'wrong-pin': ['unknown', 'answer'],
};

/**
 * NCCC neither, and an answer is known by its amount alone: another amount is another sale's answer. It has a code for a host's
 * no; a terminal that wants an end of day says no more than "operation error".
 */
const NCCC: Partial<Record<TerminalFault, Expected>> = {
  ...NETS,
  partial: NO_ANSWER,
  tip: NO_ANSWER,
  'other-amount': NO_ANSWER,
  'wrong-pin': ['declined', 'answer'],
  'settlement-needed': ['unknown', 'answer'],
};

const TABLES = { transbank: TRANSBANK, kbtg: KBTG, nets: NETS, nccc: NCCC } as const;

/** The journal never says more than the terminal's own ledger, and the same where nothing is unknown. */
function agree(counter: AckedCounter): void {
  const unknown = counter.journal.filter(({ reference }) => counter.resultOf(reference)?.outcome === 'unknown');
  if (unknown.length === 0) expect(counter.confirmed).toBe(counter.terminal.ledger.total());
  expect(counter.confirmed).toBeLessThanOrEqual(counter.terminal.ledger.total());
}

describe.each(Object.entries(TABLES))('%s', (protocol, table) => {
  it.each(Object.entries(table))(`%s: ${protocol} comes to %j`, (fault, expected) => {
    const counter = new AckedCounter(protocol as AckedProtocol);
    counter.sale(1000);
    counter.arm(fault as TerminalFault);
    const { outcome, evidence } = counter.sale(1200);
    expect([outcome, evidence.by]).toEqual(expected);
    expect(counter.terminal.faults.happened).toEqual([fault]);
    agree(counter);
    counter.terminal.model.needsSettlement = false;
    expect(counter.sale(300).outcome, 'the next customer').toBe('approved');
    agree(counter);
  });

  it('whatever goes wrong, and however often, journal and ledger agree', () => {
    const faults = fc.array(fc.constantFrom(...(Object.keys(table) as TerminalFault[])), { maxLength: 4 });
    const sales = fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999 }), faults), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sales, (day) => {
        const counter = new AckedCounter(protocol as AckedProtocol);
        for (const [amount, wrong] of day) {
          counter.arm(...wrong);
          counter.sale(amount);
          counter.terminal.model.needsSettlement = false;
          agree(counter);
        }
      }),
      { numRuns: 60, seed: 20261122 },
    );
  });
});

describe('the disk', () => {
  it('is full: the terminal hears no acknowledgement, nothing is sold on, and the truth comes by the query', () => {
    const counter = new AckedCounter('transbank');
    counter.sale(1000);
    counter.disk = 'full';
    expect(() => counter.sale(1200)).toThrow('nothing was settled');
    counter.disk = 'good';
    counter.crash({ kind: 'sale', reference: 'S2', amount: 1200 });
    expect(counter.confirmed).toBe(1000);
    expect(counter.terminal.ledger.total()).toBe(2200);
    counter.recover({ kind: 'sale', reference: 'S2', amount: 1200 });
    agree(counter);
    expect(counter.confirmed).toBe(2200);
  });
});

it('every fault of a line has a story here or belongs to TCP or ZVT', () => {
  const elsewhere = new Set<string>([
    'frames-glued',
    'xmodem-check',
    'length-off-by-one',
    'half-close',
    'reset-mid-message',
    'closed-between',
  ]);
  const lineFaults = Object.entries(TERMINAL_FAULTS).filter(([, { floor }]) => floor === 'link');
  expect(lineFaults.map(([name]) => name).filter((name) => !elsewhere.has(name) && !(name in TRANSBANK))).toEqual([]);
});
