import { describe, expect, it } from 'vitest';
import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { TEST_AMOUNTS } from '../../simulator/terminals/test-amounts.ts';
import { BareTill } from './bare-till.ts';

// Whatever goes wrong with a payment goes wrong with a hold, its booking and its end in the same way. The till here judges
// nothing: what is shown is what the terminal then has in its memory, and what it says of it when it is asked (06 20).

const HOLD_120 = '06 22 0A 04 00 00 00 01 20 00 49 09 78';
const WHICH = '06 23 03 87 FF FF';
const WHAT_LAST = '06 20 05 00 00 00 03 03';
const REGISTER = '06 00 06 00 00 00 8A 09 78';

const STEPS = {
  hold: { before: [], words: HOLD_120 },
  booking: { before: [HOLD_120], words: '06 24 0A 87 00 01 04 00 00 00 00 80 00' },
  'booking by what is not used': { before: [HOLD_120], words: '06 23 0A 87 00 01 04 00 00 00 00 40 00' },
  'end of a hold': { before: [HOLD_120], words: '06 25 03 87 00 01' },
} as const;
type Step = keyof typeof STEPS;

/** `done`: it stands; `not-done`: it never began, or the host said no; `back`: the terminal took it back by itself. */
type Ending = 'done' | 'not-done' | 'back';

const BOTH: Readonly<Partial<Record<TerminalFault, Ending>>> = {
  unplugged: 'back',
  'not-supported': 'not-done',
  'printer-not-ready': 'not-done',
  busy: 'not-done',
  'settlement-needed': 'not-done',
  'unknown-field': 'done',
  'result-twice': 'done',
  'late-result': 'done',
  'silent-after-accept': 'not-done',
  'no-answer': 'not-done',
  'other-amount': 'done',
  'answer-lost': 'done',
  'declined-answer-lost': 'not-done',
  reboot: 'done',
  // between 04 0F and its 80 00
  'power-cut': 'back',
  'receipt-off-by-one': 'done',
  'paper-out': 'done',
};

const SERIAL: typeof BOTH = {
  ...BOTH,
  'ack-lost': 'done',
  'ack-delayed': 'done',
  'ack-twice': 'done',
  'nak-first': 'done',
  'ack-then-nak': 'done',
  'ack-glued': 'done',
  'answer-before-ack': 'done',
  'byte-by-byte': 'done',
  'gap-199': 'done',
  'gap-201': 'done',
  garbage: 'done',
  'bad-check': 'done',
  'xmodem-check': 'done',
  'length-off-by-one': 'done',
};

const TCP: typeof BOTH = {
  ...BOTH,
  'byte-by-byte': 'done',
  'frames-glued': 'done',
  'closed-between': 'done',
  // the first thing that it says is its 80 00
  'half-close': 'not-done',
  'reset-mid-message': 'not-done',
  garbage: 'not-done',
  'length-off-by-one': 'not-done',
};

/** Of the customer who holds the card: nobody stands there for a booking, nor for the end of a hold. */
const WITH_CARD: typeof BOTH = {
  'status-storm': 'done',
  'long-silence': 'done',
  'wrong-pin': 'not-done',
  partial: 'done',
};
/** The host alone may still say no, or give less. */
const AT_HOST: typeof BOTH = { 'wrong-pin': 'not-done', partial: 'done' };
const OF: Readonly<Record<Step, typeof BOTH>> = {
  hold: WITH_CARD,
  booking: AT_HOST,
  'booking by what is not used': AT_HOST,
  'end of a hold': {},
};

const CASES = (Object.keys(STEPS) as Step[]).flatMap((step) =>
  (['serial', 'tcp'] as const).flatMap((transport) =>
    Object.entries({ ...(transport === 'serial' ? SERIAL : TCP), ...OF[step] }).map(
      ([fault, ending]) => [step, transport, fault as TerminalFault, ending] as const,
    ),
  ),
);

/** The hold, and what was taken of it. */
function standing({ terminal: { ledger } }: BareTill): { readonly holds: number; readonly total: number } {
  return { holds: ledger.openHolds.length, total: ledger.total() };
}

const AFTER = {
  hold: { done: { holds: 1, total: 0 }, not: { holds: 0, total: 0 } },
  booking: { done: { holds: 0, total: 8_000 }, not: { holds: 1, total: 0 } },
  'booking by what is not used': { done: { holds: 0, total: 8_000 }, not: { holds: 1, total: 0 } },
  'end of a hold': { done: { holds: 0, total: 0 }, not: { holds: 1, total: 0 } },
} as const satisfies Record<Step, object>;

