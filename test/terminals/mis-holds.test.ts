import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { countedBody, encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import type { MisCommand } from '../../protocols/terminal/mis/dialect.ts';
import { MIS_CONTROL, misShape } from '../../protocols/terminal/mis/frame.ts';
import {
  encodeMisObjects,
  type MisPart,
  misObject,
  misText,
  parseMisObjects,
} from '../../protocols/terminal/mis/objects.ts';
import { MIS_FAULTS, type MisFault } from '../../simulator/terminals/mis-faults.ts';
import { SimulatedMis } from '../../simulator/terminals/mis-mouth.ts';
import { MIS_PERSONALITIES, type MisPersonality } from '../../simulator/terminals/mis-personalities.ts';
import { TEST_AMOUNTS } from '../../simulator/terminals/test-amounts.ts';
import type { PortWire } from '../../simulator/wires/wire.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

// 预授权 at a MIS terminal, in frames. Nobody has published its codes: the invented bank's are used (11 hold, 12 complete, 13 give
// up), and the originals of the observed dialect (DF16 authorisation, DF18 voucher, DF19 trace).

const BANK: MisPersonality = MIS_PERSONALITIES['another-bank'];
const DAY_MS = 86_400_000;

interface Answer {
  readonly code: string | undefined;
  readonly amount: string | undefined;
  readonly original: readonly MisPart[];
}

/** A till that says requests, acknowledges answers and judges nothing. */
class BareMisTill {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 22, 9));
  readonly terminal: SimulatedMis;
  readonly answers: Answer[] = [];
  readonly #personality: MisPersonality;
  readonly #framer = new PacketFramer(misShape);
  #toTerminal: (bytes: Uint8Array) => void = () => undefined;
  #correlation = 0;

  constructor(personality = BANK) {
    this.#personality = personality;
    this.terminal = new SimulatedMis(this.#cable(), { personality, clock: this.clock, random: () => 0.5 });
  }

  get memory(): readonly string[] {
    return this.terminal.model.ledger.map(
      ({ command, amountFen, outcome, ended }) => `${command} ${amountFen} ${ended ?? outcome}`,
    );
  }

  /** The last thing that was said to it; `undefined`: nothing. */
  ask(command: MisCommand, fen: number, original: readonly MisPart[] = []): Answer | undefined {
    const { tags, packetTypes, commands } = this.#personality.dialect;
    const before = this.answers.length;
    this.#correlation += 1;
    const code = commands[command] ?? BANK.dialect.commands[command] ?? 0;
    const parts: MisPart[] = [
      [tags.packetType, Uint8Array.of(packetTypes.request)],
      [tags.correlation, Uint8Array.of(0x10, this.#correlation)],
      [tags.command, Uint8Array.of(code)],
      [tags.amount, bcd(fen, 6)],
      ...original,
    ];
    this.#toTerminal(encodeCountedFrame(encodeMisObjects(parts)));
    this.clock.advance(60_000);
    return this.answers.slice(before).at(-1);
  }

  hold(fen = 10_000): readonly MisPart[] {
    return this.ask('preAuth', fen)?.original ?? [];
  }

  #hear(bytes: Uint8Array): void {
    for (const event of this.#framer.push(bytes, this.clock.mono())) {
      if (event.kind !== 'packet' || event.bytes.length === 1) continue;
      this.#answered(event.bytes);
      this.#toTerminal(Uint8Array.of(MIS_CONTROL.ACK));
    }
  }

  #answered(frame: Uint8Array): void {
    const { tags } = this.#personality.dialect;
    const objects = parseMisObjects(countedBody(frame) ?? new Uint8Array(), tags.container);
    if (typeof objects === 'string') throw new Error(objects);
    const value = (tag: string) => misObject(objects, tag)?.value;
    const [auth, voucher, trace] = [value(tags.authorisation), value(tags.voucher), value(tags.trace)];
    this.answers.push({
      code: misText(value(tags.result) ?? new Uint8Array()),
      amount: misText(value(tags.amount) ?? new Uint8Array()),
      original: [
        ...(auth ? [[tags.originalAuth, auth] as const] : []),
        ...(voucher ? [[tags.originalVoucher, voucher] as const] : []),
        ...(trace ? [[tags.originalTrace, trace] as const] : []),
      ],
    });
  }

  #cable(): PortWire {
    return {
      path: 'terminal',
      send: (bytes) => {
        this.clock.after(1, () => this.#hear(bytes));
        return Promise.resolve(true);
      },
      listen: (hear) => {
        this.#toTerminal = hear;
      },
      pause: () => undefined,
      resume: () => undefined,
      hangup: () => Promise.resolve(),
      replug: () => undefined,
      close: () => Promise.resolve(),
    };
  }
}

function bcd(value: number, bytes: number): Uint8Array {
  const digits = String(value).padStart(2 * bytes, '0');
  return Uint8Array.from({ length: bytes }, (_, n) => Number.parseInt(digits.slice(2 * n, 2 * n + 2), 16));
}

