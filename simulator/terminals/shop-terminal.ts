import type { MisCommand } from '../../protocols/terminal/mis/dialect.ts';
import { isTerminalFault } from '../faults/terminal-faults.ts';
import type { TerminalMake } from '../personalities/terminal-makes.ts';
import type { PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { ACKED_NAMES, SimulatedAckedTerminal } from './acked-port.ts';
import type { CardTerminal } from './card-terminal.ts';
import type { EntryKind, EntryState } from './ledger.ts';
import { isMisFault } from './mis-faults.ts';
import type { MisHoldEnd } from './mis-holds.ts';
import { SimulatedMis } from './mis-mouth.ts';
import type { Random } from './pad-customer.ts';
import { SimulatedZvtTerminal } from './terminal-port.ts';

/** One transaction as the terminal's own memory has it. */
export interface Deal {
  /** `hold`: no money, kept ready for a `booking` */
  readonly kind: 'sale' | 'refund' | 'void' | 'hold' | 'booking';
  readonly amountFen: number;
  /** `stands`: money that moved, or is held, and was not taken back; `booked` and `expired` are of holds */
  readonly state: 'stands' | Exclude<EntryState, 'kept'>;
}

/** A card terminal of any make beside the till, as a shop sees it. */
export interface ShopTerminal {
  readonly make: TerminalMake;
  /** absent: this make decides by the amount alone */
  readonly card: CardTerminal | undefined;
  /** Whoever was connected is gone: what was under way is nobody's. */
  linkLost(): void;
  /** what is armed and has not happened yet */
  readonly waiting: readonly string[];
  /** Nothing that is armed happens any more. */
  calm(): void;
  /** Goes wrong once, the next time it can; false: a terminal of this kind has no such fault. */
  arm(fault: string): boolean;
  readonly deals: readonly Deal[];
  /** money that stands: what came minus what went back */
  readonly totalFen: number;
}

export interface ShopTerminalParts {
  readonly clock: Clock;
  readonly random: Random;
  /** ZVT: bare messages over TCP, or DLE frames on a cable */
  readonly framing?: 'stream' | 'serial';
}

/** The terminal at the end of this wire. */
export function terminalOn(port: PortWire, make: TerminalMake, parts: ShopTerminalParts): ShopTerminal {
  const { clock } = parts;
  if (make.protocol === 'mis')
    return new MisOnCounter(make, new SimulatedMis(port, { ...parts, personality: make.personality }));
  const { personality } = make;
  if (make.protocol === 'zvt') {
    const terminal = new SimulatedZvtTerminal({ personality, clock });
    if (parts.framing === 'stream') terminal.onStream(port);
    else terminal.onSerial(port);
    terminal.onPort(port);
    return new CardOnCounter(make, terminal);
  }
  const dialect = 'dialect' in make ? { dialect: make.dialect } : {};
  const terminal = new SimulatedAckedTerminal(ACKED_NAMES[make.protocol], { personality, clock, ...dialect });
  terminal.onPort(port);
  return new CardOnCounter(make, terminal);
}

/** ZVT, Link, Transbank: one model of card, holder, batch and host. */
class CardOnCounter implements ShopTerminal {
  readonly make: TerminalMake;
  readonly card: CardTerminal;
  readonly #terminal: SimulatedZvtTerminal | SimulatedAckedTerminal;

  constructor(make: TerminalMake, terminal: SimulatedZvtTerminal | SimulatedAckedTerminal) {
    this.make = make;
    this.#terminal = terminal;
    this.card = terminal.model;
  }

  linkLost(): void {
    this.#terminal.linkLost();
  }

  get waiting(): readonly string[] {
    return this.#terminal.faults.waiting;
  }

  calm(): void {
    this.#terminal.faults.calm();
  }

  arm(fault: string): boolean {
    if (!isTerminalFault(fault)) return false;
    this.#terminal.faults.arm(fault);
    return true;
  }

  get deals(): readonly Deal[] {
    return this.card.ledger.entries.map(({ kind, amount, state }) => ({
      kind: DEAL_KINDS[kind],
      amountFen: amount,
      state: state === 'kept' ? 'stands' : state,
    }));
  }

  get totalFen(): number {
    return this.card.ledger.total();
  }
}

const DEAL_KINDS = {
  sale: 'sale',
  refund: 'refund',
  preAuth: 'hold',
  booking: 'booking',
  reversal: 'void',
} as const satisfies Record<EntryKind, Deal['kind']>;

/** A bank's MIS terminal with its host. */
class MisOnCounter implements ShopTerminal {
  readonly make: TerminalMake;
  readonly card = undefined;
  readonly #terminal: SimulatedMis;

  constructor(make: TerminalMake, terminal: SimulatedMis) {
    this.make = make;
    this.#terminal = terminal;
  }

  /** It answers when it can; the till's next word finds it. */
  linkLost(): void {
    return;
  }

  get waiting(): readonly string[] {
    return this.#terminal.waiting;
  }

  calm(): void {
    this.#terminal.calm();
  }

  arm(fault: string): boolean {
    if (!isMisFault(fault)) return false;
    this.#terminal.breakNext(fault);
    return true;
  }

  get deals(): readonly Deal[] {
    return this.#terminal.model.ledger.map(({ command, amountFen, outcome, voided, ended }) => ({
      kind: MIS_KINDS[command],
      amountFen,
      state: outcome !== 'approved' ? outcome : voided ? 'reversed' : ended ? HOLD_ENDS[ended] : 'stands',
    }));
  }

  get totalFen(): number {
    return this.#terminal.model.netFen;
  }
}

const MIS_KINDS = {
  sale: 'sale',
  qrSale: 'sale',
  void: 'void',
  qrVoid: 'void',
  cancelPreAuth: 'void',
  refund: 'refund',
  preAuth: 'hold',
  completePreAuth: 'booking',
} as const satisfies Record<MisCommand, Deal['kind']>;

const HOLD_ENDS = {
  completed: 'booked',
  cancelled: 'reversed',
  expired: 'expired',
} as const satisfies Record<MisHoldEnd, Deal['state']>;
