import { MIS_COMMANDS, type MisCommand, type MisDialect } from '../../protocols/terminal/mis/dialect.ts';
import { type MisObject, type MisPart, misObject, misText } from '../../protocols/terminal/mis/objects.ts';
import type { MisFault } from './mis-faults.ts';
import { cancellationProblem, completionProblem, heldBy, isExpired, isHeld, type MisHoldEnd } from './mis-holds.ts';
import type { MisPersonality } from './mis-personalities.ts';
import { type TestAmount, testAmount } from './test-amounts.ts';
import { SHOP_ZONE_MINUTES, wallTime } from './wall-time.ts';

/** What the host behind the terminal knows: the truth about money. */
export interface MisBooking {
  readonly command: MisCommand;
  readonly correlation: string;
  readonly amountFen: number;
  readonly outcome: 'approved' | 'declined' | 'cancelled';
  readonly voucher: number;
  readonly trace: number;
  /** a paycode came with it; the code itself is kept nowhere */
  readonly withPaycode: boolean;
  voided: boolean;
  /** wall clock, Unix ms */
  readonly at: number;
  /** 预授权码, of a hold and of what charged it */
  readonly authorisation?: string;
  /** of a hold: it is over */
  ended?: MisHoldEnd;
}

/** What the terminal does with a request. */
export interface MisReaction {
  /** objects of the answer; none: nothing is ever said */
  readonly answer: readonly MisPart[] | undefined;
  /** it starts anew instead of answering */
  readonly reboots: boolean;
}

const SIGN_IN = '00010014';
const NOBODY_KNOWS = '00019999';
const HOST_SILENT = '68';
const FIRST_AUTHORISATION = 730_000;
const CANCELLED_WITHOUT_CODE = '00020001';

/** A code is taken back as a code, a card as a card. That a charged hold is taken back as any charge is assumed. */
const VOID_OF: Partial<Record<MisCommand, MisCommand>> = { sale: 'void', completePreAuth: 'void', qrSale: 'qrVoid' };

/** Money that comes, or goes back; a hold is neither. */
const SIGNS: Readonly<Record<MisCommand, -1 | 0 | 1>> = {
  sale: 1,
  qrSale: 1,
  completePreAuth: 1,
  refund: -1,
  void: 0,
  qrVoid: 0,
  preAuth: 0,
  cancelPreAuth: 0,
};

function isVoid(command: MisCommand): boolean {
  return command === 'void' || command === 'qrVoid';
}

/** A MIS terminal with its host: rules and a ledger, no bytes and no time. */
export class MisModel {
  readonly ledger: MisBooking[] = [];
  /** somebody looks on: the host has spoken about what the till asked for */
  onBooked: (booking: MisBooking, asked: number) => void = () => undefined;
  /** the same, of money that is given back */
  onVoided: (booking: MisBooking) => void = () => undefined;
  /** the same, of a hold that is over */
  onHoldEnded: (hold: MisBooking) => void = () => undefined;
  readonly #personality: MisPersonality;
  readonly #zoneMinutes: number;
  #voucher = 0;
  #trace = 64;
  /** wall clock of the request that is being heard */
  #now = 0;

  constructor(personality: MisPersonality, zoneMinutes = SHOP_ZONE_MINUTES) {
    this.#personality = personality;
    this.#zoneMinutes = zoneMinutes;
  }

  /** What stays charged. */
  get netFen(): number {
    return this.ledger
      .filter(({ outcome, voided }) => outcome === 'approved' && !voided)
      .reduce((sum, { command, amountFen }) => sum + SIGNS[command] * amountFen, 0);
  }

  get approvals(): number {
    return this.ledger.filter(({ outcome, command }) => outcome === 'approved' && SIGNS[command] !== 0).length;
  }

  /** Held, and neither charged nor given up yet. */
  get holds(): readonly MisBooking[] {
    return this.ledger.filter(isHeld);
  }

