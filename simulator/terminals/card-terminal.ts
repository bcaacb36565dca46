import type { ArmedFaults } from '../faults/terminal-faults.ts';
import type { TerminalPersonality } from '../personalities/terminals.ts';
import type { Clock } from '../world/clock.ts';
import { type EntryKind, type LedgerEntry, TerminalLedger } from './ledger.ts';
import { type AmountTable, type HolderCheck, holderCheckBand, TEST_AMOUNTS, testAmount } from './test-amounts.ts';

/** What a holder and a host do about one amount, whatever protocol asked for it. */
export interface Decision {
  readonly outcome: 'approved' | 'declined' | 'cancelled';
  /** of the host, or 0 */
  readonly code: number;
  readonly check: HolderCheck;
  /** wrong PINs before it goes on */
  readonly wrongPins: number;
  /** the till hears nothing of it: the terminal waits for a host that is slow, or starts anew */
  readonly heard: 'yes' | 'lost' | 'reboot';
  readonly amount: number;
  /** what the till asked for: a tip or a part is another amount */
  readonly asked: number;
}

/** Into the slot, or held before the reader: small amounts then need no PIN. */
export type HowCard = 'chip' | 'tap';

/** Somebody who stands at the terminal; without one it goes by the amount alone. Each question is answered once. */
export interface Holder {
  /** the terminal asks for a card; `undefined`: the red key */
  presents(amount: number, answer: (card: HowCard | undefined) => void): void;
  /** the terminal asks for the PIN; `undefined`: the red key */
  typesPin(amount: number, wrongBefore: number, answer: (isRight: boolean | undefined) => void): void;
  /** nobody is asked any more: it is with the host, or over */
  rests(now: 'host' | 'over'): void;
}

export interface CardTerminalOptions {
  readonly personality: TerminalPersonality;
  readonly clock: Clock;
  readonly faults: ArmedFaults;
  readonly amounts?: AmountTable;
}

/** Code of an abort by time-out or key, in the words of ZVT; other protocols have their own. */
const NOT_DECIDED_CODE = 0x6c;
export const PIN_TRIES = 3;

/** 小额免密: a card that is held before the reader pays up to this without a PIN, minor units. */
const NO_PIN_UP_TO = 100_000;

export function needsPin({ check, amount }: Decision, card: HowCard): boolean {
  return check.endsWith('pin') && !(card === 'tap' && amount <= NO_PIN_UP_TO);
}

/** A card terminal without a wire: card, holder, printer, batch, host and its own ledger. */
export class CardTerminal {
  readonly ledger = new TerminalLedger();
  readonly personality: TerminalPersonality;
  readonly faults: ArmedFaults;
  readonly clock: Clock;
  readonly card = {
    pan: '4761730000000119',
    expiry: '3112',
    sequence: '0001',
    name: 'VISA',
    type: 0x0a,
    aid: 'A0000000031010',
  };
  holder: Holder | undefined;
  /** somebody looks on: the host has spoken about what the till asked for */
  onBooked: (entry: LedgerEntry, asked: number) => void = () => undefined;
  /** the same, of what the till has taken and the terminal keeps */
  onAccepted: (entry: LedgerEntry) => void = () => undefined;
  /** the same, of what is taken back; `was`: an open one belonged to nobody, a kept one is given back */
  onReversed: (entry: LedgerEntry, was: 'open' | 'kept') => void = () => undefined;
  hasPaper = true;
  needsSettlement = false;
  readonly #amounts: AmountTable;

  constructor({ personality, clock, faults, amounts }: CardTerminalOptions) {
    this.personality = personality;
    this.clock = clock;
    this.faults = faults;
    this.#amounts = amounts ?? TEST_AMOUNTS;
  }

