import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { ACK, countedBody } from '../../protocols/terminal/counted-frame.ts';
import { decodeLinkBody, type LinkBody } from '../../protocols/terminal/link/body.ts';
import { LINK_DIALECTS } from '../../protocols/terminal/link/dialects.ts';
import { type CommandName, rowOf } from '../../protocols/terminal/zvt/commands.ts';
import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { type AckedProtocol, SimulatedAckedTerminal, USUAL_MAKES } from '../../simulator/terminals/acked-port.ts';
import type { CardTerminal } from '../../simulator/terminals/card-terminal.ts';
import type { EntryKind, LedgerEntry } from '../../simulator/terminals/ledger.ts';
import { MIS_FAULTS, type MisFault } from '../../simulator/terminals/mis-faults.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import { type AmountOutcome, TEST_AMOUNTS, type TestAmount } from '../../simulator/terminals/test-amounts.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import { CardLine } from './card-line.ts';
import type { CardMake } from './card-make.ts';
import { misDevice } from './card-mis.ts';
import type { Chance } from './chance.ts';
import type { CARD_MOMENTS } from './crash-points.ts';
import type { SerialPort } from './serial-port.ts';

// The card terminal beside the till, whatever it speaks: one of the simulator's, on a cable or a TCP connection of the world.

export type CardFault = `terminal-${TerminalFault}` | `mis-${MisFault}`;

export const CARD_FAULTS = Object.fromEntries([
  ...Object.entries(TERMINAL_FAULTS).map(([name, { title }]) => [`terminal-${name}`, `card terminal: ${title}`]),
  ...Object.entries(MIS_FAULTS).map(([name, title]) => [`mis-${name}`, `MIS terminal: ${title}`]),
]) as Readonly<Record<CardFault, string>>;

/** Money as the terminal's own memory has it. */
export interface CardMoney {
  /** a hold is no money; what is charged of it is a sale */
  readonly kind: 'sale' | 'refund' | 'hold';
  /** what the till asked for it with */
  readonly command: 'sale' | 'refund' | 'preAuth' | 'completePreAuth';
  /** what the till asked for, and what is booked, in fen */
  readonly askedFen: number;
  /** the attempt that the till was at when the terminal heard of it, where the make takes its time and hears more meanwhile */
  readonly attemptId?: string | undefined;
  amountFen(): number;
  /** `open`: the till has not accepted it; `void`: it was given back on the shop's word; `used`: a hold that was charged */
  state(): 'open' | 'stands' | 'void' | 'used' | 'none';
  /** somebody with authority gives it back at the terminal itself, without the till */
  undo(): void;
}

/** The attempt that the till was at when it handed the command to its line: it was on disk then, and not over. */
export interface Begun {
  readonly attemptId: string | undefined;
}

/** What somebody who stands beside the terminal sees. */
export interface CardWatcher {
  /** on its way to a result; somebody may die here */
  reached(point: (typeof CARD_MOMENTS)[number]): void;
  /** the till hands what it says to the line */
  begins(): Begun;
  /** the till has asked for money, or asked what became of it; `begun`: where it was when it began to. Returns the attempt that it is of */
  commanded(kind: 'money' | 'question', begun?: Begun): string | undefined;
  booked(money: CardMoney): void;
  /** the till has taken the terminal's word of what it booked last */
  acknowledged(): void;
  voided(money: CardMoney): void;
  happens(fault: CardFault): void;
  /** a code that the till read has come to the terminal */
  codeArrived(code: string): void;
}

/** What a make does with everything that happens to it. */
export interface CardDevice {
  isBusy(): boolean;
  linkLost(): void;
  restart(): void;
  calm(): void;
  arm(fault: CardFault): void;
  /** the next ACK of the till says that it has the answer */
  ackTakesAnswer(): boolean;
}

const OVER_TCP: ReadonlySet<string> = new Set(['terminal-half-close', 'terminal-reset-mid-message']);

export class CardBox {
  readonly make: CardMake;
  readonly line: CardLine;
  readonly port: SerialPort;
  /** numbers that only the card knows */
  readonly pans: readonly string[];
  readonly #device: CardDevice;
  readonly #watcher: CardWatcher;
  readonly #clock: Clock;
  /** by its bytes: a long one is still leaving when the process that wrote it is dead, and its attempt another's */
  readonly #begun = new WeakMap<Uint8Array, Begun>();
  /** what an amount does, until the host behind the terminal is well */
  readonly #amounts: Record<string, TestAmount> = { ...TEST_AMOUNTS };
  #isAnswering = false;
  #isTaken = true;

