import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../protocols/bytes/hex.ts';
import type { TerminalCommand } from '../../../protocols/terminal/messages.ts';
import { decodeApdu, encodeApdu, isApduError, type Message } from '../../../protocols/terminal/zvt/apdu.ts';
import { nextDeadline, step } from '../../../protocols/terminal/zvt/till-machine.ts';
import {
  initialState,
  type TillInput,
  type TillSettings,
  type TillState,
} from '../../../protocols/terminal/zvt/till-state.ts';
import { ZvtCounter } from '../../terminals/zvt-counter.ts';
import { hex } from '../scanner-packets.ts';

const SETTINGS: TillSettings = {
  password: '000000',
  currency: 978,
  printsOnTill: true,
  messageIds: true,
  receiptSync: true,
  deliveryMs: 0,
};

const heardOf = (digits: string): Message => {
  const message = decodeApdu(hex(digits));
  if (isApduError(message)) throw new Error(`${digits}: ${message.problem}`);
  return message;
};

/** A word of every kind that a terminal may say, each at any moment. */
const WORDS = [
  '800000',
  '849C00',
  '84CC00',
  '80000806061F7303000001',
  '04FF010A',
  '04FF02FF10',
  '040F2C270004000000001000490978 0B000001 0C093848 0D0425 87 0001 29 00000104 06 0B 1F1F0200011F7303000002',
  '040F102700040000000010008700020B000002',
  '040F07276C2929001006',
  '040F102751040000000010008700010B000001',
  '06D10D005465737420842094208120E1',
  '06D10181',
  '06D30B06091F0701012503070141',
  '060F00',
  '060F0106',
  '060F0A19002910000010490978',
  '060F0BF0F0F7322E31342E313500',
  '061E016C',
  '061E0183',
  '06D000',
  '040D00',
].map((word) => heardOf(word.replaceAll(' ', '')));

const COMMANDS: readonly TerminalCommand[] = [
  { kind: 'sale', reference: 'S', amount: 1_000 },
  { kind: 'refund', reference: 'R', amount: 1_000 },
  { kind: 'preAuth', reference: 'P', amount: 1_000 },
  { kind: 'void', reference: 'V', amount: 1_000, original: { receipt: '0001' } },
  { kind: 'void', reference: 'W', amount: 1_000, original: {} },
  { kind: 'settle', reference: 'E' },
  { kind: 'status' },
  { kind: 'queryLast' },
  { kind: 'queryLast', about: { command: { kind: 'sale', reference: 'S', amount: 1_000 }, before: {} } },
  { kind: 'queryByRef', about: { command: { kind: 'sale', reference: 'S', amount: 1_000 } } },
  { kind: 'reprint' },
  { kind: 'display', lines: ['WILLKOMMEN', 'Grüße'] },
  { kind: 'print', lines: ['A'] },
  { kind: 'signature', featureCode: '00000000', width: 240, height: 80 },
  { kind: 'abort' },
  { kind: 'cleared', reference: 'S' },
];

const BARE = ['connected', 'disconnected', 'time', 'stored', 'not-stored', 'delivered', 'not-delivered'] as const;
const KINDS: readonly TillInput['kind'][] = [...BARE, 'command', 'heard', 'unreadable'];
const PHASES = ['offline', 'idle', 'sent', 'working', 'storing'];

type Untimed = TillInput extends infer I ? (I extends TillInput ? Omit<I, 'at'> : never) : never;
const commanded = fc.constantFrom(...COMMANDS).map((command) => ({ kind: 'command' as const, command }));
const anyInput: fc.Arbitrary<Untimed> = fc.oneof(
  fc.constantFrom(...BARE).map((kind) => ({ kind })),
  commanded,
  fc.constantFrom(...WORDS).map((message) => ({ kind: 'heard' as const, message })),
  fc.constantFrom(...WORDS).map((message) => ({ kind: 'heard' as const, message })),
  fc.boolean().map((unknownField) => ({ kind: 'unreadable' as const, unknownField })),
);