  /** Which way an amount goes. Named switches come before the amount's own way. */
  decide(amount: number, kind: EntryKind): Decision {
    const { outcome, hostCode } = testAmount(amount, this.#amounts);
    const check = holderCheckBand(amount)?.check ?? 'none';
    const way = { outcome: 'approved', code: 0, check, wrongPins: 0, heard: 'yes', amount, asked: amount } as const;
    if (this.faults.take('wrong-pin') || outcome === 'wrong-pin')
      return { ...way, outcome: 'declined', code: 0x55, check: 'online-pin', wrongPins: PIN_TRIES };
    if (this.faults.take('answer-lost')) return { ...way, heard: 'lost' };
    if (this.faults.take('declined-answer-lost')) return { ...way, outcome: 'declined', code: 0x05, heard: 'lost' };
    if (this.faults.take('reboot')) return { ...way, heard: 'reboot' };
    if (this.faults.take('partial')) return { ...way, amount: Math.max(1, Math.floor(amount / 2)) };
    // nobody tips when money comes back
    if (kind === 'sale' && this.faults.take('tip'))
      return { ...way, amount: amount + Math.max(1, Math.floor(amount / 10)) };
    switch (outcome) {
      case 'declined':
        return { ...way, outcome, code: hostCode };
      case 'cancelled':
        return { ...way, outcome, code: NOT_DECIDED_CODE };
      case 'unknown-then-approved':
      case 'approved-answer-lost':
        return { ...way, heard: 'lost' };
      case 'unknown-then-declined':
        return { ...way, outcome: 'declined', code: hostCode, heard: 'lost' };
      case 'approved-reboot':
        return { ...way, heard: 'reboot' };
      case 'approved':
        return way;
    }
  }

  /** The host has spoken. An approval is open until the till has it; one that the till cannot hear of is kept at once. */
  record(kind: EntryKind, decision: Decision): LedgerEntry {
    const entry = this.ledger.open(kind, decision.amount, this.clock.now());
    entry.code = decision.code;
    if (decision.outcome !== 'approved') entry.state = decision.outcome;
    else if (decision.heard !== 'yes') entry.state = 'kept';
    this.onBooked(entry, decision.asked);
    return entry;
  }

  accept(entry: LedgerEntry): void {
    if (entry.state !== 'open') return;
    entry.state = 'kept';
    this.onAccepted(entry);
  }

  /** Nobody accepted it, or somebody wants it back. */
  reverse(entry: LedgerEntry): void {
    const was = entry.state;
    if (was !== 'open' && was !== 'kept') return;
    entry.state = 'reversed';
    entry.code = NOT_DECIDED_CODE;
    this.onReversed(entry, was);
  }

  /** Switched on again: what was open belongs to nobody. */
  restart(): void {
    for (const entry of this.ledger.entries) if (entry.state === 'open') this.reverse(entry);
  }

  /** The receipt as the terminal prints it, without its styles. */
  receipt(entry: LedgerEntry, title: string): readonly string[] {
    const { terminalId, lineWidth, currency } = this.personality;
    const row = (label: string, value: string) => label.padEnd(Math.max(0, lineWidth - value.length)) + value;
    const money = (entry.amount / 100).toFixed(2).replace('.', ',');
    return [
      title,
      row('Terminal-ID', terminalId),
      row('Beleg-Nr', String(entry.receipt).padStart(4, '0')),
      row('Trace-Nr', String(entry.trace).padStart(6, '0')),
      row('Karte', `${'*'.repeat(12)}${this.card.pan.slice(-4)}`),
      row(`Betrag ${CURRENCIES[currency] ?? String(currency)}`, money),
      OUTCOME_LINES[entry.state],
    ];
  }
}

const CURRENCIES: Readonly<Record<number, string>> = { 978: 'EUR', 156: 'CNY' };

const OUTCOME_LINES: Readonly<Record<LedgerEntry['state'], string>> = {
  open: 'Zahlung erfolgt',
  kept: 'Zahlung erfolgt',
  declined: 'Zahlung abgelehnt',
  cancelled: 'Zahlung abgebrochen',
  reversed: 'Zahlung storniert',
};