  constructor(make: CardMake, port: SerialPort, clock: Clock, chance: Chance, watcher: CardWatcher) {
    this.make = make;
    this.port = port;
    this.line = new CardLine(port, clock);
    this.#watcher = this.#listening(watcher);
    this.#clock = clock;
    this.pans = make.name === 'mis' ? ['6212345678901234584'] : ['4761730000000119'];
    this.#device =
      make.name === 'mis'
        ? misDevice(make, this.line, clock, chance, this.#watcher)
        : make.name === 'zvt'
          ? this.#zvt()
          : this.#acked(make.name);
    port.onBegun = (write) => void this.#begun.set(write, watcher.begins());
    this.line.onHeard = () => this.#heard();
    this.line.onSaid = (bytes) => this.#said(bytes);
    if (make.transport === 'tcp') port.onReleased = () => this.#device.linkLost();
  }

  #listening(watcher: CardWatcher): CardWatcher {
    return {
      ...watcher,
      commanded: (kind) => {
        const { leaving } = this.port;
        const attemptId = watcher.commanded(kind, leaving && this.#begun.get(leaving));
        watcher.reached(kind === 'money' ? 'card-said' : 'card-asked');
        return attemptId;
      },
      booked: (money) => {
        this.#isAnswering = true;
        watcher.booked(money);
      },
    };
  }

  /** The first that the till hears of what was booked. */
  #heard(): void {
    if (!this.#isAnswering) return;
    this.#isAnswering = false;
    this.#isTaken = false;
    this.#watcher.reached('card-answer-arrived');
  }

  /** The first that it says to that. */
  #said(bytes: Uint8Array): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    if (bytes.length === 1 && bytes[0] === ACK && this.#device.ackTakesAnswer()) this.#watcher.acknowledged();
    this.#watcher.reached('card-answer-taken');
  }

  /** Faults that this make can have. */
  get faults(): readonly CardFault[] {
    const isMis = this.make.name === 'mis';
    return (Object.keys(CARD_FAULTS) as CardFault[]).filter(
      (name) => name.startsWith(isMis ? 'mis-' : 'terminal-') && !this.#cannot(name),
    );
  }

  get isBusy(): boolean {
    return this.#device.isBusy();
  }

  arm(fault: CardFault): void {
    this.#device.arm(fault);
  }

  /** Somebody pulls its plug out of the wall. */
  restart(): void {
    this.#device.restart();
  }