describe('a hold', () => {
  it('has an authorisation code, and is no money', () => {
    const till = new BareMisTill();
    const original = till.hold();
    expect(
      original.map(([tag, value]) => [tag, typeof value === 'string' ? value : toHex(value as Uint8Array)]),
    ).toEqual([
      ['DF16', '373330303635'],
      ['DF18', '000001'],
      ['DF19', '000065'],
    ]);
    expect(till.memory).toEqual(['preAuth 10000 approved']);
    expect(till.terminal.model.netFen).toBe(0);
  });

  it('is completed once, with what was used; up to 115 % and no fen more', () => {
    const till = new BareMisTill();
    const original = till.hold();
    expect(till.ask('completePreAuth', 11_501, original)?.code).toBe('61');
    expect(till.ask('completePreAuth', 11_500, original)).toMatchObject({ code: '00', amount: 'RMB  115.00' });
    expect(till.ask('completePreAuth', 100, original)?.code).toBe('12');
    expect(till.ask('cancelPreAuth', 10_000, original)?.code).toBe('12');
    expect(till.terminal.model.netFen).toBe(11_500);
    expect(till.memory[0]).toBe('preAuth 10000 completed');
  });

  it('is given up once and whole', () => {
    const till = new BareMisTill();
    const original = till.hold();
    expect(till.ask('cancelPreAuth', 9_900, original)?.code).toBe('64');
    expect(till.ask('cancelPreAuth', 10_000, original)?.code).toBe('00');
    expect(till.ask('cancelPreAuth', 10_000, original)?.code).toBe('12');
    expect(till.ask('completePreAuth', 5_000, original)?.code).toBe('12');
    expect(till.terminal.model.netFen).toBe(0);
    expect(till.terminal.model.holds).toEqual([]);
  });

  it('is named by its authorisation code, and by all else that is said of it', () => {
    const till = new BareMisTill();
    const [auth, voucher, trace] = till.hold();
    till.hold(5_000);
    if (!auth || !voucher || !trace) throw new Error('it has all three');
    expect(till.ask('completePreAuth', 5_000, [voucher, trace])?.code).toBe('25');
    expect(till.ask('completePreAuth', 5_000, [auth, ['DF18', bcd(2, 3)]])?.code).toBe('25');
    expect(till.ask('completePreAuth', 5_000, [auth])?.code).toBe('00');
    expect(till.memory.slice(0, 2)).toEqual(['preAuth 10000 completed', 'preAuth 5000 approved']);
  });

  it('ends with its last day', () => {
    const till = new BareMisTill();
    const original = till.hold();
    till.clock.advance(30 * DAY_MS);
    expect(till.ask('completePreAuth', 5_000, original)?.code).toBe('12');
    expect(till.memory[0]).toBe('preAuth 10000 expired');
  });

  it('that was completed can be given back as a charge', () => {
    const till = new BareMisTill();
    const done = till.ask('completePreAuth', 8_000, till.hold());
    expect(till.ask('void', 8_000, done?.original.slice(1))?.code).toBe('00');
    expect(till.terminal.model.netFen).toBe(0);
  });

  it('is nothing that the observed dialect has: the terminal has no such command', () => {
    const till = new BareMisTill(MIS_PERSONALITIES['boc-yinjie']);
    expect(till.ask('preAuth', 10_000)?.code).toBe('00010014');
    expect(till.memory).toEqual([]);
  });
});

it.each(Object.entries(TEST_AMOUNTS))(
  'an amount that ends in %s: for a hold and a completion as for a sale',
  (digits, row) => {
    const isApproved = ['approved', 'unknown-then-approved', 'approved-answer-lost', 'approved-reboot'].includes(
      row.outcome,
    );
    const held = new BareMisTill();
    const heldCode = held.ask('preAuth', 9_000 + Number(digits))?.code;
    expect(held.terminal.model.holds).toHaveLength(isApproved ? 1 : 0);

    const till = new BareMisTill();
    expect(till.ask('completePreAuth', 9_000 + Number(digits), till.hold())?.code).toBe(heldCode);
    expect(till.terminal.model.netFen).toBe(isApproved ? 9_000 + Number(digits) : 0);
    expect(till.terminal.model.holds).toHaveLength(isApproved ? 0 : 1);
  },
);

/** The terminal never began. */
const NOT_DONE: ReadonlySet<MisFault> = new Set([
  'busy',
  'nak-first',
  'nak-always',
  'sign-in-needed',
  'terminal-error',
  'declined-answer-lost',
  // this till carries nothing to a host
  'relay',
]);

describe.each(Object.keys(MIS_FAULTS) as MisFault[])('%s', (fault) => {
  const isDone = !NOT_DONE.has(fault);
  const more = fault === 'amount-changed' ? 500 : 0;

  it('does to a hold what it does to a sale', () => {
    const till = new BareMisTill();
    till.terminal.breakNext(fault);
    till.ask('preAuth', 10_000);
    expect(till.terminal.model.holds.map(({ amountFen }) => amountFen)).toEqual(isDone ? [10_000 + more] : []);
    expect(till.terminal.model.netFen).toBe(0);
  });

  it('leaves money that is held or money that is taken of a completion, never both', () => {
    const till = new BareMisTill();
    const original = till.hold();
    till.terminal.breakNext(fault);
    till.ask('completePreAuth', 8_000, original);
    expect(till.terminal.model.holds).toHaveLength(isDone ? 0 : 1);
    expect(till.terminal.model.netFen).toBe(isDone ? 8_000 + more : 0);
  });

  it('leaves a hold given up, or held', () => {
    const till = new BareMisTill();
    const original = till.hold();
    till.terminal.breakNext(fault);
    till.ask('cancelPreAuth', 10_000, original);
    // another amount than the hold's gives nothing up
    expect(till.terminal.model.holds).toHaveLength(isDone && more === 0 ? 0 : 1);
    expect(till.terminal.model.netFen).toBe(0);
  });
});
