import type { ArmedFaults } from '../faults/terminal-faults.ts';
import type { TerminalPersonality } from '../personalities/terminals.ts';
import type { Clock } from '../world/clock.ts';
import { receiptText } from './card-receipt.ts';
import { type EntryKind, type LedgerEntry, TerminalLedger } from './ledger.ts';
import { type AmountTable, type HolderCheck, holderCheckBand, TEST_AMOUNTS, testAmount } from './test-amounts.ts';
import { SHOP_ZONE_MINUTES, type WallTime, wallTime } from './wall-time.ts';

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
  /** minutes that the clock on its display is ahead of UTC; without it the simulated shop's */
  readonly zoneMinutes?: number;
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
  /** the same, of a hold that ended by a booking or by time */
  onHoldEnded: (hold: LedgerEntry) => void = () => undefined;
  hasPaper = true;
  needsSettlement = false;
  readonly #amounts: AmountTable;
  readonly #zoneMinutes: number;

  constructor({ personality, clock, faults, amounts, zoneMinutes = SHOP_ZONE_MINUTES }: CardTerminalOptions) {
    this.personality = personality;
    this.clock = clock;
    this.faults = faults;
    this.#amounts = amounts ?? TEST_AMOUNTS;
    this.#zoneMinutes = zoneMinutes;
  }

  /** Whatever it says or prints of a moment is the shop's wall time. */
  shows(unixMs = this.clock.now()): WallTime {
    return wallTime(unixMs, this.#zoneMinutes);
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
  record(kind: EntryKind, decision: Decision, of?: LedgerEntry): LedgerEntry {
    const entry = this.ledger.open(kind, decision.amount, this.clock.now(), of);
    entry.code = decision.code;
    if (decision.outcome !== 'approved') entry.state = decision.outcome;
    else if (decision.heard !== 'yes') this.#keep(entry);
    this.onBooked(entry, decision.asked);
    return entry;
  }

  accept(entry: LedgerEntry): void {
    if (entry.state !== 'open') return;
    this.#keep(entry);
    this.onAccepted(entry);
  }

  /** From here on it stands: a booking has used its hold. */
  #keep(entry: LedgerEntry): void {
    entry.state = 'kept';
    if (entry.kind === 'booking' && entry.of) this.#endHold(entry.of, 'booked');
  }

  #endHold(hold: LedgerEntry, state: 'booked' | 'expired'): void {
    hold.state = state;
    this.onHoldEnded(hold);
  }

  /** Nobody accepted it, or somebody wants it back. */
  reverse(entry: LedgerEntry): void {
    const was = entry.state;
    if (was !== 'open' && was !== 'kept') return;
    entry.state = 'reversed';
    entry.code = NOT_DECIDED_CODE;
    this.onReversed(entry, was);
  }

  /** The till never had the last result: what it did is undone, and what it ended stands again. */
  undoLast(): void {
    const { last } = this.ledger;
    if (last?.state !== 'kept') return;
    this.reverse(last);
    if (last.of?.state === 'booked' || (last.kind === 'reversal' && last.of?.state === 'reversed')) {
      last.of.state = 'kept';
      last.of.code = 0;
    }
  }

  /** Issuers let holds go by themselves. Nobody is told; whoever wants one later finds out. */
  expireHolds(now = this.clock.now()): void {
    const { days } = this.personality.holds;
    for (const hold of this.ledger.openHolds) if (now >= hold.at + days * DAY_MS) this.#endHold(hold, 'expired');
  }

  /** Why this much of this hold cannot be booked; `undefined`: it can. */
  bookingProblem(
    hold: LedgerEntry | undefined,
    amount: number,
  ): 'no-hold' | 'ended' | 'expired' | 'amount' | undefined {
    if (hold?.state === 'booked' || hold?.state === 'reversed') return 'ended';
    if (hold?.state === 'expired') return 'expired';
    if (hold?.state !== 'kept') return 'no-hold';
    const most = Math.floor((hold.amount * this.personality.holds.bookUpToPercent) / 100);
    return amount < 1 || amount > most ? 'amount' : undefined;
  }

  receipt(entry: LedgerEntry, title: string): readonly string[] {
    return receiptText(this.personality, this.card.pan, entry, this.shows(entry.at), title);
  }

  /** Switched on again: what was open belongs to nobody. */
  restart(): void {
    for (const entry of this.ledger.entries) if (entry.state === 'open') this.reverse(entry);
  }
}

const DAY_MS = 86_400_000;