  /** Everything is well again, at the terminal and on its cable. */
  heal(): void {
    this.#device.calm();
    for (const [digits, { outcome }] of Object.entries(this.#amounts))
      if (UNCLEAR.has(outcome)) delete this.#amounts[digits];
    this.port.plug();
  }

  #cannot(fault: CardFault): boolean {
    const { name, transport, isModern } = this.make;
    if (fault === 'terminal-receipt-off-by-one') return name !== 'zvt' || !isModern;
    return OVER_TCP.has(fault) && (name !== 'zvt' || transport !== 'tcp');
  }

  #zvt(): CardDevice {
    const { isModern, transport } = this.make;
    const personality = isModern ? { ...TERMINALS['zvt-modern'], currency: 156 } : TERMINALS['zvt-cny'];
    const terminal = new SimulatedZvtTerminal({ personality, clock: this.#clock, amounts: this.#amounts });
    if (transport === 'serial') terminal.onSerial(this.line);
    else terminal.onStream(this.line);
    terminal.onPort(this.line);
    terminal.zvt.onCommand = (command) => this.#commanded(zvtKind(command));
    this.#look(terminal.model);
    terminal.model.onAccepted = () => this.#watcher.acknowledged();
    return {
      // the link's own, which says nothing of what is in the message
      ackTakesAnswer: () => false,
      isBusy: () => terminal.zvt.isBusy,
      linkLost: () => terminal.zvt.linkLost(),
      restart: () => terminal.zvt.restart(),
      ...this.#plain(terminal.model),
    };
  }

  #acked(protocol: AckedProtocol): CardDevice {
    const personality = { ...TERMINALS[USUAL_MAKES[protocol]], answerMs: 30 };
    const terminal = new SimulatedAckedTerminal(protocol, { personality, clock: this.#clock, amounts: this.#amounts });
    terminal.onPort(this.line);
    terminal.onFrame = (frame) => this.#commanded(ackedKind(protocol, frame));
    this.#look(terminal.model);
    return {
      // a step that had to be said again is no answer; what was taken long ago is taken again, and is on disk
      ackTakesAnswer: () =>
        !terminal.faults.happened.slice(-3).includes('late-result') &&
        this.line.recent.split(STX).at(-1)?.startsWith('0900') !== true,
      isBusy: () => terminal.isBusy,
      linkLost: () => terminal.linkLost(),
      restart: () => terminal.restart(),
      ...this.#plain(terminal.model),
    };
  }

  #plain(model: CardTerminal): Pick<CardDevice, 'arm' | 'calm'> {
    return {
      arm: (fault) => model.faults.arm(fault.replace('terminal-', '') as TerminalFault),
      calm: () => {
        model.faults.calm();
        model.needsSettlement = false;
        model.hasPaper = true;
      },
    };
  }

  #look(model: CardTerminal): void {
    const known = new Map<LedgerEntry, CardMoney>();
    const voided = new Set<LedgerEntry>();
    model.faults.onHappens = (fault) => this.#watcher.happens(`terminal-${fault}`);
    model.onBooked = (entry, askedFen) => {
      if (entry.kind === 'reversal') return;
      const money: CardMoney = {
        ...KINDS[entry.kind],
        askedFen,
        amountFen: () => entry.amount,
        state: () => (voided.has(entry) ? 'void' : STANDING[entry.state]),
        undo: () => {
          known.delete(entry);
          model.reverse(entry);
        },
      };
      known.set(entry, money);
      this.#watcher.booked(money);
    };
    model.onReversed = (entry, was) => {
      const money = known.get(entry);
      if (!money || was !== 'kept') return;
      voided.add(entry);
      this.#watcher.voided(money);
    };
  }

  #commanded(kind: 'money' | 'question' | undefined): void {
    if (kind) this.#watcher.commanded(kind);
  }
}

const UNCLEAR: ReadonlySet<AmountOutcome> = new Set([
  'unknown-then-approved',
  'unknown-then-declined',
  'approved-answer-lost',
  'approved-reboot',
]);

const STX = '\u0002';

const KINDS = {
  sale: { kind: 'sale', command: 'sale' },
  refund: { kind: 'refund', command: 'refund' },
  preAuth: { kind: 'hold', command: 'preAuth' },
  booking: { kind: 'sale', command: 'completePreAuth' },
} as const satisfies Record<Exclude<EntryKind, 'reversal'>, Pick<CardMoney, 'kind' | 'command'>>;

const STANDING = {
  open: 'open',
  kept: 'stands',
  declined: 'none',
  cancelled: 'none',
  reversed: 'none',
  booked: 'used',
  expired: 'none',
} as const satisfies Record<LedgerEntry['state'], ReturnType<CardMoney['state']>>;

function zvtKind(command: CommandName): 'money' | 'question' | undefined {
  if (command === 'repeatReceipt') return 'question';
  return rowOf(command).financial && command !== 'endOfDay' ? 'money' : undefined;
}

function ackedKind(protocol: AckedProtocol, frame: Uint8Array): 'money' | 'question' | undefined {
  if (protocol === 'transbank') {
    const code = decodeLatin1(frame.subarray(1, 5));
    return code === '0250' ? 'question' : code === '0200' || code === '1200' ? 'money' : undefined;
  }
  if (protocol === 'nccc')
    return ['01', '02', '30'].includes(decodeLatin1(frame.subarray(9, 11))) ? 'money' : undefined;
  const { head, transactions } = LINK_DIALECTS[protocol];
  const body = decodeLinkBody(head, countedBody(frame) ?? new Uint8Array());
  if (typeof body === 'string') return undefined;
  const tx = txOf(body);
  const { sale, refund, void: undo, inquiry }: Partial<Record<string, string>> = transactions;
  if (tx === inquiry) return 'question';
  return tx === sale || tx === refund || tx === undo ? 'money' : undefined;
}

function txOf({ head }: LinkBody): string | undefined {
  const values: Readonly<Record<string, string>> = head;
  return values['tx'];
}