describe('whatever goes wrong with it', () => {
  it.each(CASES)('%s, %s: %s', (step, transport, fault, ending) => {
    const till = new BareTill(transport);
    till.ask(REGISTER);
    for (const words of STEPS[step].before) till.ask(words);
    till.arm(fault);
    till.ask(STEPS[step].words);
    // a connection that ended, a terminal that starts anew
    till.clock.advance(30_000);
    const { done, not } = AFTER[step];
    const money = fault === 'partial' && step !== 'hold' ? { ...done, total: 4_000 } : done;
    expect(standing(till)).toEqual(ending === 'done' ? money : not);
    if (fault !== 'paper-out' && fault !== 'receipt-off-by-one' && fault !== 'late-result')
      expect(till.terminal.faults.happened).toEqual([fault]);
    till.terminal.faults.calm();
    till.terminal.model.needsSettlement = false;

    // what it says of it afterwards is what is in its memory
    const last = till.entries.at(-1);
    const told = till.ask(WHAT_LAST).find((message) => message.startsWith('040f'));
    if (last?.state === 'kept') expect(told).toContain(`2700`);
    if (ending === 'back') expect(told).toContain('276c');
    expect(till.ask(WHICH).at(-1)).toContain(standing(till).holds === 1 ? 'b8870001' : 'b887ffff');

    // and once more, if it came to nothing, it is done once
    if (ending === 'done') return;
    till.ask(STEPS[step].words);
    expect(standing(till)).toEqual(done);
  });

  it('every fault of the table has its story here; a tip is given for what is paid', () => {
    const told = new Set(CASES.map(([, , fault]) => fault));
    expect(Object.keys(TERMINAL_FAULTS).filter((name) => !told.has(name as TerminalFault))).toEqual(['tip']);
    const till = new BareTill().arm('tip');
    till.ask(HOLD_120);
    expect(till.memory).toEqual(['preAuth 12000 kept']);
  });
});

describe('a till that does not answer', () => {
  it('to the result of a hold: after three times the terminal takes it back', () => {
    const till = new BareTill();
    till.answer = (message) => (message.startsWith('040f') ? undefined : '800000');
    const heard = till.ask(HOLD_120);
    expect(heard.filter((message) => message.startsWith('040f'))).toHaveLength(3);
    expect(till.memory).toEqual(['preAuth 12000 reversed']);
  });

  it('to a line of the receipt of a booking: the booking is taken back, and the hold stands', () => {
    const till = new BareTill();
    till.ask(REGISTER);
    till.ask(HOLD_120);
    till.answer = (message) => (message.startsWith('06d1') ? undefined : '800000');
    till.ask(STEPS.booking.words);
    expect(till.memory).toEqual(['preAuth 12000 kept', 'booking 8000 reversed']);
  });

  it('yes: 84 05 takes back a hold, a booking and the end of a hold; 84 9C has it say so again', () => {
    for (const [step, { before, words }] of Object.entries(STEPS)) {
      const till = new BareTill();
      for (const one of before) till.ask(one);
      let times = 0;
      till.answer = (message) => (message.startsWith('040f') ? ((times += 1) > 2 ? '840500' : '849c00') : '800000');
      till.ask(words);
      expect(times).toBe(3);
      expect(standing(till)).toEqual(AFTER[step as Step].not);
    }
  });

  it('and starts anew: the last result was never taken (1F1F one less), so that the terminal undoes it', () => {
    const till = new BareTill('tcp', TERMINALS['zvt-modern']);
    till.ask(HOLD_120);
    till.ask('06 24 0E 87 00 01 04 00 00 00 00 80 00 0B 00 00 01');
    // it has receipt 1, the hold; receipt 2 was the booking
    till.ask('06 22 11 04 00 00 00 00 10 00 49 09 78 06 05 1F 1F 02 00 01');
    expect(till.memory).toEqual(['preAuth 12000 kept', 'booking 8000 reversed', 'preAuth 1000 kept']);
  });
});

describe('the last two digits of an amount', () => {
  const bcd = (amount: number) => String(amount).padStart(12, '0');
  const ENDINGS = {
    approved: 'kept',
    declined: 'declined',
    'wrong-pin': 'declined',
    cancelled: 'cancelled',
    'unknown-then-approved': 'kept',
    'unknown-then-declined': 'declined',
    'approved-answer-lost': 'kept',
    'approved-reboot': 'kept',
  } as const;

  it.each(Object.entries(TEST_AMOUNTS))('%s means for a hold and a booking what it means for a sale', (digits, row) => {
    const amount = 9_000 + Number(digits);
    const till = new BareTill();
    till.ask(`06220A04${bcd(amount)}490978`);
    expect(till.memory).toEqual([`preAuth ${amount} ${ENDINGS[row.outcome]}`]);

    const other = new BareTill();
    other.ask(HOLD_120);
    other.ask(`06240A87000104${bcd(amount)}`);
    const isKept = ENDINGS[row.outcome] === 'kept';
    const booked = `booking ${amount} ${ENDINGS[row.outcome]}`;
    expect(other.memory).toEqual([`preAuth 12000 ${isKept ? 'booked' : 'kept'}`, booked]);
    // whatever was heard of it, who asks is told
    const told = other.ask(WHAT_LAST).find((message) => message.startsWith('040f')) ?? '';
    expect(told.slice(6)).toMatch(isKept ? /^2700/ : /^27(?!00)/);
  });
});