  /** Issuers let holds go by themselves. */
  expireHolds(now: number): void {
    for (const hold of this.ledger) if (isExpired(hold, now, this.#personality.holds)) this.#end(hold, 'expired');
  }

  #end(hold: MisBooking, how: MisHoldEnd): void {
    hold.ended = how;
    this.onHoldEnded(hold);
  }

  react(request: readonly MisObject[], fault: MisFault | undefined, now: number): MisReaction {
    this.#now = now;
    this.expireHolds(now);
    const { dialect } = this.#personality;
    const code = misObject(request, dialect.tags.command)?.value[0];
    const command = MIS_COMMANDS.find((name) => dialect.commands[name] === code);
    if (!command || fault === 'sign-in-needed') return this.#say(request, SIGN_IN, undefined);
    const asked = bcdAmount(misObject(request, dialect.tags.amount)?.value);
    const amountFen = fault === 'amount-changed' ? asked + 500 : asked;
    if (fault === 'terminal-error') return this.#say(request, NOBODY_KNOWS, undefined);
    if (isVoid(command)) return this.#void(request, command, amountFen, fault);
    const before = this.ledger.length;
    const reaction =
      command === 'cancelPreAuth'
        ? this.#giveUp(request, amountFen, fault)
        : command === 'completePreAuth'
          ? this.#complete(request, asked, amountFen, fault)
          : this.#charge(request, command, amountFen, testAmount(asked), fault);
    for (const booking of this.ledger.slice(before)) this.onBooked(booking, asked);
    return reaction;
  }

  #complete(request: readonly MisObject[], asked: number, amountFen: number, fault: MisFault | undefined): MisReaction {
    const { dialect, holds } = this.#personality;
    const hold = heldBy(this.ledger, request, dialect);
    const problem = completionProblem(hold, asked, holds);
    if (problem !== undefined) return this.#refuse(request, 'completePreAuth', amountFen, problem);
    const reaction = this.#charge(request, 'completePreAuth', amountFen, testAmount(asked), fault);
    if (hold && this.ledger.at(-1)?.outcome === 'approved') this.#end(hold, 'completed');
    return reaction;
  }

  #giveUp(request: readonly MisObject[], amountFen: number, fault: MisFault | undefined): MisReaction {
    const hold = heldBy(this.ledger, request, this.#personality.dialect);
    const problem = cancellationProblem(hold, amountFen);
    if (problem !== undefined) return this.#refuse(request, 'cancelPreAuth', amountFen, problem);
    if (fault === 'declined-answer-lost')
      return { ...this.#refuse(request, 'cancelPreAuth', amountFen, '51'), answer: undefined };
    if (hold) this.#end(hold, 'cancelled');
    return this.#say(request, '00', this.#book(request, 'cancelPreAuth', amountFen, 'approved'), fault);
  }

  #refuse(request: readonly MisObject[], command: MisCommand, amountFen: number, code: string): MisReaction {
    return this.#say(request, code, this.#book(request, command, amountFen, 'declined'));
  }