/** Chance alone rarely gives the terminal the word: a command that is accepted at once, as nearly always. */
const anyPiece: fc.Arbitrary<readonly Untimed[]> = fc.oneof(
  { weight: 8, arbitrary: anyInput.map((input) => [input]) },
  { weight: 2, arbitrary: commanded.map((input) => [input, { kind: 'heard' as const, message: heardOf('800000') }]) },
);
const anyMs = fc.constantFrom(0, 0, 0, 0, 1, 10, 5_000, 200_000);

/** Registered, and the terminal has no last transaction. */
function ready(): TillState {
  const prelude: readonly Untimed[] = [
    { kind: 'connected' },
    ...['800000', '060F00', '800000', '061E0183'].map((word): Untimed => ({ kind: 'heard', message: heardOf(word) })),
  ];
  return prelude.reduce((state, input) => step(state, { ...input, at: 0 }).state, initialState(SETTINGS));
}

describe('for any order of inputs', () => {
  it('the machine decides, what it says can be written, and a result is stored before the terminal hears 80 00', () => {
    const cells = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(anyPiece, anyMs), { maxLength: 60, size: 'max' }), (pieces) => {
        let state = ready();
        let at = 0;
        for (const [input, ms] of pieces.flatMap(([inputs, first]) =>
          inputs.map((one, n) => [one, n ? 0 : first] as const),
        )) {
          at += ms;
          const before = state;
          const { state: next, effects } = step(state, { ...input, at });
          state = next;
          cells.add(`${before.phase.name} ${input.kind}`);
          for (const effect of effects) if (effect.do === 'say') encodeApdu(effect.message);
          const says = effects.flatMap((effect) => (effect.do === 'say' ? [effect.message.command] : []));
          // 04 0F about money is never answered in the step that hears it
          const isMoney =
            before.phase.name === 'working' && before.phase.doing.task.kind === 'money' && !before.phase.doing.stored;
          const isNew =
            input.kind === 'heard' && input.message.command === 'statusInformation' && before.answered === undefined;
          if (isMoney && isNew) expect(says).toEqual([]);
          // money is only ever asked for while nothing is open
          if (says.includes('authorisation') || says.includes('refund'))
            expect([before.phase.name, before.pending]).toEqual(['idle', undefined]);
          if (state.phase.name === 'sent' || state.phase.name === 'working') expect(nextDeadline(state)).toBeDefined();
        }
      }),
      { numRuns: 600 },
    );
    expect(
      PHASES.flatMap((phase) => KINDS.map((kind) => `${phase} ${kind}`)).filter((cell) => !cells.has(cell)),
    ).toEqual([]);
  });
});

describe('write before you speak', () => {
  it('04 0F is answered when its result is on the disk, not before', () => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    counter.sale(1_000);
    const at = counter.line.findIndex(({ bytes }) => toHex(bytes.subarray(0, 2)) === '040f');
    const [result, answer] = counter.line.slice(at, at + 2);
    expect(toHex(answer?.bytes ?? new Uint8Array())).toBe('800000');
    // 1 ms on the line, 3 ms to the disk
    expect((answer?.at ?? 0) - (result?.at ?? 0)).toBe(4);
  });

  it('a yes that cannot be written down is refused with 84 B1, and the terminal takes it back', () => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    counter.ready();
    counter.disk = 'full';
    counter.command({ kind: 'sale', reference: 'S1', amount: 1_000 });
    counter.clock.advance(20_000);
    expect(counter.line.some(({ bytes }) => toHex(bytes) === '84b100')).toBe(true);
    expect(counter.terminal.ledger.entries).toMatchObject([{ state: 'reversed' }]);
    expect(counter.terminal.ledger.total()).toBe(0);
  });

  it.each(['registering', 'idle'])(
    'what an earlier till began and this one cannot write down is refused too: %s',
    (when) => {
      const booked = heardOf('040F102700040000000010008700010B000001');
      const connected = step(initialState({ ...SETTINGS, messageIds: false }), { kind: 'connected', at: 0 }).state;
      const before = when === 'idle' ? ready() : connected;
      const storing = step(before, { kind: 'heard', message: booked, at: 1 });
      expect(storing.effects).toMatchObject([{ do: 'store-late-result', result: { outcome: 'approved' } }]);
      const { state, effects } = step(storing.state, { kind: 'not-stored', at: 2 });
      expect(effects).toMatchObject([{ do: 'say', message: { command: 'refused', reason: 0xb1 } }]);
      expect([state.phase.name, state.last]).toEqual([when === 'idle' ? 'idle' : 'sent', undefined]);
    },
  );

  it('what is known already stands, also when the disk cannot take it a second time', () => {
    const booked = heardOf('040F102700040000000010008700010B000001');
    const kept = step(step(ready(), { kind: 'heard', message: booked, at: 1 }).state, { kind: 'stored', at: 2 }).state;
    const again = step(kept, { kind: 'heard', message: booked, at: 3 }).state;
    expect(step(again, { kind: 'not-stored', at: 4 }).effects).toMatchObject([
      { do: 'say', message: { command: 'accepted' } },
    ]);
  });

  it('a second client takes the terminal over: what the first one had not accepted is reversed', () => {
    const counter = new ZvtCounter({ transport: 'tcp' });
    counter.ready();
    counter.command({ kind: 'sale', reference: 'S1', amount: 1_000 });
    counter.clock.advance(1_000);
    counter.disconnect();
    expect(counter.settle({ kind: 'sale', reference: 'S1', amount: 1_000 })).toMatchObject({ outcome: 'declined' });
    expect(counter.terminal.ledger.total()).toBe(0);
  });

  it('a serial frame is said three times at most, always the same bytes', () => {
    const counter = new ZvtCounter({ transport: 'serial' });
    counter.ready();
    counter.hasCable = false;
    const from = counter.line.length;
    counter.command({ kind: 'sale', reference: 'S1', amount: 1_000 });
    counter.clock.advance(14_900);
    const said = counter.line.slice(from).map(({ bytes }) => toHex(bytes));
    expect(said).toHaveLength(3);
    expect(new Set(said).size).toBe(1);
  });
});