  #charge(
    request: readonly MisObject[],
    command: MisBooking['command'],
    amountFen: number,
    row: TestAmount,
    fault: MisFault | undefined,
  ): MisReaction {
    const { cancelled } = this.#personality.dialect.results;
    const book = (outcome: MisBooking['outcome']) => this.#book(request, command, amountFen, outcome);
    if (fault === 'declined-answer-lost') return { ...this.#say(request, '51', book('declined')), answer: undefined };
    switch (row.outcome) {
      case 'approved':
        return this.#say(request, '00', book('approved'), fault);
      case 'approved-answer-lost':
        return { ...this.#say(request, '00', book('approved')), answer: undefined };
      case 'approved-reboot':
        return { ...this.#say(request, '00', book('approved')), answer: undefined, reboots: true };
      case 'unknown-then-approved':
        return this.#say(request, HOST_SILENT, book('approved'));
      case 'unknown-then-declined':
        return this.#say(request, HOST_SILENT, book('declined'));
      case 'cancelled':
        return this.#say(request, cancelled[0] ?? CANCELLED_WITHOUT_CODE, book('cancelled'));
      case 'wrong-pin':
      case 'declined':
        return this.#say(request, row.hostCode.toString(16).padStart(2, '0'), book('declined'));
      default:
        return row.outcome satisfies never;
    }
  }

  /** By voucher or trace; what was charged once is given back once. */
  #void(
    request: readonly MisObject[],
    command: MisCommand,
    amountFen: number,
    fault: MisFault | undefined,
  ): MisReaction {
    const { tags } = this.#personality.dialect;
    const voucher = bcdAmount(misObject(request, tags.originalVoucher)?.value);
    const trace = bcdAmount(misObject(request, tags.originalTrace)?.value);
    const original = this.ledger.find(
      (booking) =>
        booking.outcome === 'approved' &&
        VOID_OF[booking.command] === command &&
        (booking.voucher === voucher || booking.trace === trace),
    );
    if (!original || original.voided || original.amountFen !== amountFen)
      return this.#say(request, '25', this.#book(request, command, amountFen, 'declined'));
    original.voided = true;
    this.onVoided(original);
    return this.#say(request, '00', this.#book(request, command, amountFen, 'approved'), fault);
  }

  #book(
    request: readonly MisObject[],
    command: MisBooking['command'],
    amountFen: number,
    outcome: MisBooking['outcome'],
  ): MisBooking {
    const { tags } = this.#personality.dialect;
    this.#voucher += 1;
    this.#trace += 1;
    const correlation = String(bytesNumber(misObject(request, tags.correlation)?.value));
    const withPaycode = misObject(request, tags.paycode) !== undefined;
    const [voucher, trace] = [this.#voucher, this.#trace];
    const booking: MisBooking = {
      command,
      correlation,
      amountFen,
      outcome,
      voucher,
      trace,
      withPaycode,
      voided: false,
      at: this.#now,
      ...this.#authorisation(request, command, outcome),
    };
    this.ledger.push(booking);
    return booking;
  }

  /** A hold gets one, what charges it has the same. */
  #authorisation(
    request: readonly MisObject[],
    command: MisCommand,
    outcome: MisBooking['outcome'],
  ): Pick<MisBooking, 'authorisation'> {
    if (outcome !== 'approved') return {};
    if (command === 'preAuth') return { authorisation: String(FIRST_AUTHORISATION + this.#trace) };
    const named = misObject(request, this.#personality.dialect.tags.originalAuth)?.value;
    const authorisation = command === 'completePreAuth' && named ? misText(named) : undefined;
    return authorisation === undefined ? {} : { authorisation };
  }

  #say(request: readonly MisObject[], code: string, booking: MisBooking | undefined, fault?: MisFault): MisReaction {
    const { dialect } = this.#personality;
    const { tags, packetTypes } = dialect;
    const echo = (tag: string): MisPart[] => {
      const value = misObject(request, tag)?.value;
      return value ? [[tag, value]] : [];
    };
    const container = booking ? [[tags.container, this.#details(request, booking, dialect, fault)] as const] : [];
    const answer: MisPart[] = [
      [tags.packetType, Uint8Array.of(packetTypes.result)],
      ...echo(tags.command),
      ...echo(tags.correlation),
      ...container,
      [tags.result, code],
    ];
    return { answer, reboots: false };
  }

  /** In the order of the observed answers. */
  #details(
    request: readonly MisObject[],
    booking: MisBooking,
    { tags, currencyWord }: MisDialect,
    fault: MisFault | undefined,
  ): MisPart[] {
    const { merchant, terminalId } = this.#personality;
    const { date, time } = wallTime(booking.at, this.#zoneMinutes);
    const sign = booking.command === 'qrVoid' ? '-' : ' ';
    const yuan = `${Math.floor(booking.amountFen / 100)}.${String(booking.amountFen % 100).padStart(2, '0')}`;
    const text = (tag: string) => misText(misObject(request, tag)?.value ?? new Uint8Array()) ?? '';
    const pan = fault === 'masked-pan' ? '************84' : '6212345678901234584';
    return [
      [tags.till, text(tags.till)],
      [tags.operator, text(tags.operator)],
      [tags.batch, '130911'],
      [tags.terminalId, terminalId],
      [tags.merchantId, merchant.id],
      ['DF44', merchant.english.padEnd(25)],
      ['DF45', fault === 'gbk-text' ? '乌兰浩特市维多利超市有限' : merchant.chinese],
      [tags.amount, `${currencyWord} ${sign}${yuan}`],
      [tags.trace, bcd3(booking.trace)],
      [tags.voucher, bcd3(booking.voucher)],
      [tags.reference, String(925_498_330_000 + booking.trace)],
      [tags.authorisation, booking.authorisation ?? '      '],
      [tags.date, date.slice(4)],
      [tags.time, time],
      [tags.pan, pan],
      [tags.cardName, '    银联卡'],
      ...(fault === 'unknown-tag' ? [['DFEE', Uint8Array.of(1, 2, 3)] as const, ['DF7F', '???'] as const] : []),
    ];
  }
}

function bcd3(value: number): Uint8Array {
  const digits = String(value).padStart(6, '0');
  return Uint8Array.from([0, 2, 4], (at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

function bcdAmount(bytes: Uint8Array = new Uint8Array()): number {
  return bytes.reduce((value, byte) => value * 100 + 10 * (byte >> 4) + (byte & 15), 0);
}

function bytesNumber(bytes: Uint8Array = new Uint8Array()): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