/** What a terminal says when it answers everything with a 04 0F, as an open simulator of a CCV A920 does (panda-zvt-simulator). */
it('a terminal that tells its id in a 04 0F is registered, asked and paid at, and no payment is made of its words', () => {
  let state = initialState({ ...SETTINGS, messageIds: false, receiptSync: false });
  let at = 0;
  const done: string[] = [];
  const next = (input: Untimed) => {
    const result = step(state, { ...input, at: (at += 10) });
    state = result.state;
    for (const effect of result.effects) {
      done.push(effect.do === 'tell' ? effect.news.kind : effect.do === 'say' ? effect.message.command : effect.do);
      if (effect.do === 'store-result' || effect.do === 'store-late-result') next({ kind: 'stored' });
    }
  };
  const hears = (...words: readonly string[]) => {
    for (const word of words) next({ kind: 'heard', message: heardOf(word.replaceAll(' ', '')) });
  };
  const ID = '040F 0A 2700 2929001234 490978';
  const NOTHING_YET = '040F 07 276D 2929001234';
  next({ kind: 'connected' });
  hears('800000', ID, '060F00', '800000', NOTHING_YET, '060F00');
  next({ kind: 'command', command: { kind: 'status' } });
  hears('800000', ID, '060F00');
  next({ kind: 'command', command: { kind: 'sale', reference: 'S', amount: 1_000 } });
  hears('800000', '04FF010A', '040F 17 2700 04000000001000 0B000001 0C093848 0D0425 870001', '060F00');
  expect(done.filter((one) => one.startsWith('store'))).toEqual(['store-result', 'store-result']);
  expect(done.filter((one) => one === 'ready')).toHaveLength(1);
  expect(state.phase.name).toBe('idle');
});

describe('a registration that is not taken', () => {
  const answered = (words: string) => {
    const { state } = step(initialState(SETTINGS), { kind: 'connected', at: 0 });
    return step(state, { kind: 'heard', message: heardOf(words), at: 1 }).effects;
  };

  it('84 6F: this terminal refuses this till', () => {
    expect(answered('846F00')).toContainEqual({
      do: 'reconnect',
      why: 'registration refused: 6F',
      isRefused: true,
    });
  });

  it('84 A0: it is not ready yet, as behind a till that was killed in the middle of a sale, and is asked again soon', () => {
    expect(answered('84A000')).toContainEqual({ do: 'reconnect', why: 'registration refused: A0' });
  });
});
